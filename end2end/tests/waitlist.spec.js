// A full date: a party waits and sees its place in line; somebody leaves, the party moves up and is told.
import { expect, opened, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";
import { publish } from "../fixtures/team.js";

test("whoever waits moves up when a place comes free, and is told", async ({ phone }) => {
  const title = "一个人的戏";
  const [team, first, second, third] = [await phone(), await phone(), await phone(), await phone()];

  await test.step("a team publishes something for one", async () => {
    await signInAs(team, "team_editor");
    await publish(team, { category: "戏曲", title, day: "明天", at: "19:00", places: "1" });
    await expect(team.getByRole("listitem").filter({ hasText: title })).toContainText("报了0人，共1个名额");
  });
  const open = async (page, name) => {
    await signInNew(page, name);
    await opened(page, "/?on=2026-11-24");
    await page.getByRole("link", { name: title }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  };

  await test.step("one takes the place", async () => {
    await open(first, "周叔叔");
    await first.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(first)).toContainText("名单上第1位");
  });
  await test.step("two wait, in the order they asked", async () => {
    await open(second, "吴阿姨");
    await second.getByRole("button", { name: "候补（前面0家）" }).click();
    await expect(ownStatus(second)).toContainText("候补第1位");
    await open(third, "郑爷爷");
    await third.getByRole("button", { name: "候补（前面1家）" }).click();
    await expect(ownStatus(third)).toContainText("候补第2位");
  });
  await test.step("the one who leaves reads what that means", async () => {
    await opened(first, new URL(first.url()).pathname);
    await first.getByRole("button", { name: "取消报名" }).click();
    const sheet = first.getByRole("dialog", { name: "不去了？" });
    await expect(sheet).toContainText(title);
    await expect(sheet).toContainText("周叔叔 1人");
    await expect(sheet).toContainText("后面有2家在等");
    await sheet.getByRole("button", { name: "取消报名" }).click();
    await expect(first.getByRole("button", { name: /候补/ })).toBeVisible();
  });
  await test.step("the first in line has the place and a message, the next one moves up", async () => {
    await opened(second, "/m");
    const message = second.getByRole("main").getByRole("listitem").filter({ hasText: title });
    await expect(message).toContainText("轮到您了");
    await expect(message).toContainText("吴阿姨 1人");
    await message.getByRole("link", { name: "看详情" }).click();
    await expect(ownStatus(second)).toContainText("名单上第1位");
    await third.reload();
    await expect(ownStatus(third)).toContainText("候补第1位");
    await opened(third, "/m");
    await expect(third.getByRole("main")).toContainText("还没有消息");
  });
});
