// What somebody else does shows on a page that nobody touches: at once over a live connection, and without one with the
// next time the page asks by itself.
import { createServer, request } from "node:http";
import { expect, opened, ownStatus, signInNew, test } from "../fixtures/test.js";

/** Stands before a server; once cut, it ends the live connections it has and swallows those that come. */
async function startCutter(url) {
  const live = new Set();
  let isCut = false;
  const proxy = createServer((asked, answer) => {
    const isLive = asked.url.startsWith("/api/live");
    if (isLive) live.add(answer);
    if (isLive && isCut) return;
    const onward = request(new URL(asked.url, url), { method: asked.method, headers: asked.headers }, (answered) => {
      answer.writeHead(answered.statusCode, answered.headers);
      answer.flushHeaders();
      answered.pipe(answer);
    });
    // Whoever asked may have gone before the answer was there.
    onward.on("error", () => answer.destroy());
    answer.on("close", () => {
      live.delete(answer);
      onward.destroy();
    });
    asked.pipe(onward);
  });
  await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    live: () => live.size,
    cut() {
      isCut = true;
      for (const answer of live) answer.destroy();
    },
    async stop() {
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}

/** Opens the first date of a day that has places and hands out where it is. */
async function findSomething(page) {
  await opened(page, "/?on=2026-11-27");
  await page.getByRole("main").getByRole("listitem").getByRole("link", { name: /剩\d+个名额/ }).first().click();
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Signs somebody new up for it. */
async function signUp(page, name, path) {
  await signInNew(page, name);
  await opened(page, path);
  await page.getByRole("button", { name: "我要报名" }).click();
  await expect(ownStatus(page)).toContainText("报名成功");
}

const placesOf = (page) => page.getByRole("main").getByText(/剩\d+个名额，共\d+个/);

test("a place that somebody takes is gone from the page of somebody else who only looks", async ({ phone, server }) => {
  const cutter = await startCutter(server.url);
  try {
    const [looks, first, second] = [await phone({ baseURL: cutter.url }), await phone(), await phone()];
    const path = await findSomething(looks);
    await opened(looks, path);
    const [left, total] = (await placesOf(looks).innerText()).match(/\d+/g).map(Number);
    const says = (n) => `剩${n}个名额，共${total}个`;
    await looks.evaluate(() => (window.isSame = true));
    await expect.poll(() => cutter.live(), { message: "it listens" }).toBe(1);

    await test.step("at once, long before the page would ask by itself", async () => {
      await signUp(first, "卫叔叔", path);
      await expect(placesOf(looks)).toHaveText(says(left - 1), { timeout: 15_000 });
    });
    await test.step("without a connection when the page asks by itself", async () => {
      cutter.cut();
      await expect.poll(() => cutter.live(), { message: "it tries again", timeout: 25_000 }).toBe(1);
      await signUp(second, "蒋阿姨", path);
      await expect(placesOf(looks)).toHaveText(says(left - 1));
      await looks.clock.fastForward(60_000);
      await expect(placesOf(looks)).toHaveText(says(left - 2));
    });
    expect(await looks.evaluate(() => window.isSame), "nobody has loaded it anew").toBe(true);
  } finally {
    await cutter.stop();
  }
});

test("a page that is not seen listens to nothing", async ({ phone, server }) => {
  const cutter = await startCutter(server.url);
  try {
    const page = await phone({ baseURL: cutter.url });
    await findSomething(page);
    await expect.poll(() => cutter.live()).toBe(1);
    const show = (state) =>
      page.evaluate((state) => {
        for (const [name, value] of [["visibilityState", state], ["hidden", state === "hidden"]]) {
          Object.defineProperty(document, name, { configurable: true, get: () => value });
        }
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await show("hidden");
    await expect.poll(() => cutter.live()).toBe(0);
    await show("visible");
    await expect.poll(() => cutter.live()).toBe(1);
    await page.goto("about:blank");
    await expect.poll(() => cutter.live()).toBe(0);
  } finally {
    await cutter.stop();
  }
});
