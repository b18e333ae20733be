// What takes place again and again: published by a rule of plain choices, looked at before, paused and resumed.
import { openTeam, publish } from "../fixtures/team.js";
import { expect, opened, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";

/** Opens the form of the first team of whoever is signed in. */
async function openForm(page) {
  await openTeam(page);
  await page.getByRole("link", { name: "发布活动" }).click();
  await expect(page.getByRole("heading", { name: "发布活动" })).toBeVisible();
}

const choose = (page, group, name) => page.getByRole("group", { name: group, exact: true }).getByRole("radio", { name, exact: true });
const coming = (page) => page.locator(".coming-day");

test("a weekly activity is published in at most twelve taps, and paused and resumed", async ({ page }) => {
  await signInAs(page, "team_editor");
  await openTeam(page);
  let taps = 0;
  const tap = async (target, act = (it) => it.click()) => {
    taps += 1;
    await act(target);
  };
  await test.step("publishes", async () => {
    await tap(page.getByRole("link", { name: "发布活动" }));
    await tap(page.getByRole("button", { name: "课程", exact: true }));
    await tap(page.getByLabel("标题"), (it) => it.fill("周周练二胡"));
    await tap(page.getByRole("group", { name: "选哪一天" }).getByRole("radio", { name: "明天" }), (it) => it.check());
    await tap(page.getByLabel("几点开始"), (it) => it.fill("16:00"));
    await tap(choose(page, "办几次", "每周"), (it) => it.check());
    await expect(coming(page)).toHaveCount(8);
    await expect(coming(page).first()).toContainText("农历");
    await tap(page.getByLabel("哪个空间"), (it) => it.selectOption({ label: "别的地方" }));
    await tap(page.getByLabel("地点"), (it) => it.fill("南门广场"));
    await tap(page.getByRole("button", { name: "发布", exact: true }));
    await expect(page.getByRole("heading", { name: "接下来的活动" })).toBeVisible();
    expect(taps).toBeLessThanOrEqual(12);
  });
  const series = page.getByRole("region", { name: "定期活动" }).getByRole("listitem").filter({ hasText: "周周练二胡" });
  await test.step("its rule stands on the team's page", async () => {
    await expect(series).toContainText(/每周. 下午4:00/);
    await expect(series).toContainText("已排到");
  });
  await test.step("pauses", async () => {
    await series.getByRole("button", { name: "暂停：周周练二胡" }).click();
    const sheet = page.getByRole("dialog", { name: "暂停「周周练二胡」？" });
    await expect(sheet).toContainText("已经排出来的照常办");
    await sheet.getByRole("button", { name: "暂停", exact: true }).click();
    await expect(series).toContainText("已暂停，不再排新的日子");
  });
  await test.step("resumes", async () => {
    await series.getByRole("button", { name: "恢复：周周练二胡" }).click();
    await expect(series).toContainText("已排到");
    await expect(series.getByRole("button", { name: "暂停：周周练二胡" })).toBeVisible();
  });
});

test("a rule is put together of plain choices, and says which days it leaves out and why", async ({ page }) => {
  await signInAs(page, "team_editor");
  await openForm(page);
  await page.getByRole("button", { name: "课程", exact: true }).click();
  await page.getByLabel("标题").fill("年画学堂");
  await page.getByLabel("哪一天", { exact: true }).fill("2026-12-04");
  await page.getByLabel("几点开始").fill("09:00");
  await choose(page, "办几次", "更多…").check();
  await test.step("every week, not on days off", async () => {
    await choose(page, "遇到节假日", "放假不办").check();
    const left = coming(page).filter({ hasText: "1月1日" });
    await expect(left).toContainText("不办：元旦");
    await expect(page.locator("[data-left-out]")).toHaveCount(1);
  });
  await test.step("on the first and the third Friday of the month", async () => {
    await choose(page, "怎么重复", "每月第一个周五").check();
    await page.getByRole("group", { name: "每月第几个" }).getByRole("checkbox", { name: "第三个周五" }).check();
    await expect(coming(page).nth(1)).toContainText("12月18日");
    await expect(page.getByRole("status").filter({ hasText: "每月" })).toHaveCount(0);
  });
  await test.step("twice a day, and not before the first is over", async () => {
    await page.getByRole("button", { name: "同一天再加一场" }).click();
    await page.getByLabel("第2场", { exact: true }).fill("09:30");
    await page.getByLabel("哪个空间").selectOption({ label: "别的地方" });
    await page.getByLabel("地点").fill("南门广场");
    await page.getByRole("button", { name: "发布", exact: true }).click();
    await expect(page.getByRole("alert").filter({ hasText: "前一场还没结束" })).toBeVisible();
    await page.getByLabel("第2场", { exact: true }).fill("19:00");
    await expect(page.getByRole("status").filter({ hasText: "每月第一个周五、第三个周五 上午9:00、晚上7:00 · 放假不办" })).toBeVisible();
    await page.getByRole("button", { name: "发布", exact: true }).click();
    await expect(page.getByRole("heading", { name: "接下来的活动" })).toBeVisible();
  });
  await test.step("a neighbour finds its dates, and the rule beside each", async () => {
    await opened(page, "/?on=2026-12-18");
    const day = page.getByRole("region", { name: /12月18日/ }).getByRole("link", { name: "年画学堂" });
    await expect(day).toHaveCount(2);
    await day.first().click();
    await expect(page.getByRole("main")).toContainText("每月第一个周五、第三个周五");
  });
});

test("one date is moved: who has signed up keeps the place and is told", async ({ phone }) => {
  const [team, neighbour] = [await phone(), await phone()];
  await signInAs(team, "team_editor");
  await publish(team, { category: "课程", title: "剪纸小课", day: "明天", at: "15:00", places: "8" });
  const dates = team.getByRole("region", { name: "接下来的活动" }).getByRole("listitem");
  await test.step("a neighbour signs up", async () => {
    await signInNew(neighbour, "卞师傅");
    await opened(neighbour, "/");
    await neighbour.getByRole("link", { name: "剪纸小课" }).click();
    await neighbour.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(neighbour)).toContainText("名单上第1位");
  });
  await test.step("the team moves it to another time and place", async () => {
    await expect(dates.filter({ hasText: "剪纸小课" })).toContainText("报了1人");
    await dates.filter({ hasText: "剪纸小课" }).getByRole("link").click();
    await team.getByRole("button", { name: "改时间地点" }).click();
    const sheet = team.getByRole("dialog", { name: "改这一次的时间地点" });
    await expect(sheet).toContainText("1家报了名");
    await sheet.getByRole("button", { name: "改好并告诉大家" }).click();
    await expect(sheet.getByRole("alert")).toContainText("时间和地点都没变");
    await sheet.getByLabel("几点开始").fill("16:30");
    await sheet.getByLabel("地点").fill("运河凉亭");
    await sheet.getByRole("button", { name: "改好并告诉大家" }).click();
    await expect(sheet).toBeHidden();
    await expect(team.getByRole("main")).toContainText("16:30");
    await expect(team.getByRole("main")).toContainText("运河凉亭");
  });
  await test.step("the neighbour is told, and has the place still", async () => {
    await opened(neighbour, "/m");
    await expect(neighbour.getByRole("main")).toContainText("「剪纸小课」改到");
    await expect(neighbour.getByRole("main")).toContainText("运河凉亭");
    await neighbour.getByRole("link", { name: /时间地点有变/ }).click();
    await expect(ownStatus(neighbour)).toContainText("名单上第1位");
    await expect(neighbour.getByRole("main")).toContainText("改过时间：原定");
    await expect(neighbour.getByRole("main")).toContainText("您的名额还在");
  });
});

