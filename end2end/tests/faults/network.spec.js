// A network that loses, doubles, holds back, cuts and lies: a tap is saved at once, gets one answer, and nobody is told of a
// place that is not theirs.
import { dropAnswer, dropRequest, duplicate, hold, holdAnswer, portal, reset, throttle, truncate } from "../../fixtures/faults.js";
import { expect, openDate, pass, signUp, test } from "../../fixtures/hurdles.js";
import { allKept, databases, outbox, samePicture, tryNow, watchOwnStatus } from "../../fixtures/kept.js";
import { carriesCommands, onlyPulls } from "../../fixtures/proxy.js";
import { goOffline, opened, ownStatus, workerReady } from "../../fixtures/test.js";

const SYNC = { path: "/api/sync" };
const WITH_COMMANDS = { ...SYNC, when: carriesCommands };
/** Longer than a try may take. */
const A_TRY = 40_000;

test("nothing gets through although the phone believes in its network", async ({ neighbour, net, server }) => {
  const page = await neighbour("冯阿姨");
  await openDate(page);
  const states = await watchOwnStatus(page);
  net.on({ path: /^\/api|^\/livez/ }, dropRequest());
  await signUp(page);
  // Saved at once, and no longer than a try takes until it says that it is not sent.
  await expect.poll(async () => (await outbox(page)).queue.length).toBe(1);
  await expect(ownStatus(page)).toContainText("正在提交");
  await pass(page, A_TRY);
  await expect(ownStatus(page)).toContainText("正在跟服务器核对");
  net.heal();
  await tryNow(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  expect(await states()).toEqual(["none", "checking", "confirmed"]);
  await allKept({ page, server, net, commands: 1 });
});

test("an answer that is lost on the way is asked for again, and nothing is doubled", async ({ neighbour, net, server }) => {
  const page = await neighbour("赵阿姨");
  const { left } = await openDate(page);
  const states = await watchOwnStatus(page);
  const lost = net.on(WITH_COMMANDS, dropAnswer());
  await signUp(page);
  await expect(ownStatus(page)).toContainText("正在跟服务器核对");
  net.heal();
  await tryNow(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await expect(page.getByRole("main")).toContainText(`剩${left - 1}个名额`);
  expect(await states()).toEqual(["none", "checking", "confirmed"]);
  expect(net.arrived.filter(carriesCommands)).toHaveLength(lost.hits + 1);
  await allKept({ page, server, net, commands: 1 });
});

test("a request that arrives five times at once has one effect and one answer", async ({ neighbour, net, server }) => {
  const page = await neighbour("陈阿姨");
  const { left } = await openDate(page);
  net.on({ ...WITH_COMMANDS, nth: 1 }, duplicate(5, { isConcurrent: true }));
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await expect(page.getByRole("main")).toContainText(`剩${left - 1}个名额`);
  const answers = net.arrived.filter(carriesCommands).map(({ answer }) => answer.answers);
  expect(answers).toHaveLength(5);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  await allKept({ page, server, net, commands: 1 });
});

test("a request that is held back and arrives after a later one changes nothing any more", async ({ neighbour, net, server }) => {
  const page = await neighbour("褚阿姨");
  const first = hold();
  net.on({ ...WITH_COMMANDS, nth: 1 }, first);
  const { path } = await openDate(page);
  await signUp(page);
  await first.held();
  // The phone gives the try up, and what is asked meanwhile goes out with it.
  await pass(page, A_TRY);
  await expect(ownStatus(page)).toContainText("报名成功");
  await page.getByRole("button", { name: "取消报名" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  first.release();
  await expect.poll(() => net.arrived.filter(carriesCommands).filter(({ answer }) => answer).length).toBe(3);
  await opened(page, path);
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  await allKept({ page, server, net, commands: 2 });
});

test("what was taken back leaves a hole, and what comes after it arrives all the same, in order", async ({ neighbour, net, server }) => {
  const page = await neighbour("卫阿姨");
  const dates = [];
  for (const at of [0, 1, 2]) dates.push((await openDate(page, at)).path);
  await goOffline(page);
  for (const path of dates) {
    await opened(page, path);
    await signUp(page);
    await expect(ownStatus(page)).toContainText("名额还没占上");
  }
  await opened(page, dates[1]);
  await page.getByRole("button", { name: "不提交了" }).click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  const [first, last] = (await outbox(page)).queue;
  expect([first.no, last.no]).toEqual([1, 3]);
  await page.context().setOffline(false);
  await allKept({ page, server, net, commands: 2 });
  const gaps = net.arrived.flatMap(({ answer }) => answer?.answers ?? []).filter((answer) => answer.not_now === "gap");
  expect(gaps).not.toHaveLength(0);
  const { journal } = await outbox(page);
  expect(journal.map(({ id, outcome }) => [id, outcome.outcome]).sort()).toEqual(
    [first, last].map(({ envelope }) => [envelope.id, "accepted"]).sort(),
  );
});

test("news that come late in one tab do not undo what another has stored since", async ({ neighbour, net, server }) => {
  const page = await neighbour("蒋叔叔");
  const { path } = await openDate(page);
  await signUp(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  const late = holdAnswer();
  net.on({ ...SYNC, when: onlyPulls, nth: 1 }, late);
  await tryNow(page);
  await late.held();
  const other = await page.context().newPage();
  await opened(other, path);
  await other.getByRole("button", { name: "取消报名" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
  await expect(other.getByRole("button", { name: "我要报名" })).toBeVisible();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  const states = await watchOwnStatus(page);
  late.release();
  await samePicture(page, server);
  expect(await states()).toEqual(["none"]);
  await allKept({ page: other, server, net, commands: 2 });
});

test("a slow line that breaks now and then gets there, and the app opens without waiting for it", async ({ neighbour, net, server }) => {
  const page = await neighbour("沈阿姨");
  const { path } = await openDate(page);
  await workerReady(page);
  net.on({ path: /^\/api/ }, throttle(8_000));
  const broken = [net.on({ ...WITH_COMMANDS, nth: 1 }, reset()), net.on({ ...WITH_COMMANDS, nth: 2 }, reset({ after: 40 }))];
  await opened(page, path);
  await signUp(page);
  // Each failure is waited out by the person, who has no patience.
  await expect(async () => {
    await tryNow(page);
    expect(broken.map(({ hits }) => hits)).toEqual([1, 1]);
  }).toPass({ timeout: 20_000 });
  await tryNow(page);
  await expect(ownStatus(page)).toContainText("报名成功");
  await allKept({ page, server, net, commands: 1 });
});

for (const [what, fault] of [["cut short", truncate(60)], ["empty", truncate(0)], ["a captive portal's page", portal()]]) {
  test(`an answer that is none takes nothing away: ${what}`, async ({ neighbour, net, server }) => {
    const page = await neighbour("韩阿姨");
    const { path } = await openDate(page);
    await workerReady(page);
    net.on({ path: /^\/api/ }, fault);
    const broken = net.on(SYNC, fault);
    // Whatever was on its way has come by then.
    await tryNow(page);
    await expect.poll(() => broken.hits).toBeGreaterThan(0);
    const before = (await databases(page));
    await signUp(page);
    await expect(ownStatus(page)).toContainText("正在跟服务器核对");
    const account = Object.keys(before).find((name) => name.startsWith("lifehub-cache-") && !name.endsWith("guest"));
    expect((await databases(page))[account]).toEqual(before[account]);
    await opened(page, "/");
    await expect(page.getByRole("main").getByRole("heading", { level: 3 })).not.toHaveCount(0);
    expect((await outbox(page)).queue).toHaveLength(1);
    net.heal();
    await opened(page, path);
    await tryNow(page);
    await expect(ownStatus(page)).toContainText("报名成功");
    await allKept({ page, server, net, commands: 1 });
  });
}
