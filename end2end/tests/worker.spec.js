// The service worker: the second visit needs no network, a new build waits until it is taken, a broken one is repaired.
import { dropRequest, rewrite, status, through } from "../fixtures/faults.js";
import { startProxy } from "../fixtures/proxy.js";
import { startServer } from "../fixtures/server.js";
import { expect, opened, ownStatus, signInNew, signUpOffline, test, workerReady } from "../fixtures/test.js";

test("the second visit paints without a network, at any address", async ({ page, context }) => {
  await opened(page);
  await workerReady(page);
  await context.setOffline(true);
  const again = await context.newPage();
  for (const path of ["/", "/s", "/help", "/me/settings"]) {
    await opened(again, path);
    await expect(again.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await opened(again, "/");
  await expect(again.getByRole("main").getByRole("heading", { level: 3 })).not.toHaveCount(0);
});

for (const visits of [1, 2]) {
  test(`a new build waits until it is taken, and then loads once: visit ${visits}`, async ({ server, phone }) => {
    let suffix = "";
    const proxy = await startProxy(server.url);
    proxy.on({ path: "/sw.js" }, rewrite((text) => text.replace(/const BUILD = "([^"]*)"/, `const BUILD = "$1${suffix}"`)));
    try {
      const page = await phone({ baseURL: proxy.url });
      for (let visit = 1; visit <= visits; visit += 1) {
        await opened(page);
        await workerReady(page);
      }
      const builds = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("shell-")));
      const [before] = await builds();
      const update = page.getByRole("button", { name: /有新版本，点这里更新/ });
      await expect(update).toHaveCount(0);

      suffix = "-next";
      await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
      await expect(update).toBeVisible();
      let loads = 0;
      page.on("load", () => (loads += 1));
      await update.click();
      await expect.poll(() => loads).toBe(1);
      await page.locator("html[data-booted]").waitFor();
      await expect(update).toHaveCount(0);
      // The build that ran before is kept for pages that are still open.
      expect(await builds()).toEqual([before, `${before}-next`]);
      expect(loads).toBe(1);
    } finally {
      await proxy.stop();
    }
  });
}

/** Breaks the app in each build that is on the phone. */
const spoilModule = (page) => page.evaluate(async () => {
  const module = `${document.querySelector("script[data-app]").dataset.app}/app.wasm`;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    if (await cache.match(module)) await cache.put(module, new Response("broken", { headers: { "content-type": "application/wasm" } }));
  }
});

test("a page that came past the worker is in its charge all the same", async ({ page, context }) => {
  await opened(page);
  await workerReady(page);
  await page.addInitScript(() => (window.cameWith = navigator.serviceWorker.controller));
  const session = await context.newCDPSession(page);
  const loaded = page.waitForEvent("load");
  await session.send("Page.reload", { ignoreCache: true });
  await loaded;
  expect(await page.evaluate(() => window.cameWith)).toBeNull();
  await workerReady(page);
});

test("a build that does not start is repaired with one tap, and what was not sent is sent", async ({ phone }) => {
  const page = await phone();
  await signInNew(page, "韩师傅");
  await signUpOffline(page, "2026-11-30");
  const address = page.url();
  await spoilModule(page);
  await page.goto(address);
  const repair = page.getByRole("button", { name: /修一修/ });
  await repair.click();
  await expect(page.getByText("现在没网，连上网再修。")).toBeVisible();
  await page.context().setOffline(false);
  await repair.click();
  await expect(ownStatus(page)).toContainText("报名成功", { timeout: 40_000 });
  // The broken file was meant to be one.
  page.problems.length = 0;
});

test("a build that has failed to start twice is repaired by itself, and what was not sent is sent", async ({ phone }) => {
  const page = await phone();
  await signInNew(page, "方师傅");
  await signUpOffline(page, "2026-12-01");
  const address = page.url();
  await spoilModule(page);
  const repair = page.getByRole("button", { name: /修一修/ });
  await page.goto(address);
  await expect(repair).toBeVisible();
  // Without a network nothing is thrown away that could not be had again.
  await page.goto(address);
  await expect(repair).toBeVisible();
  await page.context().setOffline(false);
  await page.goto(address);
  await expect(ownStatus(page)).toContainText("报名成功", { timeout: 40_000 });
  expect(await page.evaluate(() => localStorage.getItem("lifehub.failed"))).toBeNull();
  page.problems.length = 0;
});

test("what a repair does not mend is not repaired by itself again", async ({ server, phone }) => {
  const proxy = await startProxy(server.url);
  proxy.on({ path: /\/app\.wasm$/ }, status(200, { "content-type": "application/wasm" }, "broken"));
  try {
    const page = await phone({ baseURL: proxy.url });
    const asked = () => proxy.asked.filter(({ path }) => path === "/livez").length;
    const repair = page.getByRole("button", { name: /修一修/ });
    // Counted where they are asked for: one that is loaded anew early enough has no end of its own.
    const loads = () => proxy.asked.filter(({ path }) => path === "/").length;
    await page.goto("/");
    await expect(repair).toBeVisible();
    expect(asked()).toBe(0);
    await page.goto("/");
    await expect.poll(loads).toBe(3);
    await expect(repair).toBeVisible();
    await page.goto("/");
    await expect(repair).toBeVisible();
    // Whatever this page would have asked by itself, it has asked before.
    await page.evaluate(() => fetch("/robots.txt").then((answer) => answer.text()));
    expect([asked(), loads()]).toEqual([1, 4]);
    page.problems.length = 0;
  } finally {
    await proxy.stop();
  }
});

test("a server that takes the worker away leaves what waits on the phone", async ({ server, phone }) => {
  const without = await startServer({ options: ["--no-worker"] });
  const proxy = await startProxy(server.url);
  try {
    const page = await phone({ baseURL: proxy.url });
    await signInNew(page, "华师傅");
    await signUpOffline(page, "2026-12-02");
    proxy.on({ path: "/sw.js" }, through(without.url));
    // Whatever is sent now has no answer before the worker is gone.
    const unanswered = proxy.on({ path: "/api/sync" }, dropRequest());
    await page.context().setOffline(false);
    // Not waited for: the worker that goes loads the page anew.
    await page.evaluate(() => void navigator.serviceWorker.ready.then((registration) => registration.update()));
    const files = () => page.evaluate(() => caches.keys());
    const hasLeft = () => expect(async () => expect(await files()).toEqual([])).toPass({ timeout: 30_000 });
    await hasLeft();
    unanswered.off();
    await page.reload();
    await expect(ownStatus(page)).toContainText("报名成功");
    await hasLeft();
    // Nobody answers for the server any more.
    await page.context().setOffline(true);
    await expect(page.reload()).rejects.toThrow(/ERR_INTERNET_DISCONNECTED/);
    await page.context().setOffline(false);
  } finally {
    await proxy.stop();
    await without.stop();
  }
});

test("repair in the settings fetches everything again", async ({ page }) => {
  await opened(page, "/me/settings");
  await page.getByRole("button", { name: "修一修" }).click();
  await expect(page.getByText("重新取好了").first()).toBeVisible();
  await page.getByRole("link", { name: "活动", exact: true }).click();
  await expect(page.getByRole("main").getByRole("heading", { level: 3 })).not.toHaveCount(0);
});
