// A phone's clock that is wrong, and places in the order of changes that no longer hold: what waits is sent in its order, and
// the picture is the server's again.
import { expect, leaveUnsent, openDate, signUp, test } from "../../fixtures/hurdles.js";
import { allKept, databases, outbox } from "../../fixtures/kept.js";
import { CLOCK_AT } from "../../fixtures/server.js";
import { bare, meddle, names } from "../../fixtures/storage.js";
import { opened, ownStatus } from "../../fixtures/test.js";

const DAY_MS = 86_400_000;

test("a phone whose clock jumps by days sends in order and hears the same", async ({ neighbour, net, server }) => {
  const page = await neighbour("云阿姨");
  await openDate(page);
  for (const days of [1, -1]) {
    await page.clock.setFixedTime(CLOCK_AT + days * DAY_MS);
    await signUp(page);
    await expect(ownStatus(page)).toContainText("报名成功");
    await page.getByRole("button", { name: "取消报名" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "取消报名" }).click();
    await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
    // One can sign up again before the server has answered, and would read of both.
    await expect(ownStatus(page)).toHaveCount(0);
  }
  await allKept({ page, server, net, commands: 4 });
  const { journal } = await outbox(page);
  // What it was told is dated by the server's clock.
  for (const { at } of journal) expect(Math.abs(at - CLOCK_AT)).toBeLessThan(DAY_MS / 2);
});

test("a place in the order that no longer holds replaces the picture and not the queue", async ({ neighbour, net, server }) => {
  const page = await neighbour("苏阿姨", meddle);
  await openDate(page);
  await leaveUnsent(page, net, 1);
  const { cache } = await names(page);
  const hex = (change) => (part) => change(BigInt(`0x${part}`)).toString(16);
  const cases = [
    ["audience", 3, hex((hash) => hash ^ 1n)],
    ["view", 4, hex((view) => view - 1n)],
    ["epoch_changed", 0, hex((epoch) => epoch ^ 1n)],
    ["ahead", 1, hex((seq) => seq + 1_000_000n)],
    ["diverged", 2, hex((tag) => tag ^ 1n)],
  ];
  for (const [why, part, change] of cases) {
    await test.step(why, async () => {
      await page.goto(bare(net));
      const stored = JSON.parse((await databases(page))[cache].cursors["c:banzha"]);
      const cursor = stored.cursor.split(".").map((text, at) => (at === part ? change(text) : text)).join(".");
      await page.evaluate(([name, text]) => window.withStores(name, ["rows", "cursors"], async ([rows, cursors], promised) => {
        const key = (await promised(rows.getAllKeys())).find((key) => key.startsWith("c:banzha|"));
        const row = JSON.parse(await promised(rows.get(key)));
        // Something that the server does not show: it was somebody else's, or is of another history.
        rows.put(JSON.stringify({ ...row, id: "elsewhere" }), `c:banzha|${row.class}|elsewhere`);
        cursors.put(text, "c:banzha");
      }), [cache, JSON.stringify({ ...stored, cursor })]);
      const before = net.arrived.length;
      await opened(page, "/");
      const reasons = () => net.arrived.slice(before).flatMap(({ answer }) => answer?.pulls ?? []).map(({ result }) => result.snapshot?.why);
      await expect.poll(reasons).toContain(why);
      await expect.poll(async () => Object.keys((await databases(page))[cache].rows).filter((key) => key.endsWith("elsewhere"))).toEqual([]);
    });
  }
  await allKept({ page, server, net, commands: 1 });
});
