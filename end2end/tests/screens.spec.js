// Every screen in every mode: nothing an assistive technology would stumble over, nothing wider than the phone, targets
// large enough. Pictures go to ../screenshots, to be looked at.
import { mkdirSync } from "node:fs";
import { expect, opened, signInAs, stumblingBlocks, test } from "../fixtures/test.js";

const SCREENS = [
  ["activities", "/", "resident"],
  ["spaces", "/s", "resident"],
  ["me", "/me", "resident"],
  ["family", "/me/family", "parent"],
  ["outbox", "/me/outbox", "resident"],
  ["settings", "/me/settings", "resident"],
  ["messages", "/m", "resident"],
  ["communities", "/communities", "resident"],
  ["help", "/help", "resident"],
  ["desk", "/desk", "host"],
  ["login", "/login", null],
];
const MODES = [
  { name: "standard", prefs: {} },
  { name: "dark", prefs: { theme: "dark" } },
  { name: "elder", prefs: { mode: "elder", step: 30 } },
  { name: "elder-dark-en", prefs: { mode: "elder", step: 22, theme: "dark", language: "en" } },
];

for (const mode of MODES) {
  test(`every screen in ${mode.name}`, async ({ phone }) => {
    test.setTimeout(180_000);
    mkdirSync("../screenshots", { recursive: true });
    const found = [];
    const pages = {};
    for (const [name, path, role] of SCREENS) {
      if (!pages[role]) {
        pages[role] = await phone({ viewport: { width: 360, height: 780 } });
        if (role) await signInAs(pages[role], role);
        else await opened(pages[role], "/");
        await pages[role].evaluate((prefs) => {
          const kept = JSON.parse(localStorage.getItem("lifehub.prefs") ?? "{}");
          localStorage.setItem("lifehub.prefs", JSON.stringify({ ...kept, ...prefs }));
        }, mode.prefs);
      }
      const page = pages[role];
      await opened(page, path);
      await page.locator("main h1").first().waitFor({ state: "attached" });
      await page.screenshot({ path: `../screenshots/${mode.name}-${name}.png` });
      for (const block of await stumblingBlocks(page)) found.push(`${name}: ${block}`);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (tooWide > 0) found.push(`${name}: ${tooWide} px wider than the phone`);
      if (page.problems.length) found.push(`${name}: ${page.problems.splice(0).join(" | ")}`);
    }
    expect(found).toEqual([]);
  });
}
