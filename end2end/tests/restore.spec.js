// A server that was put back from a backup: what it has lost comes back from the phone, and its person is told.
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../fixtures/server.js";
import { book, expect, openSpace, opened, ownStatus, signInNew, test, whole } from "../fixtures/test.js";

/** The files of the database, in one folder and put into another. */
function copyDatabase(from, to) {
  for (const name of readdirSync(to)) if (name.startsWith("lifehub.db")) rmSync(join(to, name));
  for (const name of readdirSync(from)) if (name.startsWith("lifehub.db")) copyFileSync(join(from, name), join(to, name));
}

/** A server of one's own, and how to work on its files: whoever does ends it first. */
async function withBackup(work) {
  const backup = mkdtempSync(join(tmpdir(), "lifehub-backup-"));
  let server = await startServer();
  const { folder, port, url } = server;
  const between = async (files) => {
    await server.kill();
    files();
    server = await startServer({ folder, port });
  };
  try {
    await work({
      baseURL: url,
      backUp: () => between(() => copyDatabase(folder, backup)),
      restore: () => between(() => copyDatabase(backup, folder)),
    });
  } finally {
    await server.stop();
    rmSync(backup, { recursive: true, force: true });
  }
}

test("a place that a restore has lost is there again, and the phone says so until it is dismissed", async ({ phone }) => {
  await withBackup(async ({ baseURL, backUp, restore }) => {
    const page = await phone({ baseURL });
    await opened(page);
    await signInNew(page, "卫叔叔");
    await opened(page, "/?on=2026-11-27");
    await whole(page);
    await backUp();
    await page.getByRole("main").getByRole("listitem").getByRole("link", { name: /剩\d+个名额/ }).first().click();
    await page.getByRole("button", { name: "我要报名" }).click();
    await expect(ownStatus(page)).toContainText("报名成功");
    const place = await ownStatus(page).innerText();
    await restore();

    await opened(page, new URL(page.url()).pathname);
    const told = "我们恢复过数据，您的1项报名和预约已重新核对。";
    await page.getByRole("link", { name: told }).click();
    const notice = page.getByRole("main").getByRole("status").filter({ hasText: told });
    await page.reload();
    await notice.getByRole("button", { name: "知道了" }).click();
    await expect(notice).toBeHidden();
    await opened(page, "/me");
    await expect(page.getByText(told)).toBeHidden();
    // The server has it as well, and not only the phone.
    const other = await phone({ baseURL, storageState: await page.context().storageState() });
    await opened(other, "/me");
    await other.getByRole("link", { name: /报名成功/ }).click();
    await expect(ownStatus(other)).toHaveText(place, { useInnerText: true });
  });
});

test("what was lost and is somebody else's by now is refused, and not silently", async ({ phone }) => {
  await withBackup(async ({ baseURL, backUp, restore }) => {
    const [page, faster] = [await phone({ baseURL }), await phone({ baseURL })];
    for (const [one, name] of [[page, "卫叔叔"], [faster, "蒋阿姨"]]) {
      await opened(one);
      await signInNew(one, name);
      await openSpace(one, "淮剧排练厅", "2026-12-01");
      await whole(one);
    }
    await backUp();
    await book(page, "下午2:00–3:00");
    const mine = page.getByRole("region", { name: "我的预约" }).filter({ hasText: "预约成功" });
    await expect(mine).toBeVisible();
    await page.context().setOffline(true);
    await restore();
    await faster.reload();
    await book(faster, "下午2:00–3:00");
    await expect(faster.getByRole("region", { name: "我的预约" }).filter({ hasText: "预约成功" })).toBeVisible();

    await page.context().setOffline(false);
    const refused = page.getByRole("main").getByRole("alert");
    await expect(refused).toContainText("原来办成了，我们恢复数据以后办不成了。", { timeout: 40_000 });
    await expect(refused).toContainText("这个时间刚被别人约走");
    await page.reload();
    await expect(refused).toBeVisible();
    await refused.getByRole("button", { name: "知道了" }).click();
    await expect(refused).toBeHidden();
  });
});
