// A link that somebody passed on, to something in a community that is neither chosen on this phone nor anybody's home.
import { expect, opened, ownStatus, signInNew, test } from "../fixtures/test.js";

const read = async (page, path) => (await page.request.get(path)).json();
const hasPlaces = ({ seats, audience, policy, cancelled }) =>
  !cancelled && audience.kind === "everyone" && policy.opens_minutes_before === null && seats.capacity !== null && seats.capacity - seats.taken > 1;

/** A date of 滨河社区 with places, and a space there. */
async function elsewhere(page) {
  const { occurrences } = await read(page, "/api/occurrences?community=binhe&from=2026-11-25&to=2026-12-05");
  const { spaces } = await read(page, "/api/spaces?community=binhe");
  return { date: occurrences.find(hasPlaces), space: spaces[0] };
}

test("a stranger's phone opens the activity and says where it is, and keeps its own community", async ({ page }) => {
  const { date, space } = await elsewhere(page);
  await opened(page, "/c/lvdi");
  await opened(page, `/a/${date.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(date.title);
  await expect(page.getByRole("main")).toContainText("在滨河社区");
  await expect(page.getByRole("button", { name: "我要报名" })).toBeVisible();
  await opened(page, `/s/${space.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(space.name);
  await expect(page.getByRole("main")).toContainText("在滨河社区");
  await page.getByRole("link", { name: "活动", exact: true }).click();
  await expect(page.getByRole("banner").getByRole("link", { name: "绿地社区" })).toBeVisible();
});

test("whoever lives elsewhere signs up there, and finds it among their own things", async ({ page }) => {
  const { date } = await elsewhere(page);
  await signInNew(page, "杨大姐");
  await opened(page, `/a/${date.id}`);
  await page.getByRole("button", { name: "我要报名" }).click();
  await expect(ownStatus(page)).toContainText("报名成功");
  await page.getByRole("link", { name: "我的", exact: true }).click();
  await expect(page.getByRole("main")).toContainText(date.title);
  await page.reload();
  await expect(page.getByRole("main")).toContainText(date.title);
});

test("a link to nothing says so, and leads on", async ({ page }) => {
  for (const path of ["/a/01a1b415-a5c0-7bd7-8098-000000000000", "/s/01a1b415-a5c0-7bd7-8098-000000000000"]) {
    await opened(page, path);
    await expect(page.getByRole("main")).toContainText("这个页面不在了");
  }
  await page.getByRole("main").getByRole("link", { name: "回到活动" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "活动" })).toBeVisible();
});
