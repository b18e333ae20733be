// Pages that travel apart: one that does not arrive is asked for again, and nothing else stops.
import { expect, opened, signInNew, test } from "../fixtures/test.js";

test.use({ serviceWorkers: "block" });

test("a page that did not arrive can be asked for again", async ({ page }) => {
  await page.route(/split_entry\.wasm$/, (route) => route.abort());
  await opened(page, "/");
  const list = page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3 }) });
  await expect(list.first()).toBeVisible();
  await page.getByRole("banner").getByRole("link").click();
  await expect(page.getByRole("heading", { name: "这一页没取到" })).toBeFocused();

  await page.getByRole("link", { name: "活动" }).click();
  await expect(list.first()).toBeVisible();
  await page.goBack();
  // It is asked for again by whoever comes back; only when that has failed too is there something to tap.
  await expect(page.getByRole("heading", { name: "这一页没取到" })).toBeFocused();
  await page.unroute(/split_entry\.wasm$/);
  await page.getByRole("button", { name: "再试一次" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /社区/ })).toBeFocused();
  // The loader says in the console what it could not have; anything else would be a fault.
  expect(page.problems.splice(0).filter((problem) => !problem.includes("Failed to fetch"))).toEqual([]);
});

test("until the page is here, the server's drawing stays", async ({ page }) => {
  await opened(page, "/");
  const address = await page.locator(".activity-row-link").first().getAttribute("href");
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await page.route(/split_visit\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/split_visit\.wasm$/);
  await page.goto(address, { waitUntil: "commit" });
  await asked;
  await expect(page.locator("#first-paint").getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("#app")).toBeHidden();
  arrive();
  await expect(page.locator("#first-paint")).toHaveCount(0);
  await expect(page.locator("#app").getByRole("heading", { level: 1 })).toBeVisible();
});

test("the list can be touched before what stores and sends is here", async ({ page }) => {
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await page.route(/split_sync\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  const synced = page.waitForRequest(/\/api\/sync$/);
  await opened(page, "/c/banzha");
  const list = page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3 }) });
  await expect(list.first()).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: /11月27日/ }).click();
  await expect(page.getByRole("heading", { level: 2, name: /11月27日/ })).toBeVisible();
  arrive();
  const { pulls } = (await synced).postDataJSON();
  expect(pulls[0].cursor, "goes on from what the page brought along").toBeTruthy();
});

test("what stores and sends is asked for again until it comes", async ({ page }) => {
  await page.route(/split_sync\.wasm$/, (route) => route.abort());
  await opened(page, "/c/banzha");
  const band = page.getByRole("button", { name: /没网/ });
  await expect(band).toBeVisible();
  await page.unroute(/split_sync\.wasm$/);
  await band.click();
  await expect(band).toBeHidden();
  expect(page.problems.splice(0).filter((problem) => !problem.includes("Failed to fetch"))).toEqual([]);
});

test("rows that come while the next page is on its way break nothing", async ({ page }) => {
  await opened(page, "/?on=2026-11-30");
  const rows = page.getByRole("main").getByRole("listitem").getByRole("link", { name: /剩\d+个名额/ });
  const address = await rows.filter({ hasNotText: "课程" }).first().getAttribute("href");
  await signInNew(page, "心急的");
  // Who is signed in is told after the tap on another page, and that page comes last.
  const gates = [];
  for (const path of [/\/api\/session$/, /split_own\.wasm$/]) {
    const gate = {};
    gate.opened = new Promise((resolve) => (gate.open = resolve));
    gates.push(gate);
    await page.route(path, async (route) => {
      await gate.opened;
      await route.continue();
    });
  }
  await opened(page, address);
  await page.getByRole("navigation").getByRole("link", { name: "消息" }).click();
  await expect(page).toHaveURL(/\/m$/);
  const [session, own] = gates;
  session.open();
  await page.waitForFunction(() => localStorage.getItem("lifehub.account"));
  await expect.poll(() => page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => /^lifehub-outbox-/.test(name)))).toBe(true);
  own.open();
  await expect(page.getByRole("heading", { level: 1, name: "消息" })).toBeVisible();
});
