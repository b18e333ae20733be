// Builds that meet: two at once while servers are being replaced, and one that the server has outgrown. Nothing that waits is
// lost by it, nothing is done twice, and a page that holds something unsaved is asked.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropAnswer, rewrite, status, through } from "../../fixtures/faults.js";
import { expect, openDate, pass, signUp, test } from "../../fixtures/hurdles.js";
import { allKept, outbox, tryNow } from "../../fixtures/kept.js";
import { shells, withNextBuild } from "../../fixtures/next-build.js";
import { startPostgres } from "../../fixtures/postgres.js";
import { carriesCommands, startProxy } from "../../fixtures/proxy.js";
import { builtIn, makeSecondBuild } from "../../fixtures/second-build.js";
import { CLOCK_AT, startServer } from "../../fixtures/server.js";
import { goOffline, opened, ownStatus, signInNew, workerReady } from "../../fixtures/test.js";

const SYNC = { path: "/api/sync" };
const tooOld = () => status(426, { "content-type": "application/problem+json" }, JSON.stringify({ status: 426, code: "client-too-old" }));
/** The server answers, and wants a later edition than there is. */
const outgrown = () => rewrite((text) => text.replace(/"oldest":\d+/, '"oldest":65535'));
const askToUpdate = (page) => page.getByRole("button", { name: "这个版本太旧了，点这里更新（没提交的都在）" });

/** Counts how often a page is loaded from now on. */
function countLoads(page) {
  const loads = { count: 0 };
  page.on("load", () => (loads.count += 1));
  return loads;
}

test("a build that the server no longer understands is replaced at once, and the next one sends what waits", async ({ server, phone }) => {
  await withNextBuild(server, async ({ url, net, deploy }) => {
    const page = await phone({ baseURL: url });
    await signInNew(page, "苏阿姨");
    await openDate(page);
    await workerReady(page);
    const [before] = await shells(page);
    // The look for a new build with which the page began is over: another within a minute would not be one of its own.
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    deploy("-next");
    const loads = countLoads(page);
    const refused = net.on({ ...SYNC, when: (told) => carriesCommands(told) && loads.count === 0 }, tooOld());
    await signUp(page);
    await expect.poll(() => loads.count, { timeout: 40_000 }).toBe(1);
    await expect(ownStatus(page)).toContainText("报名成功");
    expect(refused.hits).toBeGreaterThan(0);
    expect(await shells(page)).toEqual([before, `${before}-next`]);
    await allKept({ page, server, net, commands: 1 });
    expect(loads.count).toBe(1);
  });
});

test("what is half filled in is asked about before a required build is taken, and nothing is loaded over and over", async ({ server, phone }) => {
  await withNextBuild(server, async ({ url, net, deploy }) => {
    const page = await phone({ baseURL: url });
    await page.clock.install({ time: CLOCK_AT });
    await opened(page, "/login");
    await workerReady(page);
    const loads = countLoads(page);
    const number = page.getByLabel("手机号", { exact: true });
    await number.fill("1380000");
    // The look for a new build with which the page began is over: another within a minute would not be one of its own.
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    deploy("-next");
    net.on(SYNC, outgrown());
    await tryNow(page);
    await expect(askToUpdate(page)).toBeVisible({ timeout: 40_000 });
    await pass(page, 60_000);
    await expect(number).toHaveValue("1380000");
    expect(loads.count).toBe(0);
    await askToUpdate(page).click();
    await expect.poll(() => loads.count).toBe(1);
    expect(await shells(page)).toHaveLength(2);
    // The server wants more than there is: it is looked for, and until then the app is left alone.
    await page.locator("html[data-booted]").waitFor();
    const looked = net.asked.filter(({ path }) => path === "/sw.js").length;
    await expect.poll(async () => {
      await pass(page, 30_000);
      return net.asked.filter(({ path }) => path === "/sw.js").length;
    }).toBeGreaterThan(looked + 1);
    expect(loads.count).toBe(1);
  });
});

