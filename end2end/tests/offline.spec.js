// No network: what was seen is still there, a tap is saved and says so, and back online each gets exactly one answer.
import { answersIn, book, expect, goOffline, opened, openSpace, ownStatus, signInAs, signInNew, test, whole, workerReady } from "../fixtures/test.js";

/** Opens a date that has places, and says how many. */
async function openSomething(page, day = "2026-11-26") {
  await opened(page, `/?on=${day}`);
  const row = page.getByRole("main").getByRole("listitem").getByRole("link", { name: /剩\d+个名额/ }).first();
  const [, left] = (await row.innerText()).match(/剩(\d+)个名额/);
  await row.click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  return Number(left);
}

async function signUp(page) {
  await page.getByRole("button", { name: "我要报名" }).click();
}

/** The band on top that says how old the things on screen are. */
const asOf = (page) => page.getByText(/没网 · 这是.*的安排/);

test("without a network the calendar and one's own things are there, and say of when they are", async ({ page, context }) => {
  await signInAs(page, "resident");
  await opened(page);
  await workerReady(page);
  await whole(page);
  await expect(page.getByRole("region", { name: /今天/ }).getByRole("link")).not.toHaveCount(0);
  const seen = await page.getByRole("main").getByRole("heading", { level: 3 }).allInnerTexts();
  await context.setOffline(true);
  await opened(page);
  await expect(asOf(page)).toBeVisible();
  await expect(page.getByRole("main").getByRole("heading", { level: 3 })).toHaveText(seen);
  await page.getByRole("link", { name: "我的", exact: true }).click();
  await expect(page.getByRole("main")).toContainText("报名成功");
  await expect(page.getByRole("main")).toContainText("候补第");
  await page.getByRole("link", { name: "空间", exact: true }).click();
  await expect(page.getByRole("article", { name: "老街客厅" })).toBeVisible();
  await context.setOffline(false);
  await expect(asOf(page)).toBeHidden({ timeout: 40_000 });
});

test("a sign-up, a withdrawal and a request made offline survive a killed tab and get one answer each", async ({ page, context }) => {
  const answers = answersIn(context);
  await signInAs(page, "resident");
  await opened(page, "/me");
  const own = page.getByRole("link", { name: /今天 晚上7:00.*报名成功/ });
  const leaving = await own.getAttribute("href");
  await openSpace(page, "运河客厅", "2026-11-30");
  await openSomething(page);
  const joining = new URL(page.url()).pathname;
  await goOffline(page);

  await page.reload();
  await expect(asOf(page)).toBeVisible();
  await signUp(page);
  await expect(ownStatus(page)).toContainText("名额还没占上");
  await opened(page, leaving);
  await page.getByRole("button", { name: "取消报名" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
  await expect(ownStatus(page)).toContainText("已存在手机里");
  await openSpace(page, "运河客厅", "2026-11-30");
  await book(page, "上午9:00–10:00");
  await expect(page.getByRole("region", { name: "我的预约" })).toContainText("这个时间还没占上");

  await page.close();
  const again = await context.newPage();
  await opened(again, "/me/outbox");
  const waiting = again.getByRole("main").getByRole("listitem");
  await expect(waiting).toHaveCount(3);
  await expect(waiting.filter({ hasText: "报名：" }).or(waiting.filter({ hasText: "预约：" }))).toHaveCount(3);
  expect(await answers()).toEqual([]);

  await context.setOffline(false);
  await expect(again.getByText("没有等着提交的")).toBeVisible({ timeout: 40_000 });
  const outcomes = (await answers()).map((answer) => answer.outcome);
  expect(outcomes).toEqual(["accepted", "accepted", "accepted"]);
  await opened(again, joining);
  await expect(ownStatus(again)).toContainText("报名成功");
  await opened(again, leaving);
  await expect(again.getByRole("button", { name: /我要报名|候补/ })).toBeVisible();
  await opened(again, "/me");
  await expect(again.getByRole("listitem").filter({ hasText: "运河客厅" })).toContainText("等客厅主人答复");
});

test("what was never sent is taken back where it was asked for", async ({ page, context }) => {
  const answers = answersIn(context);
  await signInNew(page, "韩阿姨");
  await openSomething(page);
  await goOffline(page);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("名额还没占上");
  await page.getByRole("button", { name: "不提交了" }).click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  await opened(page, "/me/outbox");
  await expect(page.getByRole("main")).toContainText("没有等着提交的");
  expect(await answers()).toEqual([]);
});

test("a time that somebody else took meanwhile comes back with others to tap", async ({ phone }) => {
  const [offline, online] = [await phone(), await phone()];
  const answers = answersIn(offline.context());
  await signInNew(offline, "钱阿姨");
  await openSpace(offline, "淮剧排练厅", "2026-12-01");
  await goOffline(offline);
  await book(offline, "下午2:00–3:00");
  const own = offline.getByRole("region", { name: "我的预约" });
  await expect(own).toContainText("这个时间还没占上");

  await test.step("others take it while the phone is in the stairwell", async () => {
    await signInNew(online, "孙叔叔");
    await openSpace(online, "淮剧排练厅", "2026-12-01");
    await online.getByRole("button", { name: "下午2:00–3:00，有空" }).click();
    await online.getByRole("dialog").getByRole("button", { name: "预约", exact: true }).click();
    await expect(online.getByRole("region", { name: "我的预约" })).toContainText("预约成功");
  });

  await offline.context().setOffline(false);
  const notice = offline.getByRole("main").getByRole("alert");
  await expect(notice).toContainText("这个时间刚被别人约走", { timeout: 40_000 });
  await notice.getByRole("button", { name: /上午|下午|晚上|中午/ }).first().click();
  await expect(own).toContainText("预约成功");
  await expect(notice).toBeHidden();
  expect((await answers()).map((answer) => answer.outcome)).toEqual(["refused", "accepted"]);
});
