// An hour in a living room is asked of its host; a play room has places at once; a taken hour comes back with others.
import { expect, opened, signInAs, test } from "../fixtures/test.js";

test("a living room is asked for in at most four taps, approved by its host, and cancelled", async ({ phone }) => {
  const neighbour = await phone();
  await signInAs(neighbour, "resident");
  await opened(neighbour, "/s");
  const room = neighbour.locator(".space-card", { hasText: "居民客厅" }).filter({ has: neighbour.locator("a.slot, .slot-grid a") }).first();
  await room.locator("a.slot, .slot-grid a").last().click();
  const sheet = neighbour.getByRole("dialog");
  if (!(await sheet.isVisible())) await neighbour.locator("button.slot[data-state=free]").first().click();
  await sheet.getByRole("button", { name: "预约", exact: true }).click();
  await expect(neighbour.locator(".status[data-state=requested]")).toContainText("客厅主人");

  const host = await phone({ viewport: { width: 1280, height: 800 } });
  await signInAs(host, "community_admin");
  await opened(host, "/desk");
  const request = host.locator(".request-card", { hasText: "王阿姨" }).filter({ hasText: "20:00" }).first();
  await request.getByRole("button", { name: /同意/ }).click();
  await expect(request).toBeHidden();
  await neighbour.reload();
  await expect(neighbour.locator(".status[data-state=confirmed]").first()).toContainText("预约成功");
});

test("a play room counts heads and needs a grown-up", async ({ page }) => {
  await signInAs(page, "parent");
  await opened(page, "/s");
  await page.locator(".space-card", { hasText: "亲子" }).first().getByRole("link").first().click();
  await page.waitForURL(/\/s\/.+/);
  await opened(page, new URL(page.url()).pathname + "?on=2026-11-28");
  await page.locator("button.slot[data-state=free]").first().click();
  const sheet = page.getByRole("dialog");
  const book = sheet.getByRole("button", { name: "预约", exact: true });
  const children = sheet.getByRole("checkbox");
  for (const box of await children.all()) if (await box.isEnabled()) await box.check();
  for (const box of await children.all()) {
    if (!(await book.isEnabled()) && (await box.isChecked())) await box.uncheck();
  }
  if (!(await book.isEnabled())) await children.first().check();
  await book.click();
  await expect(page.locator(".status[data-state=confirmed]")).toContainText("预约成功");
});
