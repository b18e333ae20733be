// The district reads what was held, how many came and how many different residents, and keeps it as a table.
import { readFileSync } from "node:fs";
import { expect, opened, signInAs, test } from "../fixtures/test.js";

test("the district reads what was held by month, community and team", async ({ page }) => {
  await signInAs(page, "district_admin");
  await opened(page, "/desk");
  await page.getByRole("main").getByRole("link", { name: "活动数字" }).click();
  const table = (name) => page.getByRole("table", { name });
  await expect(page.getByRole("main")).toContainText(/办成[1-9]\d*场，来了[1-9]\d*人次，签到居民[1-9]\d*位/);
  // The newest first, and none before the first that had any.
  await expect(table("按月").getByRole("row").nth(1)).toContainText(/^11月[1-9]/);
  await expect(table("按月").getByRole("row").last().getByRole("cell").first()).toHaveText(/^[1-9]\d*$/);
  await expect(table("按社区").getByRole("row")).toHaveCount(14);

  await test.step("a file that spreadsheet programs read", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "存成表格" }).click()]);
    expect(download.suggestedFilename()).toBe("figures-district-2026.csv");
    expect(readFileSync(await download.path(), "utf8").startsWith("\uFEFF分类,名称,社区,办成,人次,居民\r\n")).toBe(true);
  });
  await test.step("another year had nothing", async () => {
    await page.getByRole("button", { name: "上一年" }).click();
    await expect(page.getByRole("main")).toContainText("办成0场，来了0人次，签到居民0位");
  });
});

test("nobody else reads it", async ({ page }) => {
  await signInAs(page, "community_admin");
  await opened(page, "/desk/numbers");
  await expect(page.getByRole("table")).toHaveCount(0);
  expect((await page.request.get("/api/numbers?year=2026")).status()).toBe(404);
});
