// A known guest signs up in at most two taps, counted.
import { expect, opened, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";

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
