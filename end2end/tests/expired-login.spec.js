// A session ends while nobody looks: what was seen stays readable for a while, what waits stays whose it is, and a
// sign-out that was cut short is finished before anything is drawn.
import { CLOCK_AT } from "../fixtures/server.js";
import { databasesOfAccounts, everythingKept, queued } from "../fixtures/on-disk.js";
import { expect, nextNumber, opened, ownStatus, signUpOffline, test, workerReady } from "../fixtures/test.js";

const DAY_MS = 86_400_000;

/** Signs somebody new in on the screens. */
async function signInHere(page, name) {
  await opened(page, "/login");
  await page.getByLabel("手机号", { exact: true }).fill(nextNumber());
  await page.getByLabel("我同意《隐私说明》").check();
  await page.getByRole("button", { name: "发验证码" }).click();
  const [code] = (await page.getByText(/演示验证码：/).innerText()).match(/\d{6}/);
  await page.getByLabel("验证码", { exact: true }).fill(code);
  await page.getByLabel("怎么称呼您？").fill(name);
  await page.getByRole("button", { name: "完成登录" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** Signs a resident of the demonstration in, who can come again without another code. */
async function signInResident(page) {
  await opened(page, "/login");
  await page.getByRole("button", { name: /居民 ·/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "王阿姨" })).toBeVisible();
}

/** Ends the session on the server, past the page. */
async function endSession(page) {
  const response = await page.request.post("/api/logout", { data: {}, headers: { "x-lifehub": "1" } });
  expect(response.status()).toBe(204);
}

test("a login that ended offline keeps what is there; another person sees none of it, and the same one sends it", async ({ phone }) => {
  const page = await phone();
  await signInResident(page);
  await signUpOffline(page, "2026-11-30");
  const address = new URL(page.url()).pathname;
  await endSession(page);
  await page.context().setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  const band = page.getByRole("link", { name: "登录过期了，登录后提交1项" });
  await expect(band).toBeVisible({ timeout: 40_000 });
  await page.goto("/me");
  await expect(page.getByRole("heading", { level: 1, name: "王阿姨" })).toBeVisible();
  await expect(band).toBeVisible();

  await signInHere(page, "新来的");
  await expect(page.getByRole("main")).not.toContainText("王阿姨");
  await opened(page, address);
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  expect(await queued(page), "what the first one has queued").toBe(1);

  await signInResident(page);
  await opened(page, address);
  await expect(ownStatus(page)).toContainText("报名成功", { timeout: 40_000 });
  expect(await queued(page)).toBe(0);
});

test("after thirty days without the server one's own is locked, and the server's answer unlocks it", async ({ phone }) => {
  const page = await phone();
  await signInHere(page, "常客小路");
  await signUpOffline(page, "2026-12-01");
  await page.clock.setFixedTime(CLOCK_AT + 29 * DAY_MS);
  await opened(page, "/me");
  await expect(page.getByRole("heading", { level: 1, name: "常客小路" })).toBeVisible();

  await page.clock.setFixedTime(CLOCK_AT + 31 * DAY_MS);
  await opened(page, "/me");
  await expect(page.getByText(/很久没登录了，您的报名和预约先锁上了/)).toBeVisible();
  await expect(page.locator("body")).not.toContainText("常客小路");
  await expect(page.getByRole("link", { name: "登录过期了，登录后提交1项" })).toBeVisible();
  await opened(page, "/me/outbox");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(0);

  // However late it is by the phone's clock: the server has the last word.
  await page.context().setOffline(false);
  await opened(page, "/me");
  await expect(page.getByRole("heading", { level: 1, name: "常客小路" })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole("main")).toContainText("报名成功", { timeout: 40_000 });
});

test("a sign-out that died in the middle is finished by the next start", async ({ phone }) => {
  const page = await phone();
  const context = page.context();
  await context.addInitScript(() => {
    const { deleteDatabase } = IDBFactory.prototype;
    IDBFactory.prototype.deleteDatabase = function (name) {
      if (window.name !== "dies") return deleteDatabase.call(this, name);
      // Never answered: the tab dies in the middle of it.
      window.isRemoving = true;
      return {};
    };
  });
  await signInHere(page, "急性子老卞");
  await opened(page, "/me");
  await workerReady(page);
  expect(await databasesOfAccounts(page)).toHaveLength(2);
  await page.evaluate(() => { window.name = "dies"; });
  await context.setOffline(true);
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "退出登录" }).click();
  await page.waitForFunction(() => window.isRemoving);
  const crashed = page.waitForEvent("crash");
  const session = await context.newCDPSession(page);
  session.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();

  const next = await context.newPage();
  await opened(next, "/me");
  await expect(next.getByText("登录后能看到自己的报名和预约")).toBeVisible();
  await expect(next.getByRole("main")).not.toContainText("急性子老卞");
  expect(await databasesOfAccounts(next)).toEqual([]);
  expect(await everythingKept(next)).not.toContain("急性子老卞");
  // The session ends as soon as there is a network.
  await context.setOffline(false);
  await next.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(async () => (await (await next.request.get("/api/session")).json()).account, { timeout: 40_000 }).toBe(null);
});
