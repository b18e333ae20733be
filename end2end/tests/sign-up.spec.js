// A newcomer finds something, signs in by number and code, brings the family along, and changes their mind.
import { expect, opened, test } from "../fixtures/test.js";

test("a newcomer signs up a family of three and withdraws again", async ({ page }) => {
  await opened(page, "/c/banzha");
  await test.step("the list can be narrowed, and the address says how", async () => {
    await expect(page.locator(".activity-row").nth(3)).toBeVisible();
    const all = await page.locator(".activity-row").count();
    expect(all).toBeGreaterThan(3);
    await page.getByRole("button", { name: "适合孩子" }).click();
    await expect(page).toHaveURL(/kids=1/);
    expect(await page.locator(".activity-row").count()).toBeLessThanOrEqual(all);
    await page.getByRole("button", { name: "全部", exact: true }).click();
    await expect(page).not.toHaveURL(/kids/);
  });
  await test.step("the month is a picker", async () => {
    await page.getByRole("button", { name: "2026年11月", exact: true }).click();
    const month = page.getByRole("dialog", { name: "选一天" });
    await month.getByRole("button", { name: /11月25日/ }).click();
    await expect(page).toHaveURL(/on=2026-11-25/);
    await expect(month).toBeHidden();
  });

  const row = page.locator(".activity-row", { hasText: /剩([4-9]|\d\d)个名额/ }).first();
  const title = await row.locator(".activity-row-title").innerText();
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  const address = page.url();

  await test.step("signing in keeps what was asked for", async () => {
    await page.getByRole("button", { name: "我要报名" }).click();
    await page.getByLabel("手机号", { exact: true }).fill("138 0000 1234");
    await page.getByLabel("我看过并同意隐私说明").check();
    await page.getByRole("button", { name: "发验证码" }).click();
    const code = (await page.locator(".demo-code").innerText()).match(/\d{6}/)[0];
    await page.getByLabel("验证码", { exact: true }).fill(code);
    await page.getByLabel("怎么称呼您？").fill("陈大姐");
    await page.getByRole("button", { name: "好了" }).click();
  });

  const sheet = page.getByRole("dialog", { name: "谁去？" });
  await test.step("the children are added first", async () => {
    await expect(sheet.getByLabel(/陈大姐/)).toBeChecked();
    await sheet.getByRole("link", { name: "加家人" }).click();
    for (const name of ["小宝", "小妹"]) {
      await page.getByRole("button", { name: "加家人" }).first().click();
      const form = page.getByRole("dialog");
      await expect(form.getByRole("radio", { name: "孩子" })).toBeChecked();
      await form.getByLabel("怎么称呼？").fill(name);
      await form.getByLabel("年", { exact: true }).selectOption("2021");
      await form.getByLabel("月", { exact: true }).selectOption("5");
      await form.getByLabel(/我是孩子的监护人/).check();
      await form.locator("button[type=submit]").click();
      await expect(page.locator(".person-row", { hasText: name })).toBeVisible();
    }
    await opened(page, address);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  });

  await test.step("one adult and two children get their places", async () => {
    if (!(await sheet.isVisible())) await page.getByRole("button", { name: "我要报名" }).click();
    await sheet.getByLabel(/小宝/).check();
    await sheet.getByLabel(/小妹/).check();
    await sheet.getByRole("button", { name: "确认报名3人" }).click();
    await expect(page.locator(".status[data-state=confirmed]")).toContainText(/第\d+位，共\d+位/);
    await expect(page.locator(".status")).toContainText("小妹");
  });

  await test.step("one child stays at home, then everybody", async () => {
    await page.getByRole("button", { name: "取消报名" }).click();
    const leave = page.getByRole("dialog", { name: "谁不去了？" });
    await leave.getByLabel(/陈大姐/).uncheck();
    await leave.getByLabel(/小宝/).uncheck();
    await leave.getByRole("button", { name: "取消1人的报名" }).click();
    await expect(page.locator(".status[data-state=confirmed]")).not.toContainText("小妹");
    await page.getByRole("button", { name: "取消报名" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "取消2人的报名" }).click();
    await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  });
});

test("a known guest signs up in two taps", async ({ page }) => {
  const { signInAs } = await import("../fixtures/test.js");
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
