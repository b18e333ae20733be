// Every screen as whoever sees it, in both layouts and both colours: nothing an assistive technology stumbles over,
// nothing wider than a phone of 360 px, targets large enough. Pictures go to ../screenshots, to be looked at.
import { mkdirSync } from "node:fs";
import { smallTargets, smallText, stumblingBlocks, tooWide } from "../fixtures/looks.js";
import { expect, nextNumber, opened, ownStatus, signInAs, test } from "../fixtures/test.js";

test.describe.configure({ mode: "parallel", timeout: 300_000 });
// A picture of each step would take longer than the steps, and every screen has its picture anyway.
test.use({ trace: "off", screenshot: "off" });
mkdirSync("../screenshots", { recursive: true });

const press = (name) => async (page) => page.getByRole("main").getByRole("button", { name }).first().click();
const dialog = (page) => page.getByRole("dialog").waitFor();

/** Goes to the last date one is signed up for; the first may have started. */
const openComing = async (page) => page.getByRole("main").getByRole("link", { name: /报名成功/ }).last().click();

const askForCode = async (page) => {
  await page.getByLabel("手机号", { exact: true }).fill(nextNumber());
  await page.getByLabel("我同意《隐私说明》").check();
  await page.getByRole("button", { name: "发验证码" }).click();
  await page.getByText(/演示验证码：/).waitFor();
};
const typeCode = async (page) => {
  const [code] = (await page.getByText(/演示验证码：/).innerText()).match(/\d{6}/);
  await page.getByLabel("验证码", { exact: true }).fill(code);
  await page.getByLabel("怎么称呼您？").waitFor();
};
const signUpOffline = async (page) => {
  await page.context().setOffline(true);
  await page.getByRole("dialog").getByRole("checkbox", { disabled: false }).last().check();
  await page.getByRole("dialog").getByRole("button", { name: /^确认报名/ }).click();
  await expect(ownStatus(page)).toContainText("名额还没占上");
};
const lookAtPlan = async (page) => {
  await page.locator("#series-time-0").fill("15:30");
  await page.getByRole("button", { name: /看看会改什么|See what would change/ }).click();
  await page.getByRole("button", { name: /就这么改|Change it/ }).waitFor();
};
const toOutbox = async (page) => {
  await page.getByRole("link", { name: /没网 · 已存手机/ }).click();
  await expect(page.getByRole("main")).toContainText("报名：");
};

/** Name, who sees it, address (none: goes on from the one before), and what is opened there. */
const SCREENS = [
  ["activities", "guest", () => "/"],
  ["month", "guest", () => "/", press(/2026年11月|选一天|Nov|Choose a day/), dialog],
  ["week", "guest", () => "/?view=week"],
  ["month-page", "guest", () => "/?view=month&on=2026-12-05"],
  ["festivals", "guest", () => "/festivals"],
  ["search", "guest", () => "/q?q=gcw"],
  ["search-nothing", "guest", () => "/q?q=zzz"],
  ["filter", "guest", () => "/", press(/筛选|Filter/), dialog],
  ["nothing-found", "guest", ({ team }) => `/?kind=dance&team=${team}`, (page) => page.getByText(/^没有「.*」的活动$/).waitFor()],
  ["activity-guest", "guest", ({ open }) => `/a/${open}`],
  ["poster", "guest", ({ open }) => `/a/${open}/poster`],
  ["spaces", "guest", () => "/s"],
  ["space", "guest", ({ room }) => `/s/${room}?on=2026-12-01`],
  ["me-guest", "guest", () => "/me"],
  ["messages-guest", "guest", () => "/m"],
  ["communities", "guest", () => "/communities"],
  ["help", "guest", () => "/help"],
  ["login", "guest", () => "/login"],
  ["login-code", "guest", () => "/login", askForCode],
  ["login-name", "guest", null, typeCode],
  ["not-found", "guest", () => "/nowhere"],
  ["desk-forbidden", "guest", () => "/desk"],
  ["activities-mine", "resident", () => "/"],
  ["activity-mine", "resident", ({ mine }) => `/a/${mine}`],
  ["withdraw", "resident", () => "/me", openComing, press(/取消报名|Cancel my place/), dialog],
  ["me", "resident", () => "/me"],
  ["messages-none", "resident", () => "/m"],
  ["outbox", "resident", () => "/me/outbox"],
  ["settings", "resident", () => "/me/settings"],
  ["sign-up", "parent", ({ family }) => `/a/${family}?sign_up=1`, dialog],
  ["book", "parent", ({ room }) => `/s/${room}?on=2026-12-01&at=15:00`, dialog],
  ["family", "parent", () => "/me/family"],
  ["add-person", "parent", () => "/me/family", press(/加家人|Add family/), dialog],
  ["messages", "parent", () => "/m"],
  ["activity-unsent", "parent", ({ family }) => `/a/${family}?sign_up=1`, dialog, signUpOffline],
  ["outbox-unsent", "parent", null, toOutbox],
  ["desk-team", "team_editor", () => "/desk"],
  ["team", "team_editor", ({ team }) => `/desk/team/${team}`],
  ["publish", "team_editor", ({ team }) => `/desk/team/${team}/publish`],
  ["publish-wrong", "team_editor", ({ team }) => `/desk/team/${team}/publish`, press(/^(发布|Publish)$/)],
  ["roster", "team_editor", ({ opera }) => `/desk/roster/${opera}`],
  ["call-off", "team_editor", ({ opera }) => `/desk/roster/${opera}`, press(/停一次|Call off once/), dialog],
  ["edit-series", "team_editor", ({ series }) => `/desk/roster/${series}/series`],
  ["edit-series-plan", "team_editor", null, lookAtPlan],
  ["duties", "community_admin", () => "/desk/duties/banzha"],
  ["duty-board", "district_admin", () => "/desk/duties"],
  ["numbers", "district_admin", () => "/desk/numbers"],
  ["desk", "host", () => "/desk"],
  ["decline", "host", () => "/desk", press(/^(婉拒|Decline)/), dialog],
];

