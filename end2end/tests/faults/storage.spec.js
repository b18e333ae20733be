// Databases that die, hang, are full, cleared, older or newer than the app: what was saved is sent once, what could not be
// saved is said, and what is lost is told.
import { dropRequest, holdAnswer } from "../../fixtures/faults.js";
import { death, expect, leaveUnsent, openDate, pass, signUp, test } from "../../fixtures/hurdles.js";
import { allKept, outbox, samePicture, tryNow } from "../../fixtures/kept.js";
import { carriesCommands } from "../../fixtures/proxy.js";
import { abortAt, bare, clearDatabases, disk, killConnections, meddle, meddleWith, names, stopAt, upgrade } from "../../fixtures/storage.js";
import { opened, ownStatus, signInNew, whole } from "../../fixtures/test.js";

/** How long one operation of a database may take. */
const LIMIT = 5_500;
/** Longer than a storage that did not answer is left alone. */
const A_WHILE = 31_000;

const unsaved = (page) => page.getByRole("main").getByRole("alert");
const band = (page, text) => page.getByRole("main").getByRole("button", { name: text }).or(page.getByRole("main").getByRole("link", { name: text }));
const STUCK = /手机存东西的地方没有反应/;
const sent = (net) => net.arrived.filter(carriesCommands);

/** Lets operations that nobody answers come to their limit, until something shows. */
const limits = (page, shown) =>
  expect(async () => {
    await pass(page, LIMIT);
    await expect(shown).toBeVisible({ timeout: 250 });
  }).toPass({ intervals: [0] });

/** A phone with a date open, whose databases can be meddled with. */
async function ready(neighbour, name) {
  const page = await neighbour(name, meddle);
  await openDate(page);
  return page;
}

test("a connection that died under the page is opened again, and nobody notices", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "杨阿姨");
  await killConnections(page);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await killConnections(page);
  await page.getByRole("button", { name: "取消报名" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  await allKept({ page, server, net, commands: 2 });
});

test("a storage that stays dead says so at each tap, sends nothing, and asks for a new page", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "朱阿姨");
  await meddleWith(page, "dead");
  for (const times of [1, 2, 3]) {
    await expect(band(page, STUCK)).toHaveCount(0);
    await signUp(page);
    await expect(unsaved(page), `tap ${times}`).toContainText("手机没存下");
    await expect(ownStatus(page)).toHaveCount(0);
  }
  expect(sent(net)).toHaveLength(0);
  await meddleWith(page, null);
  await band(page, STUCK).click();
  await expect(band(page, STUCK)).toHaveCount(0);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 1 });
});

test("a storage that does not answer is not waited for, and what is in it comes back with a new page", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "秦阿姨");
  await meddleWith(page, "deaf");
  await signUp(page);
  // The connection that was open, and a fresh one.
  await limits(page, unsaved(page).filter({ hasText: "手机没存下" }));
  await expect(ownStatus(page)).toHaveCount(0);
  await meddleWith(page, null);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");

  await test.step("and from the start", async () => {
    await meddleWith(page, "deaf");
    await page.reload();
    await page.locator("html[data-booted]").waitFor();
    await limits(page, band(page, STUCK));
    await meddleWith(page, null);
    await band(page, STUCK).click();
    await expect(ownStatus(page)).toContainText("报名成功");
    await expect(band(page, STUCK)).toHaveCount(0);
  });
  await allKept({ page, server, net, commands: 1 });
});

test("a storage that did not answer once is asked again, and has all that it missed", async ({ neighbour, net, phone, server }) => {
  const page = await ready(neighbour, "温阿姨");
  const other = await phone({ baseURL: server.url });
  await signInNew(other, "白叔叔");
  const { left } = await openDate(other);
  const places = (n) => page.getByRole("main").getByText(`剩${n}个名额`).first();
  await meddleWith(page, "deaf");
  await signUp(other);
  await expect(ownStatus(other)).toContainText("报名成功");
  await tryNow(page);
  await limits(page, places(left - 1));
  await meddleWith(page, null);
  await other.getByRole("button", { name: "取消报名" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
  await expect(other.getByRole("button", { name: "我要报名" })).toBeVisible();
  await pass(page, A_WHILE);
  await tryNow(page);
  await expect(places(left)).toBeVisible();
  await samePicture(page, server);
});

test("a transaction that fails after all its requests succeeded is not saved", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "尤阿姨");
  await abortAt(page, "queue");
  await signUp(page);
  await expect(unsaved(page)).toContainText("手机没存下");
  await expect(ownStatus(page)).toHaveCount(0);
  expect((await outbox(page)).queue).toHaveLength(0);
  await abortAt(page, null);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  expect(sent(net)).toHaveLength(1);
  await allKept({ page, server, net, commands: 1 });
});

