// Somebody signs in on a phone that is not theirs, and afterwards it is as if they had never been there.
import { CLOCK_AT } from "../fixtures/server.js";
import { everythingKept, queued } from "../fixtures/on-disk.js";
import { expect, goOffline, nextNumber, openDateForAnybody, opened, ownStatus, signInNew, test, workerReady } from "../fixtures/test.js";

const NAME = "过路的董伯伯";

/** Signs somebody new in on the screens; with `shared` they say that the phone is not theirs. */
async function signInHere(page, { number, name, shared }) {
  await opened(page, "/login");
  await page.getByLabel("手机号", { exact: true }).fill(number);
  await page.getByLabel("我同意《隐私说明》").check();
  if (shared) {
    await page.getByLabel("我在用别人的手机").check();
    await expect(page.getByText(/勾了就什么都不留：没网时不能报名/)).toBeVisible();
  }
  await page.getByRole("button", { name: "发验证码" }).click();
  const [code] = (await page.getByText(/演示验证码：/).innerText()).match(/\d{6}/);
  await page.getByLabel("验证码", { exact: true }).fill(code);
  await page.getByLabel("怎么称呼您？").fill(name);
  await page.getByRole("button", { name: "完成登录" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

const sessionOf = async (page) => (await (await page.request.get("/api/session")).json());

test("what a visitor does on somebody else's phone leaves nothing on it", async ({ phone }) => {
  const page = await phone();
  const number = nextNumber();
  await signInHere(page, { number, name: NAME, shared: true });
  const { account, shared } = await sessionOf(page);
  expect(shared).toBe(true);
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === "sid");
  expect(cookie.expires, "it goes with the window").toBe(-1);
  const traces = async () => {
    const kept = await everythingKept(page);
    return [NAME, number, account].filter((trace) => kept.includes(trace));
  };
  await expect(page.getByRole("link", { name: /不是自己的手机 · 用完请退出登录/ })).toBeVisible();

  await openDateForAnybody(page, "2026-11-30");
  await workerReady(page);
  await page.getByRole("button", { name: "我要报名" }).click();
  await expect(ownStatus(page)).toContainText("报名成功");
  expect(await traces(), "while they are here").toEqual([]);
  // Loading anew ends nothing: the browser's window is the same.
  await opened(page, "/me");
  await expect(page.getByRole("heading", { level: 1, name: NAME })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("报名成功");

  await page.getByRole("button", { name: "退出登录" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("这台手机上不留您的任何东西");
  const ended = page.waitForResponse(/\/api\/logout$/);
  await dialog.getByRole("button", { name: "退出登录" }).click();
  expect((await (await ended).allHeaders())["clear-site-data"]).toBe('"storage"');
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible();
  expect(await traces(), "when they are gone").toEqual([]);
  expect((await sessionOf(page)).account).toBe(null);
  await opened(page, "/me");
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible();
});

test("a visitor without a network is told that nothing was kept, and nothing is", async ({ phone }) => {
  const page = await phone();
  await signInHere(page, { number: nextNumber(), name: NAME, shared: true });
  await openDateForAnybody(page, "2026-12-01");
  await page.context().setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event("offline")));
  await expect(page.getByText(/没网/).first()).toBeVisible();
  await page.getByRole("button", { name: "我要报名" }).click();
  await expect(page.getByRole("alert")).toContainText("没存下：不是您的手机");
  expect(await queued(page)).toBe(0);
  await page.context().setOffline(false);
});

test("a visit nobody touches for half an hour ends by itself", async ({ phone }) => {
  const page = await phone();
  await signInHere(page, { number: nextNumber(), name: NAME, shared: true });
  await page.clock.setFixedTime(CLOCK_AT + 31 * 60_000);
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible({ timeout: 40_000 });
  await expect.poll(async () => (await sessionOf(page)).account).toBe(null);
  await expect(page.getByRole("main")).not.toContainText(NAME);
});

test("what waits on the phone for its owner is still there after a visitor", async ({ phone }) => {
  const page = await phone();
  await opened(page);
  await signInNew(page, "机主蔡阿姨");
  await openDateForAnybody(page, "2026-12-02");
  await goOffline(page);
  await page.getByRole("button", { name: "我要报名" }).click();
  await expect(ownStatus(page)).toContainText("名额还没占上");
  await opened(page, "/me");
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "留着，退出登录" }).click();
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible();
  // The server hears of it as soon as there is a network; its answer clears what the browser keeps, and a page on its way too.
  const heard = page.waitForResponse(/\/api\/logout$/);
  await page.context().setOffline(false);
  await heard;

  await signInHere(page, { number: nextNumber(), name: NAME, shared: true });
  await page.getByRole("button", { name: "退出登录" }).click();
  const ended = page.waitForResponse(/\/api\/logout$/);
  await page.getByRole("dialog").getByRole("button", { name: "退出登录" }).click();
  expect((await (await ended).allHeaders())["clear-site-data"]).toBe(undefined);
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible();
  expect(await queued(page)).toBe(1);
});
