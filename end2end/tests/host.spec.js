// The host's day at a counter: what is on today, who asks, who is told what, who has come.
import { expect, opened, signInAs, signInNew, test } from "../fixtures/test.js";

test("a host sees the day, answers two requests and checks people in", async ({ phone }) => {
  const host = await phone({ viewport: { width: 1280, height: 800 } });
  const [family, neighbour] = [await phone(), await phone()];

  await test.step("a neighbour asks for tomorrow evening", async () => {
    await signInNew(neighbour, "冯大姐");
    await opened(neighbour, "/s");
    await neighbour.getByRole("link", { name: "老街客厅", exact: true }).click();
    await opened(neighbour, `${new URL(neighbour.url()).pathname}?on=2026-11-24`);
    await neighbour.getByRole("button", { name: "晚上7:00–8:00，有空" }).click();
    await neighbour.getByRole("dialog").getByRole("button", { name: "申请预约", exact: true }).click();
    await expect(neighbour.getByRole("region", { name: "我的预约" })).toContainText("客厅主人");
  });

  await signInAs(host, "host");
  await opened(host, "/desk");
  const requests = host.getByRole("region", { name: "等您答复" }).getByRole("article");
  const day = (space) => host.getByRole("region", { name: `${space}的安排` });

  await test.step("both rooms stand beside each other, with the time it is now", async () => {
    await expect(day("老街客厅")).toBeVisible();
    await expect(day("运河客厅")).toBeVisible();
    await expect(day("老街客厅")).toContainText("现在10:00");
    const [left, right] = [await day("老街客厅").boundingBox(), await day("运河客厅").boundingBox()];
    expect(left.y).toBe(right.y);
    await expect(day("老街客厅").getByRole("listitem").filter({ hasText: "梁师傅" })).toContainText("10:00");
  });

  await test.step("approves one, who is told", async () => {
    const request = requests.filter({ hasText: "陈女士" });
    await request.getByRole("button", { name: "同意：陈女士 尾号0002" }).click();
    await expect(request).toHaveCount(0);
    await signInAs(family, "parent");
    await opened(family, "/m");
    await expect(family.getByRole("main")).toContainText("客厅主人同意了：明天 下午2:00–4:00，运河客厅");
  });

  await test.step("declines one, not without a reason, who reads it", async () => {
    const request = requests.filter({ hasText: "冯大姐" });
    await request.getByRole("button", { name: /^婉拒：冯大姐/ }).click();
    const sheet = host.getByRole("dialog", { name: "为什么婉拒？" });
    await sheet.getByRole("button", { name: "婉拒并告诉对方" }).click();
    await expect(sheet).toContainText("请选一个原因，对方会看到");
    await sheet.getByRole("radio", { name: "设备在修" }).check();
    await sheet.getByRole("button", { name: "婉拒并告诉对方" }).click();
    await expect(request).toHaveCount(0);
    await opened(neighbour, "/m");
    await expect(neighbour.getByRole("main")).toContainText("明天 晚上7:00–8:00的老街客厅这次不行");
    await expect(neighbour.getByRole("main")).toContainText("原因：设备在修");
    await neighbour.getByRole("link", { name: "换个时间" }).click();
    await expect(neighbour.getByRole("heading", { level: 1, name: "老街客厅" })).toBeVisible();
    await expect(neighbour.getByRole("button", { name: "晚上7:00–8:00，有空" })).toBeVisible();
  });

  await test.step("checks in whoever has come", async () => {
    const block = day("老街客厅").getByRole("article").filter({ hasText: "梁师傅" });
    await block.getByRole("button", { name: /^到了：梁师傅/ }).click();
    await expect(block.getByRole("button", { name: /^到了/ })).toHaveCount(0);
    await expect(block).toContainText("到了");
    await host.reload();
    await expect(block).toContainText("到了");
    await expect(block.getByRole("button", { name: /^到了/ })).toHaveCount(0);
  });
});
