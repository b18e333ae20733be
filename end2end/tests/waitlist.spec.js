// A full date: one waits as a party, the other leaves, the first is told.
import { expect, opened, signInAs, test } from "../fixtures/test.js";

test("whoever waits gets the place that comes free, and is told", async ({ phone }) => {
  const [team, first, second] = [await phone(), await phone(), await phone()];
  await signInAs(team, "team_editor");
  await test.step("the team publishes something for one", async () => {
    await opened(team, "/me");
    await team.getByRole("link", { name: /工作台/ }).first().click();
    await team.locator("a[href^='/desk/team/']").first().click();
    await team.getByRole("link", { name: "发布活动" }).click();
    await team.getByText("戏曲", { exact: true }).click();
    await team.getByLabel("什么活动").fill("一个人的戏");
    await team.getByRole("group", { name: /哪一天|什么时候/ }).getByText("明天").first().click();
    await team.getByLabel("几点开始").fill("19:00");
    await team.getByText("自己填").click().catch(() => {});
    await team.locator("input[type=number]").first().fill("1");
    await team.getByRole("button", { name: "发布", exact: true }).click();
    await expect(team.getByText("一个人的戏").first()).toBeVisible();
  });
  const day = "/c/banzha?on=2026-11-24";
  const open = async (page) => {
    await opened(page, day);
    await page.locator(".activity-row", { hasText: "一个人的戏" }).getByRole("link").click();
  };
  await signInAs(first, "resident");
  await open(first);
  await first.getByRole("button", { name: "我要报名" }).click();
  await expect(first.locator(".status[data-state=confirmed]")).toContainText("第1位，共1位");

  await signInAs(second, "host");
  await open(second);
  await second.getByRole("button", { name: /排队候补/ }).click();
  const sheet = second.getByRole("dialog");
  if (await sheet.isVisible()) await sheet.getByRole("button", { name: /一起排队/ }).click();
  await expect(second.locator(".status[data-state=waitlisted]")).toContainText("候补第1位");

  await first.getByRole("button", { name: "取消报名" }).click();
  await expect(first.getByRole("dialog")).toContainText("后面有1家在等");
  await first.getByRole("dialog").getByRole("button", { name: /取消1人的报名/ }).click();
  await opened(second, "/m");
  await expect(second.locator(".message-item").first()).toContainText("轮到您了");
});
