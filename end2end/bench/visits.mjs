// What a visit takes on a slow phone, in a real browser: bytes, requests, moments. Prints one JSON document; asserts nothing.
// Slow line: 400 ms and 400 kbit/s each way; slow phone: a quarter of this machine's speed.
import { chromium } from "@playwright/test";
import { CLOCK_AT, startServer } from "../fixtures/server.js";
import config from "../playwright.config.js";

const RUNS = 5;
const SLOWDOWN = 4;
const LINE = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const AWAY = { ...LINE, offline: true };

/** Notes, from the first byte of the page on, what nobody can ask for afterwards. */
function note() {
  globalThis.moments = {};
  new PerformanceObserver((list) => (globalThis.moments.lcp = list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => (globalThis.moments.fcp = list.getEntriesByName("first-contentful-paint")[0]?.startTime ?? globalThis.moments.fcp)).observe({ type: "paint", buffered: true });
  const watch = () => {
    // The app runs, and what it draws has taken the place of the server's drawing.
    const isThere = () => document.documentElement.hasAttribute("data-booted") && !document.getElementById("first-paint");
    const done = () => (globalThis.moments.interactive ??= isThere() ? performance.now() : undefined);
    new MutationObserver(done).observe(document.documentElement, { attributes: true, childList: true, subtree: true });
  };
  if (document.documentElement) watch();
  else new MutationObserver((_, self) => document.documentElement && (self.disconnect(), watch())).observe(document, { childList: true });
}

/** Sets the phone's clock by the server's, whose dates are not today's; it goes on from there. */
function setClock(at) {
  const { now } = Date;
  const behind = new Date(at).getTime() - now();
  Date.now = () => now() + behind;
}

async function open(browser, url) {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 390, height: 844 }, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  await context.addInitScript(note);
  await context.addInitScript(setClock, CLOCK_AT);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  const line = (conditions) => cdp.send("Network.emulateNetworkConditions", conditions);
  await line(LINE);
  return { context, page, cdp, line };
}

const kindOf = (url) => new URL(url).pathname.match(/\.(\w+)$/)?.[1] ?? (new URL(url).pathname.startsWith("/api/") ? "api" : "html");

