// A known guest signs up in two taps, counted.
import { expect, opened, signInAs, test } from "../fixtures/test.js";

test("a known guest signs up in two taps", async ({ page }) => {
  await signInAs(page, "resident");
  await opened(page, "/?on=2026-11-27");
  const row = page.locator(".activity-row:not([data-mine])", { hasText: /剩\d+个名额/ }).first();
  await row.getByRole("link").click();
  let taps = 0;
  const tap = async (name) => {
    taps += 1;
    await page.getByRole("button", { name }).click();
  };
  await tap("我要报名");
  if (await page.getByRole("dialog").isVisible()) await tap(/确认报名|一起排队/);
  await expect(page.locator(".status[data-state=confirmed]")).toBeVisible();
  expect(taps).toBeLessThanOrEqual(2);
});