test("a page without a worker is loaded anew once for a required build, and then leaves it to its person", async ({ net, phone }) => {
  net.on(SYNC, outgrown());
  const page = await phone({ baseURL: net.url, serviceWorkers: "block" });
  await page.clock.install({ time: CLOCK_AT });
  const loads = countLoads(page);
  await page.goto("/");
  await expect.poll(() => loads.count).toBe(2);
  await expect(askToUpdate(page)).toBeVisible();
  await pass(page, 60_000);
  await expect(askToUpdate(page)).toBeVisible();
  expect(loads.count).toBe(2);
  await askToUpdate(page).click();
  await expect.poll(() => loads.count).toBe(3);
});

test("while servers of two builds share a database, pages of both go on, and a sign-up is carried out once", async ({ phone }) => {
  // A database of its own, two servers and three phones.
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), "lifehub-builds-"));
  const postgres = await startPostgres();
  const shared = { database: postgres.url, options: ["--pepper", "one secret for all servers"] };
  const builds = [process.env.LIFEHUB_BIN, makeSecondBuild(folder)];
  const servers = [];
  try {
    // One after the other, as they are replaced: the first makes the district.
    for (const binary of builds) servers.push(await startServer({ ...shared, folder, binary }));
    const files = builds.map((binary) => builtIn(binary).files.filter(({ url }) => url.startsWith("/assets/")));
    const names = files.map((list) => list.map(({ url }) => url));
    expect(names[0].filter((name) => names[1].includes(name)), "two builds").toEqual([]);
    // What the later one has it stores after it has begun to listen.
    const missing = async () => {
      const asked = servers.flatMap(({ url }) => names.flat().map((name) => fetch(new URL(name, url)).then((answer) => (answer.ok ? [] : [url + name]))));
      return (await Promise.all(asked)).flat();
    };
    await expect.poll(missing, { timeout: 60_000 }).toEqual([]);

    for (const [at, name] of ["姜阿姨", "戚叔叔"].entries()) {
      const [own, other] = at === 0 ? servers : [...servers].reverse();
      const net = await startProxy(own.url);
      // The page is of one build, its files come from the server of the other, and what it says goes to both in turn.
      net.on({ path: /^\/assets\// }, through(other.url));
      net.on({ path: /^\/api\// }, through(own.url, other.url));
      const page = await phone({ baseURL: net.url, serviceWorkers: "block" });
      await signInNew(page, name);
      const { path } = await openDate(page, at);
      expect(await page.locator("script[data-build]").getAttribute("data-build")).toBe(builtIn(builds[at]).build);
      // The one carries it out and is not heard; the other is asked again.
      const again = net.on({ ...SYNC, when: carriesCommands }, through(other.url));
      const lost = net.on({ ...SYNC, when: carriesCommands, nth: 1 }, dropAnswer());
      await signUp(page);
      await expect(ownStatus(page)).toContainText("报名成功");
      expect([lost.hits, again.hits]).toEqual([1, 1]);
      // Another page of the app, whose piece the other server has.
      await page.getByRole("link", { name: "空间", exact: true }).click();
      await expect(page.getByRole("link", { name: "老街客厅", exact: true })).toBeVisible();
      await opened(page, path);
      await allKept({ page, server: other, net, commands: 1 });
      await page.context().close();
      await net.stop();
    }

    // With a worker the build on the phone is replaced as always, and what waits goes to whichever server is there.
    const net = await startProxy(servers[0].url);
    const page = await phone({ baseURL: net.url });
    await signInNew(page, "邬阿姨");
    await openDate(page, 2);
    await goOffline(page);
    await signUp(page);
    await expect(ownStatus(page)).toContainText("名额还没占上");
    net.on({}, through(...servers.map(({ url }) => url).reverse()));
    await page.context().setOffline(false);
    await tryNow(page);
    await expect(ownStatus(page)).toContainText("报名成功");
    await allKept({ page, server: servers[1], net, commands: 1 });
    expect((await outbox(page)).queue).toEqual([]);
    await net.stop();
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
