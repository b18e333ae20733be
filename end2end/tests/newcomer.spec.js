// A newcomer looks around, signs in by number and code, brings two children along, and changes their mind twice.
import { expect, nextNumber, opened, sheetGone, test } from "../fixtures/test.js";

test("a newcomer finds an activity, signs up a family of three, and gives the places back", async ({ page }) => {
  const rows = page.locator("main").getByRole("listitem").getByRole("link");
  const day = (name) => page.getByRole("region", { name });

  await test.step("chooses the community", async () => {
    await opened(page);
    await page.getByRole("banner").getByRole("link", { name: /社区/ }).click();
    await page.getByRole("main").getByText("板闸社区", { exact: true }).click();
    await expect(page.getByRole("banner").getByRole("link", { name: "板闸社区" })).toBeVisible();
    await expect(day(/今天 11月23日/)).toBeVisible();
  });

  await test.step("narrows the list by what it is for, and the address says how", async () => {
    await expect(rows.filter({ hasText: "老年大学" })).not.toHaveCount(0);
    await page.getByRole("button", { name: "适合孩子" }).click();
    await expect(page).toHaveURL(/kids=1/);
    await expect(rows.filter({ hasText: "老年大学" })).toHaveCount(0);
    await expect(rows.filter({ hasText: "亲子" })).not.toHaveCount(0);
    await page.getByRole("button", { name: "全部", exact: true }).click();
    await page.getByRole("button", { name: "戏曲", exact: true }).click();
    await expect(rows.filter({ hasNotText: "戏曲" })).toHaveCount(0);
    await page.getByRole("button", { name: "全部", exact: true }).click();
  });

  await test.step("narrows it by team and by place", async () => {
    await page.getByRole("button", { name: "筛选" }).click();
    const sheet = page.getByRole("dialog", { name: "筛选" });
    await sheet.getByLabel("团队").selectOption({ label: "板闸农民诗社" });
    await expect(rows.filter({ hasNotText: "板闸农民诗社" })).toHaveCount(0);
    await expect(rows).not.toHaveCount(0);
    await sheet.getByLabel("团队").selectOption({ label: "全部团队" });
    await sheet.getByLabel("场地").selectOption({ label: "小板凳亲子空间" });
    await expect(rows.filter({ hasNotText: "小板凳亲子空间" })).toHaveCount(0);
    await expect(rows).not.toHaveCount(0);
    await sheet.getByRole("button", { name: /^看\d+场活动$/ }).click();
    await expect(sheet).toBeHidden();
    await page.getByRole("button", { name: "全部", exact: true }).click();
  });

  await test.step("picks a day in the month", async () => {
    await page.getByRole("button", { name: "2026年11月" }).click();
    const month = page.getByRole("dialog", { name: "选一天" });
    await expect(month.getByRole("grid", { name: /2026年11月/ })).toBeVisible();
    await month.getByRole("button", { name: "下个月" }).click();
    await expect(month.getByRole("grid", { name: /2026年12月/ })).toBeVisible();
    await month.getByRole("grid").getByRole("button", { name: /12月6日/ }).or(month.getByRole("gridcell", { name: /12月6日/ })).first().click();
    await expect(month).toBeHidden();
    await expect(page).toHaveURL(/on=2026-12-06/);
  });

  const story = day(/12月6日/).getByRole("link", { name: /亲子/ }).filter({ hasText: /剩(1[0-9]|20)个名额/ }).last();
  const title = await story.getByRole("heading").innerText();
  await story.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(page.getByRole("main")).toContainText(/3–6岁/);

  await test.step("signs in by number and code on the way", async () => {
    await page.getByRole("button", { name: "我要报名" }).click();
    await page.getByLabel("手机号", { exact: true }).fill(nextNumber());
    await page.getByLabel("我同意《隐私说明》").check();
    await page.getByRole("button", { name: "发验证码" }).click();
    const [code] = (await page.getByText(/演示验证码：/).innerText()).match(/\d{6}/);
    await page.getByLabel("验证码", { exact: true }).fill(code);
    await page.getByLabel("怎么称呼您？").fill("陈大姐");
    await expect(page.getByLabel("我的社区")).toHaveValue("banzha");
    await page.getByRole("button", { name: "完成登录" }).click();
  });

  const sheet = page.getByRole("dialog", { name: "谁去？" });
  await test.step("adds two children, each with the guardian's consent", async () => {
    await expect(sheet.getByRole("checkbox", { name: /陈大姐/ })).toBeChecked();
    await sheet.getByRole("link", { name: "加家人" }).click();
    for (const name of ["小宝", "小妹"]) {
      await page.getByRole("button", { name: "加家人" }).first().click();
      const form = page.getByRole("dialog", { name: "加家人" });
      await form.getByRole("radio", { name: "孩子" }).check();
      await form.getByLabel("怎么称呼？").fill(name);
      await form.getByLabel("年", { exact: true }).selectOption("2022");
      await form.getByLabel("月", { exact: true }).selectOption("5");
      await form.getByRole("button", { name: "加家人" }).click();
      await expect(form.getByText("加孩子要监护人同意，请先勾选")).toBeVisible();
      await form.getByLabel(/我是孩子的监护人/).check();
      await form.getByRole("button", { name: "加家人" }).click();
      await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: name })).toContainText("4岁");
      await sheetGone(page);
    }
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  });

  const status = page.getByRole("main").getByRole("status").filter({ hasText: "报名成功" });
  await test.step("one grown-up and two children get their places", async () => {
    if (!(await sheet.isVisible())) await page.getByRole("button", { name: "我要报名" }).click();
    await sheet.getByRole("checkbox", { name: /小宝/ }).check();
    await sheet.getByRole("checkbox", { name: /小妹/ }).check();
    await sheet.getByRole("button", { name: "确认报名3人" }).click();
    await expect(status).toContainText(/名单上第\d+位/);
    for (const name of ["陈大姐", "小宝", "小妹"]) await expect(status).toContainText(name);
  });

  await test.step("one child stays at home", async () => {
    await page.getByRole("button", { name: "取消报名" }).click();
    const leave = page.getByRole("dialog", { name: "谁不去了？" });
    await leave.getByRole("checkbox", { name: "陈大姐" }).uncheck();
    await leave.getByRole("checkbox", { name: "小宝" }).uncheck();
    await leave.getByRole("button", { name: "取消1人的报名" }).click();
    await expect(status).not.toContainText("小妹");
    await expect(status).toContainText("小宝");
  });

  await test.step("then everybody does", async () => {
    await page.getByRole("button", { name: "取消报名" }).click();
    await page.getByRole("dialog", { name: "谁不去了？" }).getByRole("button", { name: "取消2人的报名" }).click();
    await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
    await expect(status).toBeHidden();
    await opened(page, "/me");
    await expect(page.getByRole("main")).toContainText("还没有报名");
  });
});

test("one tap signs in as one of the demonstration's people, and signing out leaves nothing of them", async ({ page }) => {
  await opened(page, "/login");
  await page.getByRole("button", { name: /居民 ·/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "王阿姨" })).toBeVisible();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "退出登录" }).click();
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible();
  await page.reload();
  await expect(page.getByText("登录后能看到自己的报名和预约")).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("王阿姨");
});
