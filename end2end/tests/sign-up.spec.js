// A known guest signs up in at most two taps, counted.
import { book, expect, opened, openSpace, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";

/** Opens a date with places on which everybody may come, and hands out what counts taps. */
async function atSomething(page) {
  await opened(page, "/?on=2026-11-27");
  await page.getByRole("main").getByRole("listitem").getByRole("link", { name: /剩\d+个名额/ }).first().click();
  let taps = 0;
  return {
    tap: async (target) => {
      taps += 1;
      await target.click();
    },
    taps: () => taps,
  };
}

test("whoever lives alone signs up in one tap", async ({ page }) => {
  await signInNew(page, "卫叔叔");
  const { tap, taps } = await atSomething(page);
  await tap(page.getByRole("button", { name: "我要报名" }));
  await expect(ownStatus(page)).toContainText("报名成功");
  expect(taps()).toBe(1);
});

test("what overlaps with something of one's own is said first, and can be had all the same", async ({ page }) => {
  await signInNew(page, "两头忙的");
  const answer = await page.request.get("/api/occurrences?community=banzha&from=2026-11-25&to=2026-12-06");
  const isOpen = ({ audience, policy, seats }) =>
    ["everyone", "adults"].includes(audience.kind) && policy.opens_minutes_before === null && seats.capacity - seats.taken > 2;
  const hour = ({ start }) => Number(start.slice(11, 13));
  const date = (await answer.json()).occurrences.find((one) => isOpen(one) && hour(one) >= 14 && hour(one) <= 16);
  await openSpace(page, "淮剧排练厅", date.start.slice(0, 10));
  await book(page, `下午${hour(date) - 12}:00–${hour(date) - 11}:00`);
  await expect(page.getByRole("region", { name: "我的预约" })).toContainText("预约成功");

  await opened(page, `/a/${date.id}`);
  await page.getByRole("button", { name: "我要报名" }).click();
  const sheet = page.getByRole("dialog", { name: "谁去？" });
  await expect(sheet.getByRole("status").filter({ hasText: "时间撞上了" })).toContainText("您约过淮剧排练厅");
  await page.screenshot({ path: "../screenshots/clash.png" });
  await sheet.getByRole("button", { name: "确认报名1人" }).click();
  await expect(ownStatus(page)).toContainText("报名成功");
});

test("somebody with a family signs up in two", async ({ page }) => {
  await signInAs(page, "parent");
  const { tap, taps } = await atSomething(page);
  await tap(page.getByRole("button", { name: "我要报名" }));
  await tap(page.getByRole("dialog", { name: "谁去？" }).getByRole("button", { name: "确认报名1人" }));
  await expect(ownStatus(page)).toContainText("报名成功");
  expect(taps()).toBe(2);
});

test("a tap before it is known who makes it is done once it is", async ({ page }) => {
  await atSomething(page);
  const { pathname } = new URL(page.url());
  await signInNew(page, "心急的");
  let tell;
  const told = new Promise((resolve) => (tell = resolve));
  await page.route(/\/api\/session$/, async (route) => {
    await told;
    await route.continue();
  });
  await opened(page, pathname);
  const button = page.getByRole("main").locator(".action-bar").getByRole("button");
  await button.click();
  await expect(button).toHaveAttribute("aria-busy", "true");
  tell();
  await expect(ownStatus(page)).toContainText("报名成功");
});

test("a guest's tap leads to signing in once the server has said that it knows nobody", async ({ page }) => {
  await atSomething(page);
  await page.getByRole("button", { name: "我要报名" }).click();
  await expect(page).toHaveURL(/\/login\?next=/);
});
