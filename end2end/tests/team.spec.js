// A team leader on a phone: publishes once and every week, sees who comes, checks them in, calls one date off.
import { allDates, openTeam, publish } from "../fixtures/team.js";
import { expect, opened, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";

test("a team publishes, sees its roster, checks in, and calls one date off", async ({ phone }) => {
  const [team, neighbour] = [await phone(), await phone()];
  await signInAs(team, "team_editor");
  const dates = team.getByRole("region", { name: "接下来的活动" }).getByRole("listitem");

  await test.step("publishes something for this morning", async () => {
    await publish(team, { category: "戏曲", title: "快板速成", day: "今天", at: "10:20", places: "12" });
    await expect(dates.filter({ hasText: "快板速成" })).toContainText("报了0人，共12个名额");
  });
  await test.step("a neighbour signs up", async () => {
    await signInNew(neighbour, "褚师傅");
    await opened(neighbour, "/");
    await neighbour.getByRole("link", { name: "快板速成" }).click();
    await neighbour.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(neighbour)).toContainText("名单上第1位");
  });
  await test.step("the roster has them, and one tap checks them in", async () => {
    await openTeam(team);
    await dates.filter({ hasText: "快板速成" }).getByRole("link").click();
    const row = team.getByRole("region", { name: "报上的 · 1家1人" }).getByRole("listitem");
    await expect(row).toHaveCount(1);
    await expect(row).toContainText("褚师傅");
    await row.getByRole("button", { name: "到了：褚师傅" }).click();
    await expect(team.getByText("到了1人，共1人")).toBeVisible();
    await neighbour.reload();
    await expect(ownStatus(neighbour)).toContainText("已签到");
  });

  await test.step("publishes something for every week", async () => {
    await publish(team, { category: "课程", title: "板胡入门", day: "明天", at: "16:00", places: "8", until: "2026-12-15" });
    await expect(dates.filter({ hasText: "板胡入门" }).first()).toBeVisible();
    await opened(neighbour, "/?on=2026-12-01");
    await neighbour.getByRole("region", { name: /12月1日/ }).getByRole("link", { name: "板胡入门" }).click();
    await neighbour.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(neighbour)).toContainText("名单上第1位");
  });
  await test.step("calls one date off, and whoever comes is told why", async () => {
    await openTeam(team);
    await (await allDates(team)).filter({ hasText: "板胡入门" }).filter({ hasText: "12月1日" }).getByRole("link").click();
    await team.getByRole("button", { name: "停一次" }).click();
    const sheet = team.getByRole("dialog", { name: "这一次不办了？" });
    await expect(sheet).toContainText("1家报了名，都会收到消息");
    await sheet.getByRole("radio", { name: "老师有事" }).check();
    await sheet.getByRole("button", { name: "停办这一次" }).click();
    await expect(team.getByRole("main")).toContainText("这一次已停办：老师有事");
    await opened(neighbour, "/m");
    await expect(neighbour.getByRole("main")).toContainText("「板胡入门」取消了");
    await expect(neighbour.getByRole("main")).toContainText("原因：老师有事");
    await opened(neighbour, "/?on=2026-12-01");
    const on = (day) => neighbour.getByRole("region", { name: day }).getByRole("link", { name: "板胡入门" });
    await expect(on(/12月1日/)).toContainText("活动取消");
    await expect(on(/12月8日/)).toContainText("剩8个名额");
  });
});

test("the same once more is published in at most three taps", async ({ page }) => {
  await signInAs(page, "team_editor");
  await openTeam(page);
  let taps = 0;
  const tap = async (target) => {
    taps += 1;
    await target.click();
  };
  const title = await page.getByRole("main").getByRole("article").getByRole("heading").innerText();
  const named = async () => (await allDates(page)).filter({ hasText: title });
  const before = await (await named()).count();
  await tap(page.getByRole("link", { name: "再办一次" }));
  await expect(page.getByLabel("标题")).toHaveValue(title);
  await tap(page.getByRole("button", { name: "发布", exact: true }));
  await expect(page.getByRole("heading", { name: "接下来的活动" })).toBeVisible();
  await expect(await named()).toHaveCount(before + 1);
  expect(taps).toBeLessThanOrEqual(3);
});