test("a write that fails half-way leaves nothing behind", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "戚阿姨");
  await meddleWith(page, "half");
  await signUp(page);
  await expect(unsaved(page)).toContainText("手机没存下");
  expect((await outbox(page)).queue).toHaveLength(0);
  await meddleWith(page, null);
  await page.reload();
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  expect(sent(net)).toHaveLength(1);
  await allKept({ page, server, net, commands: 1 });
});

test("a full phone says that it did not save, and shows nothing as on its way", async ({ neighbour, net, server }) => {
  let room;
  const page = await neighbour("许阿姨", async (page) => (room = await disk(page, net)));
  await openDate(page);
  await room.fill();
  await signUp(page);
  await expect(unsaved(page)).toContainText("手机存满了，没存下");
  await expect(ownStatus(page)).toHaveCount(0);
  await page.getByRole("link", { name: "我的", exact: true }).click();
  await expect(page.getByRole("main")).not.toContainText("待提交");
  expect(sent(net)).toHaveLength(0);
  await room.empty();
  await page.goBack();
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 1 });
});

test("an answer that a full phone cannot store is asked for again", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "何阿姨");
  await abortAt(page, "journal");
  await signUp(page);
  await expect.poll(() => sent(net).length).toBeGreaterThan(0);
  await expect(ownStatus(page)).not.toContainText("报名成功");
  await abortAt(page, null);
  await tryNow(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 1 });
});

test("rows that a full phone cannot store are on the screen, and after a new start as well", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "吕阿姨");
  await abortAt(page, "rows");
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await page.reload();
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 1 });
});

test("another tab may have a newer layout: nobody is held up, and both go on", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "施阿姨");
  const { outbox: queue, cache } = await names(page);
  const other = await page.context().newPage();
  await other.goto(bare(net));
  await upgrade(other, queue);
  await upgrade(other, cache);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 1 });
});

test("what a later build has saved is read and sent by this one", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "张阿姨");
  await leaveUnsent(page, net, 2);
  const { outbox: queue, cache } = await names(page);
  await upgrade(page, queue);
  await upgrade(page, cache);
  await page.evaluate((name) => window.withStores(name, ["queue", "meta"], async ([queue, meta], promised) => {
    const entry = JSON.parse(await promised(queue.get(1)));
    queue.put(JSON.stringify({ ...entry, later: { is: "unknown" } }), 1);
    meta.put("later", "later");
  }), queue);
  await opened(page, "/me/outbox");
  await expect(page.getByText("没有等着提交的")).toBeVisible();
  await allKept({ page, server, net, commands: 2 });
});

test("what an early build has saved is read and sent by this one", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "孔阿姨");
  await leaveUnsent(page, net, 1);
  const { outbox: queue } = await names(page);
  // As the first build wrote it: no place in the order, no counter of places.
  await page.evaluate((name) => window.withStores(name, ["queue", "meta"], async ([queue, meta], promised) => {
    const { tried, raw } = JSON.parse(await promised(queue.get(1)));
    queue.put(JSON.stringify({ tried, raw }), 1);
    meta.delete("next_place");
  }), queue);
  await openDate(page, 1);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 2 });
});

test("a store that is missing is added, and what is in the others is sent", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "曹阿姨");
  await leaveUnsent(page, net, 1);
  const { outbox: queue, cache } = await names(page);
  await page.evaluate(async ([queue, cache]) => {
    for (const [name, gone] of [[queue, ["quarantine", "journal"]], [cache, ["cursors"]]]) {
      await new Promise((done, fail) => {
        const request = indexedDB.open(name, 7);
        request.onupgradeneeded = () => gone.forEach((store) => request.result.deleteObjectStore(store));
        request.onblocked = request.onerror = fail;
        request.onsuccess = () => done(request.result.close());
      });
    }
  }, [queue, cache]);
  await opened(page, "/me/outbox");
  await expect(page.getByText("没有等着提交的")).toBeVisible();
  await allKept({ page, server, net, commands: 1 });
});

test("databases cleared under an open page lose nothing that it knows", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "严阿姨");
  await clearDatabases(page, net);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "取消报名" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
  await expect(ownStatus(page)).toContainText("已存在手机里");
  await clearDatabases(page, net);
  await page.context().setOffline(false);
  await tryNow(page);
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  await allKept({ page, server, net, commands: 2 });
  await page.reload();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  await expect(page.getByText(/手机清理了缓存/)).toHaveCount(0);
});

test("databases cleared while nobody looked: what was lost is told until it is dismissed, and the app works", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "金阿姨");
  await leaveUnsent(page, net, 2);
  await clearDatabases(page, net);
  await opened(page, "/");
  const told = /手机清理了缓存，有2项没提交的找不回来了/;
  await page.getByRole("link", { name: told }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText(told);
  await page.reload();
  await page.getByRole("main").getByRole("alert").getByRole("button", { name: "知道了" }).click();
  await expect(page.getByText(told)).toHaveCount(0);
  await openDate(page, 1);
  await expect(page.getByText(told)).toHaveCount(0);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await clearDatabases(page, net);
  await opened(page, "/");
  await expect(page.getByRole("main").getByRole("heading", { level: 3 })).not.toHaveCount(0);
  await expect(page.getByText(/手机清理了缓存/)).toHaveCount(0);
  await samePicture(page, server);
});

