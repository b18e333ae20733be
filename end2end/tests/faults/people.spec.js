// Two tabs, two phones, two neighbours at the same moment: each gets one answer, and no place is given twice.
import { hold } from "../../fixtures/faults.js";
import { expect, openDate, signUp, test } from "../../fixtures/hurdles.js";
import { allKept, outbox } from "../../fixtures/kept.js";
import { carriesCommands } from "../../fixtures/proxy.js";
import { opened, ownStatus, whole } from "../../fixtures/test.js";

/** Holds the next two requests with commands back, until both are there. */
function barrier(net) {
  const gates = [hold(), hold()];
  gates.forEach((gate, at) => net.on({ path: "/api/sync", when: carriesCommands, nth: at + 1 }, gate));
  return async () => {
    for (const gate of gates) await gate.held();
    for (const gate of gates) gate.release();
  };
}

test("two tabs that send one queue at once send it once, and show the same", async ({ neighbour, net, server }) => {
  const page = await neighbour("柏阿姨");
  const tabs = [page, await page.context().newPage()];
  for (const [at, tab] of tabs.entries()) await openDate(tab, at);
  await page.context().setOffline(true);
  for (const tab of tabs) {
    await signUp(tab);
    await expect(ownStatus(tab)).toContainText("名额还没占上");
  }
  const queue = (await outbox(page)).queue.map(({ envelope }) => envelope.id);
  expect(queue).toHaveLength(2);
  const bothAreThere = barrier(net);
  await page.context().setOffline(false);
  for (const tab of tabs) await tab.evaluate(() => window.dispatchEvent(new Event("online")));
  await bothAreThere();
  for (const tab of tabs) await expect(ownStatus(tab)).toContainText("报名成功");
  for (const { body } of net.asked.filter(carriesCommands).slice(0, 2)) expect(body.commands.map(({ id }) => id)).toEqual(queue);
  for (const tab of tabs) await allKept({ page: tab, server, net, commands: 2 });
});

test("one person on two phones who taps twice has one place", async ({ neighbour, phone, net, server }) => {
  const page = await neighbour("水阿姨");
  const { path, left } = await openDate(page);
  const other = await phone({ baseURL: net.url, storageState: await page.context().storageState() });
  await opened(other, path);
  const phones = [page, other];
  const bothAreThere = barrier(net);
  for (const one of phones) await signUp(one);
  await bothAreThere();
  for (const one of phones) {
    await expect(ownStatus(one)).toContainText("报名成功");
    await one.reload();
    await expect(one.getByRole("main")).toContainText(`剩${left - 1}个名额`);
    await allKept({ page: one, server, net, commands: 1 });
  }
});

test("of two who want the same hour at the same moment one has it, and the other gets others to choose from", async ({ neighbour, net, server }) => {
  const phones = [await neighbour("窦阿姨"), await neighbour("章叔叔")];
  const bothAreThere = barrier(net);
  for (const page of phones) {
    await opened(page, "/s");
    await whole(page);
    await page.getByRole("link", { name: "淮剧排练厅", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "淮剧排练厅" })).toBeVisible();
    await opened(page, `${new URL(page.url()).pathname}?on=2026-12-03`);
    await page.getByRole("button", { name: "下午3:00–4:00，有空" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^(申请)?预约$/ }).click();
  }
  await bothAreThere();
  const mine = (page) => page.getByRole("region", { name: "我的预约" }).filter({ hasText: "预约成功" });
  const taken = (page) => page.getByRole("main").getByRole("alert").filter({ hasText: "这个时间刚被别人约走" });
  for (const page of phones) await expect(mine(page).or(taken(page))).toHaveCount(1);
  const has = await Promise.all(phones.map((page) => mine(page).count()));
  expect(has.sort()).toEqual([0, 1]);
  for (const page of phones) {
    if ((await taken(page).count()) > 0) {
      await expect(taken(page).getByRole("button", { name: /上午|下午|晚上|中午/ })).not.toHaveCount(0);
    }
    await allKept({ page, server, net, commands: 1 });
  }
});