/** What is looked at, found by what everybody may read. */
async function findings(page) {
  const read = async (path) => (await page.request.get(path)).json();
  const { occurrences } = await read("/api/occurrences?community=banzha&from=2026-11-23&to=2026-12-20");
  const { spaces } = await read("/api/spaces?community=banzha");
  const left = ({ seats, cancelled }) => (cancelled || seats.capacity === null ? 0 : seats.capacity - seats.taken);
  const opera = occurrences.find((date) => date.team.name === "板闸淮剧队" && date.policy.kind === "per_occurrence" && date.start > "2026-11-24");
  return {
    open: occurrences.find((date) => date.audience.kind === "everyone" && left(date) > 3 && date.start > "2026-11-24").id,
    mine: occurrences.find((date) => date.title.includes("手机课") && date.start < "2026-11-24").id,
    family: occurrences.find((date) => date.audience.kind === "families" && date.policy.opens_minutes_before === null && left(date) > 5).id,
    opera: opera.id,
    series: occurrences.find((date) => date.title === "淮剧票友会" && !date.cancelled && date.start > "2026-11-24").id,
    team: opera.team.id,
    room: spaces.find((space) => space.name === "运河客厅").id,
  };
}

/** Opens screens one after the other, one context for each person, and hands each to `look`. */
async function visit(phone, { screens = SCREENS, viewport = { width: 360, height: 780 }, prefs = {} }, look) {
  const pages = new Map();
  let found;
  for (const [name, role, path, ...steps] of screens) {
    if (!pages.has(role)) {
      const page = await phone({ viewport, colorScheme: "light", reducedMotion: "reduce" });
      await page.addInitScript((prefs) => {
        const kept = JSON.parse(localStorage.getItem("lifehub.prefs") ?? '{"community":"banzha"}');
        localStorage.setItem("lifehub.prefs", JSON.stringify({ ...kept, ...prefs }));
      }, prefs);
      if (role !== "guest") {
        await signInAs(page, role);
        // The first visit finds out who is there and draws anew for them; what is looked at comes after that.
        await opened(page, "/me");
        await page.getByRole("main").getByRole("link", { name: /设置|Settings/ }).waitFor();
        await page.waitForFunction(() => localStorage.getItem("lifehub.account"));
      }
      pages.set(role, page);
      found ??= await findings(page);
    }
    const page = pages.get(role);
    if (path) await opened(page, path(found));
    await page.locator("main h1").first().waitFor({ state: "attached" });
    await expect(page.getByRole("main").locator("[aria-busy=true]")).toHaveCount(0);
    for (const step of steps) await step(page);
    await look(name, page);
  }
}

for (const [layout, step, least, text] of [
  ["standard", 17, 44, 11],
  ["elder", 22, 44, 18],
]) {
  test(`every screen in the ${layout} layout, light and dark`, async ({ phone }) => {
    const found = [];
    await visit(phone, { prefs: { mode: layout, step } }, async (name, page) => {
      const note = (what, list) => found.push(...list.map((one) => `${name}: ${what}${one}`));
      const picture = (scheme) => page.screenshot({ path: `../screenshots/${layout}-${scheme}-${name}.png` });
      await picture("light");
      note("", await stumblingBlocks(page));
      note("too small to tap: ", await smallTargets(page, least));
      note("too small to read: ", await smallText(page, text));
      for (const step of layout === "elder" ? [22, 30] : [17]) {
        await page.evaluate((step) => document.documentElement.setAttribute("data-step", step), String(step));
        const wider = await tooWide(page);
        if (wider > 0) note("", [`${wider} px wider than the phone at ${step} px`]);
        if (step === 30) await picture("largest");
      }
      await page.evaluate((step) => document.documentElement.setAttribute("data-step", step), String(step));
      await page.emulateMedia({ colorScheme: "dark" });
      await picture("dark");
      note("dark, ", await stumblingBlocks(page, ["color-contrast", "link-in-text-block"]));
      await page.emulateMedia({ colorScheme: "light" });
    });
    expect(found).toEqual([]);
  });
}

test("a sample of screens in English, and at a desk", async ({ phone }) => {
  const named = (...names) => SCREENS.filter(([name]) => names.includes(name));
  const found = [];
  const look = (kind) => async (name, page) => {
    await page.screenshot({ path: `../screenshots/${kind}-${name}.png` });
    for (const block of await stumblingBlocks(page)) found.push(`${kind} ${name}: ${block}`);
    if ((await tooWide(page)) > 0) found.push(`${kind} ${name}: too wide`);
  };
  const english = named("activities", "activity-guest", "spaces", "space", "me", "settings", "sign-up", "book", "publish", "roster", "edit-series", "edit-series-plan", "desk");
  await visit(phone, { screens: english, prefs: { language: "en" } }, async (name, page) => {
    await expect(page.locator("html")).toHaveAttribute("lang", /^en/);
    await look("english")(name, page);
  });
  const wide = named("activities", "week", "month-page", "spaces", "space", "me", "desk", "roster", "publish");
  await visit(phone, { screens: wide, viewport: { width: 1280, height: 800 } }, look("wide"));
  expect(found).toEqual([]);
});