test("databases and notes cleared while nobody looked: that something may be lost is told until it is dismissed", async ({ neighbour, net }) => {
  const page = await ready(neighbour, "柏阿姨");
  await openDate(page, 1);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await leaveUnsent(page, net, 1);
  await clearDatabases(page, net);
  await page.evaluate(() => localStorage.clear());
  await opened(page, "/");
  const told = /手机清理了缓存。要是有没提交的，已经找不回来了/;
  await page.getByRole("link", { name: told }).click();
  await page.getByRole("main").getByRole("alert").getByRole("button", { name: "知道了" }).click();
  await expect(page.getByText(told)).toHaveCount(0);
  await opened(page, "/");
  await whole(page);
  await expect(page.getByText(told)).toHaveCount(0);
});

test("an entry that cannot be read is set aside and shown, and what is behind it is sent", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "魏阿姨");
  await leaveUnsent(page, net, 2);
  const { outbox: queue } = await names(page);
  await page.evaluate((name) => window.withStores(name, ["queue"], async ([queue]) => queue.put('{"tried":0,"raw":"{', 1)), queue);
  await opened(page, "/");
  await page.getByRole("link", { name: "有1条没提交的读不出来了" }).click();
  const item = page.getByRole("main").getByRole("listitem").filter({ hasText: "这一条坏了" });
  await item.getByText("删掉", { exact: true }).click();
  await item.getByText("再点一次就删掉").click();
  await expect(page.getByText("没有等着提交的")).toBeVisible();
  await allKept({ page, server, net, commands: 1 });
});

test("rows that were damaged are whole again after a start", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "陶阿姨");
  await page.goto(bare(net));
  const { cache } = await names(page);
  await page.evaluate((name) => window.withStores(name, ["rows"], async ([rows], promised) => {
    const keys = (await promised(rows.getAllKeys())).filter((key) => key.startsWith("c:"));
    rows.put('{"class":', keys[0]);
    rows.delete(keys[1]);
  }), cache);
  await opened(page, "/");
  await samePicture(page, server);
});

for (const [what, store, at, isSaved] of [
  ["before it is stored is as if it had not been", "queue", "put", false],
  ["as soon as it is stored is sent at the next start", "queue", "commit", true],
]) {
  test(`a tap in a tab that dies ${what}`, async ({ neighbour, net, server }) => {
    const page = await ready(neighbour, "姜阿姨");
    const path = new URL(page.url()).pathname;
    const die = await death(page);
    const { halted } = await stopAt(page, store, at);
    // The tap never comes to an end.
    signUp(page).catch(() => {});
    await halted;
    const next = await die();
    await opened(next, path);
    if (isSaved) await expect(ownStatus(next)).toContainText("报名成功");
    else await expect(next.getByRole("button", { name: "我要报名" })).toBeVisible();
    await allKept({ page: next, server, net, commands: isSaved ? 1 : 0 });
    expect(sent(net)).toHaveLength(isSaved ? 1 : 0);
  });
}

test("a tab that dies after a try sends the same command at the next start", async ({ neighbour, net, server }) => {
  const page = await ready(neighbour, "谢阿姨");
  const path = new URL(page.url()).pathname;
  net.on({ path: "/api/sync", when: carriesCommands, nth: 1 }, dropRequest());
  await signUp(page);
  await expect.poll(() => net.asked.filter(carriesCommands).length).toBe(1);
  const [{ envelope }] = (await outbox(page)).queue;
  const next = await (await death(page))();
  await opened(next, path);
  await expect(ownStatus(next)).toContainText("报名成功");
  expect(new Set(net.asked.flatMap(({ body }) => body?.commands ?? []).map(({ id }) => id))).toEqual(new Set([envelope.id]));
  await allKept({ page: next, server, net, commands: 1 });
});

for (const [what, store, at] of [
  ["before its rows are stored", "rows", "put"],
  ["after its rows are stored", "rows", "commit"],
  ["before its answer is stored", "journal", "put"],
  ["after its answer is stored", "journal", "commit"],
]) {
  test(`a tab that dies over a reply ${what} has it whole at the next start`, async ({ neighbour, net, server }) => {
    const page = await ready(neighbour, "邹阿姨");
    const path = new URL(page.url()).pathname;
    const die = await death(page);
    const reply = holdAnswer();
    net.on({ path: "/api/sync", when: carriesCommands, nth: 1 }, reply);
    await signUp(page);
    // Until it comes nothing is stored, so the page does not stop at rows of something else.
    await reply.held();
    const { halted } = await stopAt(page, store, at);
    reply.release();
    await halted;
    const next = await die();
    await opened(next, path);
    await expect(ownStatus(next)).toContainText("报名成功");
    await allKept({ page: next, server, net, commands: 1 });
  });
}