/** Goes to `path` and says what that took until the app was there and had drawn its largest thing. */
async function visit({ page, cdp }, path) {
  const kinds = {};
  const urls = new Map();
  let requests = 0;
  const sent = ({ requestId, request }) => urls.set(requestId, request.url);
  const finished = ({ requestId, encodedDataLength }) => {
    if (!urls.has(requestId)) return;
    requests += 1;
    const kind = kindOf(urls.get(requestId));
    kinds[kind] = (kinds[kind] ?? 0) + encodedDataLength;
  };
  cdp.on("Network.requestWillBeSent", sent);
  cdp.on("Network.loadingFinished", finished);
  await page.goto(path, { waitUntil: "commit", timeout: 90_000 });
  await page.waitForFunction(() => globalThis.moments?.interactive && globalThis.moments.lcp && globalThis.moments.fcp, undefined, { timeout: 90_000 });
  const moments = await page.evaluate(() => globalThis.moments);
  cdp.off("Network.requestWillBeSent", sent);
  cdp.off("Network.loadingFinished", finished);
  return { ...moments, requests, bytes: Object.values(kinds).reduce((sum, bytes) => sum + bytes, 0), kinds };
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** The middle of each figure by itself. */
function middle(visits) {
  const figure = (name) => Math.round(median(visits.map((one) => one[name] ?? Number.NaN)));
  const kinds = Object.fromEntries(Object.keys(visits[0].kinds ?? {}).map((kind) => [kind, median(visits.map((one) => one.kinds[kind] ?? 0))]));
  return { fcp: figure("fcp"), lcp: figure("lcp"), interactive: figure("interactive"), requests: figure("requests"), bytes: figure("bytes"), kinds };
}

/** The month that is drawn, and from when on its week-long series run, ten a day. */
const MONTH = "2026-12";
const HOURS = ["08:00", "09:00", "10:00", "11:00", "13:00", "14:00", "15:00", "16:00", "17:00", "19:00"];

/** Publishes ten dates for each day of a month, as a team's editor does. */
async function fillMonth(browser, url) {
  const context = await browser.newContext({ baseURL: url });
  const post = async (path, data) => {
    const response = await context.request.post(path, { data, headers: { "x-lifehub": "1" } });
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
    return response.json();
  };
  const { account } = await post("/api/demo/login", { role: "team_editor" });
  const { occurrences } = await (await context.request.get("/api/occurrences?community=banzha&from=2026-11-23&to=2026-12-20")).json();
  const { team } = occurrences.find((date) => date.team.name === "板闸淮剧队");
  const device = crypto.randomUUID();
  const commands = [1, 2, 3, 4, 5, 6, 7].flatMap((day) => HOURS.map((at) => ({ from: `${MONTH}-0${day}`, at })));
  const envelopes = commands.map(({ from, at }, index) => ({
    v: 1, id: crypto.randomUUID(), device, no: index + 1, account, stream: "c:banzha", phone_ms: CLOCK_AT, kind: "publish_activity", kind_v: 1,
    body: {
      team: team.id, title: `排练${index}`, category: "opera", audience: { kind: "everyone" }, venue: { place: "板闸社区二楼" },
      schedule: { kind: "weekly", from, until: `${MONTH}-31`, at, minutes: 45 }, policy: { kind: "walk_in" },
    },
  }));
  for (let at = 0; at < envelopes.length; at += 10) {
    const { answers } = await post("/api/sync", { proto: 1, device, commands: envelopes.slice(at, at + 10), pulls: [] });
    const refused = answers.find(({ outcome }) => outcome !== "accepted");
    if (refused) throw new Error(JSON.stringify(refused));
  }
  await context.close();
}

/** A whole month from what the phone has: opened anew without a network, and switched to from the list. */
async function month(browser, url) {
  const phone = await open(browser, url);
  await phone.line({ ...LINE, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await phone.page.goto("/c/banzha");
  await phone.page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated", undefined, { timeout: 90_000 });
  const address = `/?view=month&on=${MONTH}-01`;
  const drawn = () => document.querySelectorAll(".month-grid .day-cell-dots > i").length >= 31 && !document.getElementById("first-paint");
  await phone.page.goto(address);
  await phone.page.waitForFunction(drawn, undefined, { timeout: 90_000 });
  await phone.line(AWAY);
  await phone.page.goto(address, { waitUntil: "commit" });
  await phone.page.waitForFunction(drawn, undefined, { polling: "raf", timeout: 90_000 });
  const opened = await phone.page.evaluate(() => performance.now());
  await phone.page.goto(`/?on=${MONTH}-01`);
  await phone.page.locator(".day-strip").waitFor();
  const switched = await phone.page.evaluate(
    () =>
      new Promise((done) => {
        const tapped = performance.now();
        const look = () => document.querySelectorAll(".month-grid .day-cell-dots > i").length >= 31 && done(performance.now() - tapped);
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
        document.querySelector(".view-switch a[href*='view=month']").click();
      }),
  );
  await phone.context.close();
  return { opened, switched };
}

const server = await startServer();
const browser = await chromium.launch(config.use.launchOptions);
try {
  const found = { first_list: [], first_activity: [], again: [], again_offline: [] };
  const taps = [];
  const answer = await fetch(`${server.url}/api/occurrences?community=banzha&from=2026-11-25&to=2026-12-10`);
  const { occurrences } = await answer.json();
  const open_to_all = ({ audience, policy, seats }) => audience.kind === "everyone" && policy.opens_minutes_before === null && seats.capacity - seats.taken > RUNS;
  const activity = `/a/${occurrences.find(open_to_all).id}`;
  for (let run = 0; run < RUNS; run += 1) {
    const other = await open(browser, server.url);
    found.first_activity.push(await visit(other, activity));
    await other.context.close();

    const phone = await open(browser, server.url);
    found.first_list.push(await visit(phone, "/c/banzha"));
    // The worker may take its time; what is measured is the visit after it is done.
    await phone.line({ ...LINE, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await phone.page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated", undefined, { timeout: 90_000 });
    await phone.page.request.post("/api/demo/login", { data: { role: "resident" }, headers: { "x-lifehub": "1" } });
    await phone.page.goto("/me");
    await phone.page.waitForFunction(() => localStorage.getItem("lifehub.account"));
    await phone.page.goto(activity);
    await phone.page.getByRole("button", { name: "我要报名" }).waitFor();
    await phone.line(LINE);
    found.again.push(await visit(phone, "/"));
    await phone.line(AWAY);
    found.again_offline.push(await visit(phone, "/"));
    await phone.page.goto(activity);
    const button = phone.page.getByRole("button", { name: "我要报名" });
    await button.waitFor();
    taps.push(
      await button.evaluate(
        (button) =>
          new Promise((done) => {
            const tapped = performance.now();
            const look = () => document.querySelector(".status[data-state=saved]") && done(performance.now() - tapped);
            new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
            button.click();
            document.querySelector("dialog[open] .button[data-kind=primary]")?.click();
          }),
      ),
    );
    await phone.context.close();
  }
  await fillMonth(browser, server.url);
  const months = [];
  for (let run = 0; run < RUNS; run += 1) months.push(await month(browser, server.url));
  const drawn = Object.fromEntries(["opened", "switched"].map((name) => [name, Math.round(median(months.map((one) => one[name])))]));
  const visits = Object.fromEntries(Object.entries(found).map(([name, runs]) => [name, middle(runs)]));
  console.log(JSON.stringify({ runs: RUNS, visits, tap_to_saved: Math.round(median(taps)), month: drawn }));
} finally {
  await browser.close();
  await server.stop();
}
