// A new build comes whole or not at all, and never while somebody is in the middle of something.
import { rewrite } from "../fixtures/faults.js";
import { shells, update, withNextBuild } from "../fixtures/next-build.js";
import { CLOCK_AT } from "../fixtures/server.js";
import { expect, opened, signInNew, test, whole, workerReady } from "../fixtures/test.js";

for (const [what, spoiled] of [
  ["a file with one byte changed", (bytes) => ({ bytes: Buffer.concat([Buffer.from("/"), bytes.subarray(1)]), type: "text/css" })],
  ["a page in the place of a file", () => ({ bytes: Buffer.from("<!doctype html><title>portal</title>"), type: "text/html" })],
  ["a file of another kind", (bytes) => ({ bytes, type: "text/html" })],
  ["a file that breaks off", (bytes) => ({ bytes: bytes.subarray(0, bytes.length / 2), type: "text/css", length: bytes.length })],
]) {
  test(`an update with ${what} is not taken, and the build before opens offline`, async ({ server, phone }) => {
    await withNextBuild(server, async ({ url, deploy, original }) => {
      const page = await phone({ baseURL: url });
      await opened(page);
      await workerReady(page);
      const before = await shells(page);
      const build = await page.locator("html").getAttribute("data-booted");
      deploy("-next", async (answer) => {
        const { bytes, type, length = bytes.length } = spoiled(await original());
        answer.writeHead(200, { "content-type": type, "content-length": length });
        answer.write(bytes, () => (length === bytes.length ? answer.end() : answer.destroy()));
      });
      expect(await update(page)).toBe("redundant");
      expect(await shells(page)).toEqual(before);
      await page.context().setOffline(true);
      await opened(page, "/s");
      await expect(page.locator("html")).toHaveAttribute("data-booted", build);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      // The next try, with a network that brings what was built, is taken.
      await page.context().setOffline(false);
      deploy("-after");
      expect(await update(page)).toBe("installed");
      await expect(page.getByRole("button", { name: /有新版本，点这里更新/ })).toBeVisible();
    });
  });
}

test("an update with a picture that is not what was built is not taken", async ({ server, phone }) => {
  await withNextBuild(server, async ({ url, net, deploy }) => {
    const page = await phone({ baseURL: url });
    await opened(page);
    await workerReady(page);
    const before = await shells(page);
    for (const picture of ["/pictures/hall.svg", "/icons.svg"]) {
      const spoiled = net.on({ path: picture }, rewrite((text) => text.replace("<svg", "<svg ")));
      deploy(picture === "/icons.svg" ? "-next" : "-after");
      expect(await update(page), picture).toBe("redundant");
      expect(await shells(page)).toEqual(before);
      spoiled.off();
    }
    deploy("-last");
    expect(await update(page)).toBe("installed");
  });
});

test("a file that has gone bad in the build before is not carried over", async ({ server, phone }) => {
  await withNextBuild(server, async ({ url, deploy }) => {
    const page = await phone({ baseURL: url });
    await opened(page);
    await workerReady(page);
    const module = await page.evaluate(async () => {
      const module = `${document.querySelector("script[data-app]").dataset.app}/app.wasm`;
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        if (await cache.match(module)) await cache.put(module, new Response("broken", { headers: { "content-type": "application/wasm" } }));
      }
      return module;
    });
    deploy("-next");
    expect(await update(page)).toBe("installed");
    const sizes = await page.evaluate(async (module) => {
      const names = (await caches.keys()).filter((name) => name.startsWith("shell-")).sort();
      const size = async (name) => (await (await (await caches.open(name)).match(module)).arrayBuffer()).byteLength;
      return Promise.all(names.map(size));
    }, module);
    expect(sizes[0]).toBe("broken".length);
    expect(sizes[1]).toBeGreaterThan(100_000);
  });
});

/** As if the person went elsewhere for so long. */
async function lookAway(page, seconds) {
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.clock.fastForward(seconds * 1000);
}

test("a new build waits while something is half filled in, also in another tab, and is taken when nobody looks", async ({ server, phone }) => {
  await withNextBuild(server, async ({ url, deploy }) => {
    const page = await phone({ baseURL: url });
    await page.clock.install({ time: CLOCK_AT });
    await opened(page, "/login");
    await workerReady(page);
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.getByLabel("手机号", { exact: true }).fill("1380000");
    deploy("-next");
    expect(await update(page)).toBe("installed");
    await lookAway(page, 31);
    await lookAway(page, 31);
    expect(loads).toBe(0);
    await expect(page.getByLabel("手机号", { exact: true })).toHaveValue("1380000");

    // Taken in another tab, it is offered here and not forced upon what is filled in.
    const other = await page.context().newPage();
    await opened(other, "/");
    await other.getByRole("button", { name: /有新版本，点这里更新/ }).click();
    await expect(page.getByRole("button", { name: /有新版本，点这里更新/ })).toBeVisible();
    await expect.poll(() => shells(page)).toHaveLength(2);
    await expect(page.getByLabel("手机号", { exact: true })).toHaveValue("1380000");
    expect(loads).toBe(0);

    await page.getByRole("link", { name: "空间", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await lookAway(page, 31);
    await expect.poll(() => loads).toBe(1);
  });
});

test("a new build is not taken while a command is on its way", async ({ server, phone }) => {
  await withNextBuild(server, async ({ url, deploy }) => {
    const page = await phone({ baseURL: url });
    await page.clock.install({ time: CLOCK_AT });
    await opened(page);
    await signInNew(page, "急着报名的");
    await opened(page, "/?on=2026-11-30");
    await page.getByRole("main").getByRole("listitem").getByRole("link", { name: /剩\d+个名额/ }).filter({ hasNotText: "课程" }).first().click();
    await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
    await workerReady(page);
    await whole(page);
    deploy("-next");
    expect(await update(page)).toBe("installed");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "我要报名" }).click();
    await expect(page.getByRole("main")).toContainText("名额还没占上");
    let loads = 0;
    page.on("load", () => (loads += 1));
    await lookAway(page, 31);
    expect(loads).toBe(0);
    expect(await shells(page)).toHaveLength(2);
    await page.context().setOffline(false);
  });
});
