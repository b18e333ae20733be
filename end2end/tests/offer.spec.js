// Near the start a place is offered, not given: until when stands in plain words, and one says yes or passes it on. How
// many may come can change, and nobody loses a place by it.
import { openTeam, publish } from "../fixtures/team.js";
import { looks } from "../fixtures/looks.js";
import { expect, goOffline, opened, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";

async function open(page, name, title, day) {
  await signInNew(page, name);
  await opened(page, `/?on=${day}`);
  await page.getByRole("link", { name: title }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
}

test("a place that comes free today is offered, passed on, and accepted without a network", async ({ phone }, info) => {
  // Many phones, each drawn in both layouts.
  test.slow();
  const title = "今晚一个人的戏";
  const [team, first, second, third] = [await phone(), await phone(), await phone(), await phone()];

  await test.step("a team publishes something for one this evening, and three want it", async () => {
    await signInAs(team, "team_editor");
    await publish(team, { category: "戏曲", title, day: "今天", at: "19:00", places: "1" });
    await open(first, "周叔叔", title, "2026-11-23");
    await first.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(first)).toContainText("名单上第1位");
    await open(second, "吴阿姨", title, "2026-11-23");
    await second.getByRole("button", { name: "候补（前面0家）" }).click();
    await expect(ownStatus(second)).toContainText("候补第1位");
    await open(third, "郑爷爷", title, "2026-11-23");
    await third.getByRole("button", { name: "候补（前面1家）" }).click();
    await expect(ownStatus(third)).toContainText("候补第2位");
  });
  await test.step("one leaves, and the first in line reads until when it is theirs", async () => {
    await opened(first, new URL(first.url()).pathname);
    await first.getByRole("button", { name: "取消报名" }).click();
    await first.getByRole("dialog", { name: "不去了？" }).getByRole("button", { name: "取消报名" }).click();
    await expect(first.getByRole("button", { name: /候补/ })).toBeVisible();
    await opened(second, new URL(second.url()).pathname);
    await expect(ownStatus(second)).toContainText("有名额了，等您答复");
    await expect(ownStatus(second)).toContainText(/给您留到今天.*下午\d:\d\d/);
    await looks(second, "offer", info);
    await opened(second, "/me");
    await expect(second.getByRole("main")).toContainText(/有名额了.*前确认/);
  });
  await test.step("they pass it on from the message, and the next is asked", async () => {
    await opened(second, "/m");
    const message = second.getByRole("main").getByRole("listitem").filter({ hasText: title });
    await expect(message).toContainText("有名额了");
    await looks(second, "message", info);
    await message.getByRole("button", { name: "让给别人" }).click();
    await expect(message.getByRole("button")).toHaveCount(0);
    await opened(third, new URL(third.url()).pathname);
    await expect(ownStatus(third)).toContainText("有名额了，等您答复");
  });
  await test.step("a yes without a network is kept on the phone, and counts when it arrives", async () => {
    await goOffline(third);
    await third.getByRole("button", { name: "我要去" }).click();
    await expect(ownStatus(third)).toContainText("已存手机");
    await third.context().setOffline(false);
    await expect(ownStatus(third)).toContainText("名单上第1位");
    await openTeam(team);
    await team.getByRole("listitem").filter({ hasText: title }).getByRole("link").click();
    await expect(team.getByRole("region", { name: "报上的 · 1家1人" })).toContainText("郑爷爷");
    await expect(team.getByRole("region", { name: "取消的" })).toContainText("没接名额");
  });
});

test("a team lowers and raises how many may come, and nobody loses a place", async ({ phone }, info) => {
  // Many phones, each drawn in both layouts.
  test.slow();
  const title = "两个人的戏";
  const [team, first, second, third] = [await phone(), await phone(), await phone(), await phone()];
  await signInAs(team, "team_editor");
  await publish(team, { category: "戏曲", title, day: "明天", at: "20:00", places: "2" });
  for (const [page, name, button] of [[first, "冯叔叔", "我要报名"], [second, "陈阿姨", "我要报名"], [third, "卫爷爷", "候补（前面0家）"]]) {
    await open(page, name, title, "2026-11-24");
    await page.getByRole("button", { name: button }).click();
    await expect(ownStatus(page)).toContainText(button === "我要报名" ? "名单上第" : "候补第1位");
  }
  const change = async (places, reason) => {
    await team.getByRole("button", { name: "改名额" }).click();
    const sheet = team.getByRole("dialog", { name: "最多来多少人？" });
    await sheet.getByLabel("名额", { exact: true }).fill(places);
    if (reason) {
      await sheet.getByRole("button", { name: "就这样改" }).click();
      await expect(sheet.getByRole("alert")).toContainText("请选一个原因");
      await expect(sheet).toContainText("会多出1人");
      await looks(team, "lower", info);
      await sheet.getByRole("radio", { name: reason }).check();
    }
    await sheet.getByRole("button", { name: "就这样改" }).click();
    await expect(sheet).toBeHidden();
  };

  await test.step("fewer, with a reason: both still come, and who waits reads why", async () => {
    await openTeam(team);
    await team.getByRole("listitem").filter({ hasText: title }).getByRole("link").click();
    await expect(team.getByRole("region", { name: "报上的 · 2家2人" })).toBeVisible();
    await change("1", "换了小一点的场地");
    await opened(third, "/m");
    await expect(third.getByRole("main")).toContainText("名额改成1个");
    await expect(third.getByRole("main")).toContainText("原因：换了小一点的场地");
    await second.reload();
    await expect(ownStatus(second)).toContainText("名单上第2位");
    await openTeam(team);
    await expect(team.getByRole("listitem").filter({ hasText: title })).toContainText("比名额多1人");
  });
  await test.step("more: whoever waits has a place before anybody else", async () => {
    await team.getByRole("listitem").filter({ hasText: title }).getByRole("link").click();
    await change("4");
    await opened(third, new URL(third.url()).origin + "/m");
    await expect(third.getByRole("main")).toContainText("轮到您了");
    await opened(team, "/?on=2026-11-24");
    await expect(team.getByRole("link", { name: title })).toContainText("剩1个名额");
  });
});
