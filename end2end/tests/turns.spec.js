// Two tabs of one phone with something to send: one at a time, and none waits for one that is frozen.
import { answersIn, expect, opened, ownStatus, signInNew, test, whole, workerReady } from "../fixtures/test.js";
import { CLOCK_AT } from "../fixtures/server.js";

/** Dates with places that anybody can take alone, by address, none on the day of another. */
async function datesForAnybody(page) {
  const answer = await page.request.get("/api/occurrences?community=banzha&from=2026-11-25&to=2026-12-10");
  const { occurrences } = await answer.json();
  const isOpen = ({ audience, policy, seats }) =>
    audience.kind === "everyone" && policy.kind === "per_occurrence" && policy.opens_minutes_before === null && seats.capacity - seats.taken > 2;
  const days = new Map(occurrences.filter(isOpen).map(({ id, start }) => [start.slice(0, 10), `/a/${id}`]));
  return [...days.values()];
}

/** Collects what commands each request of a context carries. */
function commandsIn(context) {
  const sent = [];
  context.on("request", (request) => {
    if (!request.url().endsWith("/api/sync")) return;
    const { commands = [] } = request.postDataJSON() ?? {};
    if (commands.length > 0) sent.push(commands.map(({ id }) => id));
  });
  return sent;
}

async function signUp(page, path) {
  await opened(page, path);
  // Signed in by its cookie alone, the page does not know yet for whom a tap is.
  await page.waitForFunction(() => localStorage.getItem("lifehub.account"));
  await page.getByRole("button", { name: "我要报名" }).click();
}

test("two tabs that come back from offline bring each command through once", async ({ page, context }) => {
  const answers = answersIn(context);
  await signInNew(page, "卫叔叔");
  const [one, other] = await datesForAnybody(page);
  const second = await context.newPage();
  await second.clock.setFixedTime(CLOCK_AT);
  for (const [tab, path] of [[page, one], [second, other]]) {
    await opened(tab, path);
    await workerReady(tab);
    await whole(tab);
  }
  await context.setOffline(true);
  for (const tab of [page, second]) {
    await tab.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(tab)).toContainText("名额还没占上");
  }
  const sent = commandsIn(context);
  await context.setOffline(false);
  for (const tab of [page, second]) await expect(ownStatus(tab)).toContainText("报名成功", { timeout: 40_000 });
  const settled = await answers();
  expect(settled.every(({ outcome }) => outcome === "accepted"), JSON.stringify(settled)).toBe(true);
  // Each was sent, perhaps by both tabs, and had one effect.
  const ids = new Set(sent.flat());
  expect(ids.size).toBe(2);
  for (const id of ids) {
    const results = new Set(settled.filter((answer) => answer.id === id).map((answer) => JSON.stringify(answer)));
    expect(results.size, "one answer for ever").toBe(1);
  }
});

test("a tab that is frozen in the middle of its turn keeps the others waiting for the lease, and no longer", async ({ page, context }) => {
  await signInNew(page, "蒋阿姨");
  const [path] = await datesForAnybody(page);
  const sent = commandsIn(context);
  // What the first tab sends never arrives and never fails.
  const held = [];
  await page.route("**/api/sync", (route) => ((route.request().postDataJSON().commands ?? []).length > 0 ? held.push(route) : route.continue()));
  await signUp(page, path);
  await expect.poll(() => held.length).toBe(1);
  expect((await page.evaluate(() => navigator.locks.query())).held.map(({ name }) => name.split(":")[0])).toEqual(["drain"]);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Page.setWebLifecycleState", { state: "frozen" });

  // Opened only now: before, it might have been the first to send.
  const other = await context.newPage();
  await other.clock.setFixedTime(CLOCK_AT);
  await opened(other, path);
  await expect(ownStatus(other)).toContainText(/正在|名额还没占上/);
  expect(sent).toHaveLength(1);
  await other.clock.setFixedTime(CLOCK_AT + 21_000);
  await expect(ownStatus(other)).toContainText("报名成功", { timeout: 20_000 });
  expect(new Set(sent.flat()).size).toBe(1);
  await cdp.send("Page.setWebLifecycleState", { state: "active" });
  for (const route of held) await route.abort();
  await expect(ownStatus(page)).toContainText("报名成功", { timeout: 40_000 });
});
