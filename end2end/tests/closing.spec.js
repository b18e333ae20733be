// A team says how a date went: on the spot, without a network, and corrects itself later.
import { openTeam } from "../fixtures/team.js";
import { expect, goOffline, opened, signInAs, test } from "../fixtures/test.js";

test("a team says how many came, without a network, and corrects itself", async ({ page }) => {
  await signInAs(page, "team_editor");
  await openTeam(page);
  const past = page.getByRole("region", { name: "刚办过的" }).getByRole("listitem");
  const title = await past.first().getByRole("link").innerText();
  await past.first().getByRole("link").click();
  const card = page.getByRole("region", { name: "办得怎么样" });
  await expect(card).toContainText("可以登记、修改");
  const change = card.getByRole("button", { name: "改一改" });
  await expect(change.or(card.getByLabel("来了多少人"))).toBeVisible();
  if (await change.count()) await change.click();

  await test.step("not without a number", async () => {
    await card.getByLabel("来了多少人").fill("很多");
    await card.getByRole("button", { name: "记下来" }).click();
    await expect(card.getByRole("alert")).toContainText("请填人数，没人来就填0");
  });
  await test.step("without a network it is kept on the phone", async () => {
    await goOffline(page);
    await card.getByLabel("来了多少人").fill("57");
    await card.getByLabel("记一句").fill("下回多备几把椅子");
    await card.getByRole("button", { name: "记下来" }).click();
    await expect(card).toContainText("来了57人");
    await expect(card).toContainText("下回多备几把椅子");
    await expect(page.getByRole("main")).toContainText("已存在手机里");
  });
  await test.step("it is sent once there is one, and the list says it", async () => {
    await page.context().setOffline(false);
    await expect(page.getByRole("main").locator("[data-state=saved], [data-state=checking]")).toHaveCount(0, { timeout: 30_000 });
    await openTeam(page);
    await expect(past.filter({ hasText: title.split("\n")[0] }).first()).toContainText("来了57人");
  });
  await test.step("it can be corrected", async () => {
    await past.first().getByRole("link").click();
    await change.click();
    await expect(card.getByLabel("来了多少人")).toHaveValue("57");
    await card.getByLabel("来了多少人").fill("0");
    await card.getByLabel("记一句").fill("");
    await card.getByRole("button", { name: "记下来" }).click();
    await expect(change).toBeVisible();
    await expect(card).not.toContainText("下回多备几把椅子");
  });
});
