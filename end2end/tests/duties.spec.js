// The monthly three: a community's staff see how far they have come and exempt one; the district sees all and keeps a file.
import { readFileSync } from "node:fs";
import { expect, opened, signInAs, test } from "../fixtures/test.js";

test("a community's staff exempt a duty with a reason, and take it back", async ({ page }) => {
  await signInAs(page, "community_admin");
  await opened(page, "/desk");
  await page.getByRole("main").getByRole("link", { name: /^三必做/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^三必做：/ })).toBeVisible();
  const card = (name) => page.getByRole("article").filter({ has: page.getByRole("heading", { name }) });
  await expect(page.getByRole("article")).toHaveCount(3);

  await test.step("a month far ahead has nothing planned", async () => {
    for (let n = 0; n < 4; n += 1) await page.getByRole("button", { name: "下个月" }).click();
    await expect(page.getByRole("heading", { name: "2027年3月" })).toBeVisible();
    await expect(card("居民议事")).toContainText("未安排");
  });
  await test.step("not without a reason", async () => {
    await card("居民议事").getByRole("button", { name: "本月不办" }).click();
    const sheet = page.getByRole("dialog", { name: "为什么本月不办？" });
    await sheet.getByRole("button", { name: "登记不办" }).click();
    await expect(sheet).toContainText("请选一个原因");
    await sheet.getByRole("radio", { name: "本月换届选举" }).check();
    await sheet.getByRole("button", { name: "登记不办" }).click();
    await expect(card("居民议事")).toContainText("免办：本月换届选举");
    await expect(card("道德评议")).toContainText("未安排");
  });
  await test.step("and it is taken back", async () => {
    await card("居民议事").getByRole("button", { name: "还是要办" }).click();
    await expect(card("居民议事")).toContainText("未安排");
    await expect(card("居民议事").getByRole("button", { name: "本月不办" })).toBeVisible();
  });
});

test("the district sees every community and keeps a table", async ({ page }) => {
  await signInAs(page, "district_admin");
  await opened(page, "/desk/duties");
  const board = page.getByRole("region", { name: "2026年11月各社区" }).or(page.locator("section").filter({ hasText: "2026年11月各社区" })).first();
  await expect(board.getByRole("row")).toHaveCount(14);
  await expect(page.getByRole("main")).toContainText("2026年每月完成几项");

  await test.step("a file that spreadsheet programs read", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "存成表格" }).click()]);
    expect(download.suggestedFilename()).toBe("duties-district-2026.csv");
    const text = readFileSync(await download.path(), "utf8");
    expect(text.startsWith("\uFEFF社区,月份,事项,情况")).toBe(true);
    expect(text.trimEnd().split("\r\n")).toHaveLength(1 + 13 * 3 * 12);
  });
  await test.step("each community leads to its own page", async () => {
    await board.getByRole("link", { name: "板闸", exact: false }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: /^三必做：板闸/ })).toBeVisible();
  });
});

test("somebody without the role is told so", async ({ page }) => {
  await signInAs(page, "team_editor");
  await opened(page, "/desk/duties/banzha");
  await expect(page.getByRole("article")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).not.toContainText("三必做");
  const answer = await page.request.get("/api/duties?year=2026&community=banzha");
  expect(answer.status()).toBe(404);
});
