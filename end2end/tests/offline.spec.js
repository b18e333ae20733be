// No network: everything that was seen is still there, a tap is saved and says so, and back online it gets one answer.
import { expect, opened, signInAs, test, workerReady } from "../fixtures/test.js";

async function openSomething(page) {
  await opened(page, "/?on=2026-11-26");
  await page.locator(".activity-row:not([data-mine])", { hasText: /剩\d+个名额/ }).first().getByRole("link").click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
}

async function signUp(page) {
  await page.getByRole("button", { name: "我要报名" }).click();
  const sheet = page.getByRole("dialog");
  if (await sheet.isVisible()) await sheet.getByRole("button", { name: /确认报名/ }).click();
}

test("a tap in the stairwell is saved, survives a killed tab, and is answered once", async ({ page, context }) => {
  await signInAs(page, "resident");
  await openSomething(page);
  await workerReady(page);
  const address = page.url();
  await context.setOffline(true);
  await page.reload();
  await page.locator("html[data-booted]").waitFor();
  await signUp(page);
  await expect(page.locator(".status[data-state=saved]")).toContainText("名额还没占上");

  await page.close();
  const again = await context.newPage();
  await again.goto(address);
  await expect(again.locator(".status[data-state=saved], .status[data-state=checking]")).toBeVisible();
  await opened(again, "/me/outbox");
  await expect(again.locator(".outbox-item")).toHaveCount(1);

  const answers = [];
  again.on("response", async (response) => {
    if (!response.url().endsWith("/api/sync")) return;
    answers.push(...((await response.json().catch(() => ({}))).answers ?? []));
  });
  await context.setOffline(false);
  await expect(again.getByText("都提交了")).toBeVisible({ timeout: 30_000 });
  expect(answers.filter((answer) => answer.outcome === "accepted")).toHaveLength(1);
  await opened(again, new URL(address).pathname);
  await expect(again.locator(".status[data-state=confirmed]")).toBeVisible();
});

test("an answer that is lost on the way is asked for again, and nothing is doubled", async ({ page, context }) => {
  await signInAs(page, "parent");
  await openSomething(page);
  let lost = 0;
  await context.route("**/api/sync", async (route) => {
    const carries = (route.request().postDataJSON()?.commands ?? []).length > 0;
    if (!carries || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  await signUp(page);
  await expect(page.locator(".status[data-state=confirmed]")).toBeVisible({ timeout: 30_000 });
  expect(lost).toBe(1);
  await opened(page, "/me/outbox");
  await expect(page.getByText("都提交了")).toBeVisible();
});

test("a captive portal's page is no answer", async ({ page, context }) => {
  await signInAs(page, "parent");
  await openSomething(page);
  await context.route("**/api/sync", (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<h1>登录上网</h1>" }));
  await signUp(page);
  await expect(page.locator(".status[data-state=checking], .status[data-state=saved]")).toBeVisible();
  await context.unroute("**/api/sync");
  await expect(page.locator(".status[data-state=confirmed]")).toBeVisible({ timeout: 40_000 });
});
