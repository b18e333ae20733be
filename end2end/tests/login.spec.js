// Signing in goes on to where one was, and never out of the app.
import { expect, opened, test } from "../fixtures/test.js";

for (const next of ["//evil.example/x", "/\t/evil.example/x", "/\n/evil.example/x", "/.//evil.example/x", "/\\evil.example/x"]) {
  test(`signing in does not lead to ${JSON.stringify(next)}`, async ({ page, baseURL }) => {
    await opened(page, `/login?next=${encodeURIComponent(next)}`);
    await page.getByRole("button", { name: /居民 ·/ }).click();
    await page.waitForURL((url) => url.pathname !== "/login");
    expect(new URL(page.url()).origin).toBe(baseURL);
    await expect(page.getByRole("navigation", { name: "主要页面" })).toBeVisible();
  });
}
