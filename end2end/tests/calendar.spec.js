// Week, month, festivals and looking for something: other ways into the same rows.
import { tooWide } from "../fixtures/looks.js";
import { expect, opened, signInAs, test, workerReady } from "../fixtures/test.js";

const read = async (page, path) => (await page.request.get(path)).json();
const main = (page) => page.getByRole("main");
const views = (page) => page.getByRole("navigation", { name: "怎么看" });

/** Dates of banzha from one day to another, in order of time. */
async function dates(page, from, to) {
  return (await read(page, `/api/occurrences?community=banzha&from=${from}&to=${to}`)).occurrences;
}

test("a week has the days and dates that the list has, and the address keeps it", async ({ page }) => {
  await opened(page, "/c/banzha");
  await opened(page, "/");
  await views(page).getByRole("link", { name: "周历" }).click();
  await expect(views(page).getByRole("link", { name: "周历" })).toBeFocused();
  await expect(page).toHaveURL(/\?view=week$/);
  const days = main(page).locator(".week-day");
  await expect(days).toHaveCount(7);
  await expect(days.first()).toContainText("周一");
  const expected = await dates(page, "2026-11-23", "2026-11-29");
  await expect(main(page).locator(".week-item")).toHaveCount(expected.length);
  await expect(main(page).locator(".week-item-title").first()).toHaveText(expected[0].title);
  expect(await tooWide(page)).toBeLessThanOrEqual(0);

  await main(page).getByRole("button", { name: "下一周" }).click();
  await expect(page).toHaveURL(/view=week&on=2026-11-30$/);
  const later = await dates(page, "2026-11-30", "2026-12-06");
  await expect(main(page).locator(".week-item")).toHaveCount(later.length);
  await page.reload();
  await expect(main(page).locator(".week-item")).toHaveCount(later.length);
  await page.goBack();
  await expect(days.first()).toContainText("11月23日");
  await main(page).locator(".week-item").first().click();
  await expect(main(page).getByRole("heading", { level: 1 })).toHaveText(expected[0].title);
});

test("a month goes by keys from day to day and over its end, and shows the day that is chosen", async ({ page }) => {
  await opened(page, "/c/banzha");
  await views(page).getByRole("link", { name: "月历" }).click();
  const grid = main(page).getByRole("grid", { name: /2026年11月/ });
  await expect(grid.getByRole("button", { name: /11月23日 周一 农历十月十五/ })).toHaveAttribute("aria-pressed", "true");
  // The solar term stands in the place of the lunar day.
  await expect(grid.locator("[data-date='2026-11-22']")).toContainText("小雪");
  await grid.locator("[data-date='2026-11-23']").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[data-date='2026-11-30']")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(main(page).getByRole("grid", { name: /2026年12月/ })).toBeVisible();
  await expect(page.locator(".month-grid [data-date='2026-12-07']")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=month&on=2026-12-07$/);
  const expected = await dates(page, "2026-12-07", "2026-12-07");
  await expect(main(page).locator(".activity-row")).toHaveCount(expected.length);
  expect(await tooWide(page)).toBeLessThanOrEqual(0);
  // A filter narrows what the days hold, and stays when the view changes.
  await main(page).getByRole("button", { name: "戏曲" }).click();
  await expect(page).toHaveURL(/kind=opera/);
  await views(page).getByRole("link", { name: "列表" }).click();
  await expect(page).toHaveURL(/\?on=2026-12-07&kind=opera$/);
});

test("a month tells holidays as the State Council arranged them and how far activities are known", async ({ page }) => {
  await opened(page, "/?view=month&on=2027-02-06");
  const grid = main(page).getByRole("grid", { name: /2027年2月/ });
  await expect(grid.getByRole("button", { name: /2月6日 周六 农历正月初一 春节/ })).toBeVisible();
  await expect(main(page)).toContainText("活动安排取到2027年1月18日为止");
  await expect(main(page)).toContainText("2027年放假安排尚未公布");
});

test("the seven festivals stand in the order they come, with their lunar dates", async ({ page }) => {
  await opened(page, "/?view=month");
  await main(page).getByRole("link", { name: "我们的节日" }).click();
  await expect(main(page).getByRole("heading", { level: 1, name: "我们的节日" })).toBeVisible();
  await expect(main(page).getByRole("heading", { level: 2 })).toHaveText(["春节", "元宵", "清明", "端午", "七夕", "中秋", "重阳"]);
  const first = main(page).locator(".festival").first();
  await expect(first).toContainText("还有75天");
  await expect(first).toContainText("2月6日 周六");
  await expect(first).toContainText("农历正月初一");
});

test("an activity is found by a part of its name, its team, its place and the initials of its pinyin, also without a network", async ({ page }) => {
  await signInAs(page, "resident");
  await opened(page, "/c/banzha");
  const [dance] = (await dates(page, "2026-11-24", "2026-12-20")).filter(({ team, cancelled }) => team.name === "板闸广场舞队" && !cancelled);
  await page.getByRole("link", { name: "搜一搜" }).click();
  const field = main(page).getByRole("searchbox");
  await expect(field).toBeFocused();
  const found = main(page).getByRole("listitem");
  for (const query of ["广场", "gcw", "gw", dance.team.name.slice(0, 3), dance.place.slice(-3)]) {
    await field.fill(query);
    await expect(found.filter({ hasText: "广场舞" }).first(), query).toBeVisible();
  }
  await field.fill("没有的东西");
  await expect(main(page)).toContainText("没找到「没有的东西」");
  await expect(main(page).getByRole("link", { name: "看活动" })).toBeVisible();
  await workerReady(page);
  await page.context().setOffline(true);
  await field.fill("gcw");
  await found.filter({ hasText: "广场舞" }).first().click();
  await expect(main(page)).toContainText("板闸广场舞队");
  await page.goBack();
  await expect(field).toHaveValue("gcw");
  await page.context().setOffline(false);
});