test("this date and those after it change together: the team sees whom it concerns, the neighbour is told once", async ({ phone }) => {
  const [team, neighbour] = [await phone(), await phone()];
  await signInAs(team, "team_editor");
  await openTeam(team);
  await team.getByRole("link", { name: "发布活动" }).click();
  await team.getByRole("button", { name: "课程", exact: true }).click();
  await team.getByLabel("标题").fill("周周学剪纸");
  await team.getByRole("group", { name: "选哪一天" }).getByRole("radio", { name: "明天" }).check();
  await team.getByLabel("几点开始").fill("16:00");
  await choose(team, "办几次", "每周").check();
  await team.getByLabel("哪个空间").selectOption({ label: "别的地方" });
  await team.getByLabel("地点").fill("南门广场");
  await team.getByRole("button", { name: "发布", exact: true }).click();
  const series = team.getByRole("region", { name: "定期活动" }).getByRole("listitem").filter({ hasText: "周周学剪纸" });
  await expect(series).toContainText("已排到");
  await expect(series.locator(".state-chip"), "it is there for others as well").toHaveCount(0);
  await test.step("a neighbour signs up for the first date", async () => {
    await signInNew(neighbour, "许阿姨");
    await opened(neighbour, `/a/${(await series.getByRole("link").getAttribute("href")).split("/")[3]}`);
    await neighbour.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(neighbour)).toContainText("名单上第1位");
  });
  await test.step("the team looks first, and then does it", async () => {
    await series.getByRole("link").click();
    await team.getByLabel("几点开始").fill("17:00");
    await team.getByLabel("地点").fill("北门凉亭");
    await team.getByRole("button", { name: "看看会改什么" }).click();
    const plan = team.getByRole("region", { name: "会改什么" });
    await expect(plan).toContainText("8场会改");
    await expect(plan).toContainText("1人会收到通知：许阿姨");
    await plan.getByRole("button", { name: "就这么改，通知大家" }).click();
    await expect(plan).toContainText("改好了");
  });
  await test.step("the date says what has changed, and the place is kept", async () => {
    await expect(neighbour.getByRole("main")).toContainText("改过时间：原定");
    await expect(neighbour.getByRole("main")).toContainText("您的名额还在");
    await expect(neighbour.getByRole("main")).toContainText("北门凉亭");
    await opened(neighbour, "/m");
    await expect(neighbour.getByRole("listitem").filter({ hasText: "「周周学剪纸」改了" })).toHaveCount(1);
  });
});
