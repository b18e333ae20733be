// An hour in a living room is asked of its host; a play room counts heads and has places at once. Taps are counted.
import { expect, opened, signInAs, signInNew, test } from "../fixtures/test.js";

test("a living room is asked for in at most four taps, approved by its host, and given back", async ({ phone }) => {
  const [neighbour, staff] = [await phone(), await phone({ viewport: { width: 1280, height: 800 } })];
  let taps = 0;
  const tap = async (target) => {
    taps += 1;
    await target.click();
  };
  const own = neighbour.getByRole("region", { name: "我的预约" });
  await test.step("from the list to the request", async () => {
    await signInNew(neighbour, "蒋阿姨");
    await opened(neighbour, "/");
    await tap(neighbour.getByRole("link", { name: "空间", exact: true }));
    await tap(neighbour.getByRole("link", { name: /^约老街客厅，今天 晚上8:00/ }));
    await tap(neighbour.getByRole("dialog", { name: "约老街客厅" }).getByRole("button", { name: "申请预约", exact: true }));
    await expect(own).toContainText("已提交，客厅主人");
    expect(taps).toBeLessThanOrEqual(4);
  });
  await test.step("whoever answers says yes", async () => {
    await signInAs(staff, "community_admin");
    await opened(staff, "/desk");
    const request = staff.getByRole("region", { name: "等您答复" }).getByRole("article").filter({ hasText: "蒋阿姨" });
    await expect(request).toContainText("11月23日 周一 20:00–21:00");
    await request.getByRole("button", { name: /^同意/ }).click();
    await expect(request).toHaveCount(0);
    await neighbour.reload();
    await expect(own).toContainText("预约成功");
    await expect(neighbour.getByRole("dialog")).toHaveCount(0);
  });
  await test.step("and the hour is given back", async () => {
    await own.getByRole("button", { name: "取消预约" }).click();
    const sheet = neighbour.getByRole("dialog", { name: "不去了？" });
    await expect(sheet).toContainText("取消后这个时间马上让给别人");
    await sheet.getByRole("button", { name: "取消预约" }).click();
    await expect(own).toHaveCount(0);
    await expect(neighbour.getByRole("button", { name: "晚上8:00–9:00，有空" })).toBeVisible();
  });
});

test("a play room counts heads and needs a grown-up", async ({ page }) => {
  await signInAs(page, "parent");
  await opened(page, "/s");
  await page.getByRole("link", { name: "小板凳亲子空间", exact: true }).click();
  await opened(page, `${new URL(page.url()).pathname}?on=2026-11-28`);
  const [slot, mine] = [page.getByRole("button", { name: /^下午2:00–3:00，还能来\d+人/ }), page.getByRole("link", { name: /^下午2:00–3:00/ })];
  await slot.click();
  const sheet = page.getByRole("dialog", { name: "约小板凳亲子空间" });
  const book = sheet.getByRole("button", { name: "预约", exact: true });
  const [small, big] = [sheet.getByRole("checkbox", { name: /小满/ }), sheet.getByRole("checkbox", { name: /朵朵/ })];
  await test.step("without a child of the right age there is nothing to book", async () => {
    await expect(big).toBeDisabled();
    await small.uncheck();
    await expect(book).toBeDisabled();
    await expect(sheet).toContainText(/请选一个\d+–\d+岁的孩子/);
  });
  await test.step("with one the place is there at once", async () => {
    await small.check();
    await book.click();
    await expect(page.getByRole("region", { name: "我的预约" }).filter({ hasText: "下午2:00–3:00" })).toContainText("预约成功");
    await expect(mine).toContainText("我约的");
  });
});
