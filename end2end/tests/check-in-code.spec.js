// Checking in by the code on a resident's phone, and the roster on paper.
import { openTeam, publish } from "../fixtures/team.js";
import { expect, goOffline, opened, ownStatus, signInAs, signInNew, test } from "../fixtures/test.js";

test("the door checks in by the code on a phone, with a network on neither side", async ({ phone }) => {
  test.slow();
  const [team, neighbour] = [await phone(), await phone()];
  await signInAs(team, "team_editor");
  await publish(team, { category: "戏曲", title: "云板入门", day: "今天", at: "10:40", places: "12" });
  await signInNew(neighbour, "卫师傅");
  await opened(neighbour, "/");
  await neighbour.getByRole("link", { name: "云板入门" }).click();
  await neighbour.getByRole("button", { name: "我要报名" }).click();
  await expect(ownStatus(neighbour)).toContainText("签到码");
  await goOffline(neighbour);
  await neighbour.reload();
  const shown = neighbour.locator(".own-code-digits [aria-hidden]");
  await expect(shown).toHaveText(/^\d{3} \d{3}$/);
  const code = await shown.innerText();

  await openTeam(team);
  await team.getByRole("region", { name: "接下来的活动" }).getByRole("listitem").filter({ hasText: "云板入门" }).getByRole("link").click();
  await expect(team.getByRole("listitem").filter({ hasText: "卫师傅" })).toHaveCount(1);
  await test.step("a neighbour without a phone is signed up by the team, and taken back", async () => {
    await team.getByRole("button", { name: "帮人报名" }).click();
    const sheet = team.getByRole("dialog", { name: "帮没手机的邻居报名" });
    await sheet.getByLabel("怎么称呼").fill("许奶奶");
    await sheet.getByLabel("本人要来").check();
    await sheet.getByRole("button", { name: "报上1人" }).click();
    const row = team.getByRole("listitem").filter({ hasText: "许奶奶" });
    await expect(row).toContainText("代报名");
    await expect(row).not.toContainText(/还没提交|正在核对/);
    await row.getByRole("button", { name: "取消报名：许奶奶" }).click();
    await team.getByRole("dialog", { name: "取消许奶奶的报名？" }).getByRole("button", { name: "取消报名" }).click();
    const gone = team.getByRole("region", { name: "取消的" }).getByRole("listitem").filter({ hasText: "许奶奶" });
    await expect(gone).toHaveCount(1);
    await expect(gone).not.toContainText(/还没提交|正在核对/);
  });
  await goOffline(team);
  const field = team.getByLabel("按签到码签到");

  await test.step("a code of nobody", async () => {
    await field.fill(code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)));
    await expect(team.getByRole("main")).toContainText("名单里没找到这个码");
    await expect(field).toHaveValue("");
  });
  await test.step("the right one, and once more", async () => {
    await field.fill(code);
    await expect(team.getByRole("main")).toContainText("到了 · 卫师傅 1人");
    await expect(team.getByText("到了1人，共1人")).toBeVisible();
    await field.fill(code.replace(" ", ""));
    await expect(team.getByRole("main")).toContainText("已经签过 · 卫师傅");
  });
  await test.step("what has not arrived yet can be taken back", async () => {
    await expect(team.getByRole("button", { name: "到了：卫师傅，再点一次撤销" })).toHaveAttribute("aria-pressed", "true");
  });
  await test.step("whoever comes without having signed up is noted, with a name or without, and struck out again", async () => {
    const atTheDoor = team.getByRole("region", { name: /^现场来的/ });
    await team.getByRole("button", { name: "记1人" }).click();
    await expect(atTheDoor.getByRole("listitem")).toHaveCount(1);
    await team.getByRole("button", { name: "写名字、记几位" }).click();
    const sheet = team.getByRole("dialog", { name: "现场来的" });
    await sheet.getByLabel("怎么称呼").fill("顾大爷");
    await sheet.getByRole("button", { name: "记下1人" }).click();
    await expect(atTheDoor.getByRole("listitem")).toHaveCount(2);
    await expect(team.getByText("另有现场来的2人")).toBeVisible();
    await atTheDoor.getByRole("button", { name: "划掉：没留名字" }).click();
    await expect(atTheDoor.getByRole("listitem")).toHaveCount(1);
  });
  await test.step("it arrives once there is a network", async () => {
    await team.context().setOffline(false);
    await expect(team.getByRole("region", { name: "现场来的 · 1人" })).not.toContainText(/还没提交|正在核对/, { timeout: 60_000 });
    await expect(team.getByRole("button", { name: "到了：卫师傅，再点一次撤销" })).toBeVisible();
    await neighbour.context().setOffline(false);
    await expect(ownStatus(neighbour)).toContainText("已签到", { timeout: 60_000 });
    await expect(ownStatus(neighbour)).not.toContainText("签到码");
  });
  await test.step("a tap on somebody who is here undoes it", async () => {
    const pressed = team.getByRole("button", { name: "到了：卫师傅，再点一次撤销" });
    const nobody = team.getByText("到了0人，共1人");
    // What could be the second half of a double tap undoes nothing.
    await expect(async () => {
      if (!(await nobody.isVisible())) await pressed.click({ timeout: 1_000 });
      await expect(nobody).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await expect(ownStatus(neighbour)).toContainText("签到码", { timeout: 60_000 });
  });
  await test.step("the roster on paper has boxes and room for others", async () => {
    await team.emulateMedia({ media: "print" });
    await expect(team.getByRole("heading", { name: "现场来的" })).toBeVisible();
    await expect(field).toBeHidden();
    await team.emulateMedia({ media: "screen" });
  });
});
