// What leaves the app: what other programs read of a date, its place in a phone's calendar, its poster.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import jsQR from "jsqr";
import { expect, opened, signInAs, test } from "../fixtures/test.js";

const read = async (page, path) => (await page.request.get(path)).json();

/** A date of the week to come with a limit. */
async function someDate(page) {
  const { occurrences } = await read(page, "/api/occurrences?community=banzha&from=2026-11-25&to=2026-12-05");
  return occurrences.find(({ seats, cancelled }) => seats?.capacity && !cancelled);
}

/** Events of a calendar, by a program that is not ours. */
function eventsOf(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zone = calendar.getFirstSubcomponent("vtimezone").getFirstPropertyValue("tzid");
  ICAL.TimezoneService.register(new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone")), zone);
  return calendar.getAllSubcomponents("vevent").map((one) => {
    const event = new ICAL.Event(one);
    return {
      uid: event.uid,
      title: event.summary,
      place: event.location,
      start: event.startDate.toJSDate().getTime(),
      end: event.endDate.toJSDate().getTime(),
      status: one.getFirstPropertyValue("status"),
      attendees: event.attendees.length,
    };
  });
}

test("search engines and chats read of a date what people read, and nothing blocks it", async ({ page }) => {
  const date = await someDate(page);
  await page.goto(`/a/${date.id}`);
  const event = await page.locator('script[type="application/ld+json"]').evaluate((data) => JSON.parse(data.textContent));
  expect(event).toMatchObject({
    "@type": "Event",
    name: date.title,
    startDate: date.start,
    endDate: date.end,
    eventStatus: "https://schema.org/EventScheduled",
    location: { name: date.place },
    organizer: { name: date.team.name },
    maximumAttendeeCapacity: date.seats.capacity,
  });
  await expect(page.locator('meta[property="og:title"]')).toHaveAttribute("content", new RegExp(date.title));
  await expect(page.locator('meta[property="og:description"]')).toHaveAttribute("content", new RegExp(date.place));
});

test("a date goes into the phone's calendar by one tap", async ({ page }) => {
  const date = await someDate(page);
  await opened(page, `/a/${date.id}`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "加入手机日历" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.ics$/);
  const events = eventsOf(readFileSync(await download.path(), "utf8"));
  expect(events).toEqual([
    {
      uid: date.id,
      title: date.title,
      place: date.place,
      start: Date.parse(date.start),
      end: Date.parse(date.end),
      status: "CONFIRMED",
      attendees: 0,
    },
  ]);
});

test("the calendars of a community, of a kind and of a team have the dates that the site has", async ({ page }) => {
  const { occurrences } = await read(page, "/api/occurrences?community=banzha&from=2026-11-25&to=2026-12-20");
  const some = occurrences[0];
  const calendars = [
    ["/calendar/banzha.ics", () => true],
    [`/calendar/banzha.ics?category=${some.category}`, ({ category }) => category === some.category],
    [`/calendar/team/${some.team.id}.ics`, ({ team }) => team.id === some.team.id],
  ];
  for (const [address, belongs] of calendars) {
    const events = eventsOf(await (await page.request.get(address)).text());
    const within = events.filter(({ start }) => start >= Date.parse("2026-11-25T00:00+08:00") && start < Date.parse("2026-12-21T00:00+08:00"));
    const expected = occurrences.filter(belongs);
    expect(within.map(({ uid, start }) => [uid, start]), address).toEqual(expected.map(({ id, start }) => [id, Date.parse(start)]));
    for (const { id, cancelled } of expected) {
      const { title, status } = events.find(({ uid }) => uid === id);
      expect([title.startsWith("【已取消】"), status], title).toEqual(cancelled ? [true, "CANCELLED"] : [false, "CONFIRMED"]);
    }
  }
  expect((await page.request.get("/calendar/banzha.ics?category=karaoke")).status()).toBe(422);
  expect((await page.request.get(`/calendar/team/${some.id}.ics`)).status()).toBe(404);
});

test("a poster fits on one sheet, and its code leads to the date", async ({ page, baseURL }, info) => {
  const date = await someDate(page);
  await opened(page, `/a/${date.id}`);
  await page.getByRole("link", { name: "做海报" }).click();
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { level: 1 })).toHaveText(date.title);
  for (const text of [date.place, date.team.name, "农历", `/a/${date.id}`]) await expect(main).toContainText(text);
  await expect(main.getByRole("button", { name: "打印" })).toBeVisible();
  const code = main.locator("figure img");
  await code.evaluate((image) => image.decode());
  const { greys, side } = await code.evaluate((image) => {
    const side = 246;
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, side, side);
    return { greys: [...context.getImageData(0, 0, side, side).data.filter((_, at) => at % 4 === 0)], side };
  });
  const pixels = Uint8ClampedArray.from(greys.flatMap((grey) => [grey, grey, grey, 255]));
  expect(jsQR(pixels, side, side)?.data).toBe(`${baseURL}/a/${date.id}`);
  await page.emulateMedia({ media: "print" });
  const sheet = await page.pdf({ path: info.outputPath("poster.pdf"), preferCSSPageSize: true });
  await info.attach("poster", { body: sheet, contentType: "application/pdf" });
  expect(sheet.toString("latin1").match(/\/Type\s*\/Page\b/g), "one sheet").toHaveLength(1);
  await expect(main.getByRole("button", { name: "打印" })).toBeHidden();
});

test("one's own calendar has an address that its phone made, and another one ends it", async ({ page, phone }) => {
  await signInAs(page, "resident");
  await opened(page, "/me/settings");
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "做一个日历地址" }).click();
  const address = main.getByText(/\/calendar\/own\/[0-9a-f]{32}\.ics$/);
  const first = await address.innerText();
  await expect(main.getByRole("link", { name: "放进手机日历" })).toHaveAttribute("href", first.replace(/^http:/, "webcal:"));
  const stranger = await phone();
  const feed = await stranger.request.get(first);
  expect(feed.headers()["cache-control"]).toBe("private, no-cache");
  const events = eventsOf(await feed.text());
  expect(events.some(({ title }) => title.includes("手机课")), JSON.stringify(events)).toBe(true);
  expect(events.every(({ attendees }) => attendees === 0)).toBe(true);

  await page.reload();
  await expect(address).toHaveText(first);
  await main.getByRole("button", { name: "换一个地址" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "换一个地址" }).click();
  await expect(address).not.toHaveText(first);
  const second = await address.innerText();
  expect((await stranger.request.get(first)).status()).toBe(404);
  expect((await stranger.request.get(second)).status()).toBe(200);

  const other = await phone();
  await signInAs(other, "resident");
  await opened(other, "/me/settings");
  await expect(other.getByRole("main")).toContainText("在做它的那台手机上才看得到");
});
