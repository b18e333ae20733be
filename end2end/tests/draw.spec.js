// A draw: one registers without hurry, it is held while nobody looks, and whoever likes to computes it again, also without a
// network.
import { looks } from "../fixtures/looks.js";
import { startServer } from "../fixtures/server.js";
import { expect, goOffline, opened, ownStatus, signInNew, test } from "../fixtures/test.js";

const TITLE = "老院子听古琴";
/** A minute after it is drawn. */
const AFTER = Date.UTC(2026, 10, 25, 7, 1, 0);

/** How many have a place. */
async function taken(page) {
  const answer = await page.request.get("/api/occurrences?community=banzha&from=2026-11-27&to=2026-11-27");
  const { occurrences } = await answer.json();
  return occurrences.find(({ title }) => title === TITLE).seats.taken;
}

test("whoever registers for a draw reads what it came to, and can compute it again", async ({ phone }, info) => {
  let server = await startServer();
  try {
    const page = await phone({ baseURL: server.url });
    await test.step("until when one can register is said, and that there is no hurry", async () => {
      await signInNew(page, "孙阿姨");
      await opened(page, "/?on=2026-11-27");
      await page.getByRole("link", { name: TITLE }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(TITLE);
      await expect(page.getByRole("main")).toContainText("名额抽签决定，后天 下午3:00前都可以登记");
      await expect(page.getByRole("main")).toContainText("早登记晚登记机会一样");
      await looks(page, "draw-open", info);
      await page.getByRole("button", { name: "登记抽签" }).click();
      await expect(ownStatus(page)).toContainText("已登记，等抽签");
      await expect(ownStatus(page)).not.toContainText("正在");
      await looks(page, "draw-entered", info);
    });
    await test.step("it is held by itself", async () => {
      const { folder, port } = server;
      await server.kill();
      server = await startServer({ folder, port, at: AFTER });
      await page.clock.setFixedTime(AFTER);
      // By the server's jobs, which look as soon as it serves; what the page is to show is there then.
      await expect.poll(() => taken(page)).toBeGreaterThan(0);
      await opened(page, new URL(page.url()).pathname);
      await expect(ownStatus(page)).toContainText(/抽中了|没抽中，候补第\d+位/);
      await looks(page, "draw-held", info);
    });
    await test.step("a message says so, and leads to where it is checked", async () => {
      await opened(page, "/m");
      const message = page.getByRole("main").getByRole("listitem").filter({ hasText: TITLE });
      await expect(message).toContainText(/抽中了|没抽中/);
      await message.getByRole("link", { name: "验证摇号" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("验证摇号");
      await expect(page.getByRole("listitem").filter({ hasText: "您家" })).toHaveCount(1);
      await goOffline(page);
      await page.getByRole("button", { name: "在这台手机上重算一遍" }).click();
      await expect(page.getByRole("main")).toContainText("算出来一样");
      await looks(page, "draw-checked", info);
    });
  } finally {
    await server.stop();
  }
});
