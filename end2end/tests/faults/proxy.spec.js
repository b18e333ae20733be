// The proxy itself: each fault does what it says, to plain answers and to those without end, and one that does nothing is
// noticed.
import { createServer } from "node:http";
import { expect, test as base } from "@playwright/test";
import {
  delay, dropAnswer, dropRequest, duplicate, hold, holdAnswer, pass, portal, reset, rewrite, status, throttle, truncate,
} from "../../fixtures/faults.js";
import { carriesCommands, startProxy } from "../../fixtures/proxy.js";

const SAID = JSON.stringify({ said: "0123456789".repeat(20) });

/** A server that counts what it gets, and one address whose answer never ends. */
const test = base.extend({
  upstream: async ({}, use) => {
    const got = [];
    const server = createServer(async (incoming, outgoing) => {
      let body = "";
      for await (const part of incoming) body += part;
      got.push(body);
      if (incoming.url === "/api/live") {
        outgoing.writeHead(200, { "content-type": "text/event-stream" });
        outgoing.write("data: 1\n\n");
        incoming.socket.once("close", () => got.push("gone"));
        return;
      }
      outgoing.writeHead(200, { "content-type": "application/json" });
      outgoing.end(SAID);
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    await use({ url: `http://127.0.0.1:${server.address().port}`, got });
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  },
  proxy: async ({ upstream }, use) => {
    const proxy = await startProxy(upstream.url);
    await use(proxy);
    await proxy.stop();
  },
});

const ask = async (proxy, body, path = "/api/sync") => {
  const answer = await fetch(proxy.url + path, { method: "POST", body: JSON.stringify(body ?? {}) });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};
const breaks = (promise) => expect(promise).rejects.toThrow();

test("without a rule everything passes, and it is told what arrived", async ({ proxy, upstream }) => {
  expect((await ask(proxy, { n: 1 })).text).toBe(SAID);
  expect(upstream.got).toEqual(['{"n":1}']);
  expect(proxy.arrived).toEqual([{ method: "POST", path: "/api/sync", body: { n: 1 }, status: 200, answer: JSON.parse(SAID) }]);
});

test("what is dropped does not arrive, and nothing comes back", async ({ proxy, upstream }) => {
  proxy.on({ path: "/api/sync" }, dropRequest());
  const patience = new AbortController();
  const asking = breaks(fetch(`${proxy.url}/api/sync`, { method: "POST", signal: patience.signal }));
  await expect.poll(() => proxy.asked).toHaveLength(1);
  patience.abort();
  await asking;
  expect(upstream.got).toEqual([]);
});

test("an answer that is dropped took effect before", async ({ proxy, upstream }) => {
  proxy.on({}, dropAnswer());
  await breaks(ask(proxy));
  expect(upstream.got).toHaveLength(1);
  expect(proxy.arrived[0].answer).toEqual(JSON.parse(SAID));
});

for (const isConcurrent of [false, true]) {
  test(`what is doubled arrives so often and is answered once: ${isConcurrent ? "at once" : "in turn"}`, async ({ proxy, upstream }) => {
    proxy.on({}, duplicate(5, { isConcurrent }));
    expect((await ask(proxy, { n: 1 })).text).toBe(SAID);
    expect(upstream.got).toEqual(Array(5).fill('{"n":1}'));
    expect(proxy.arrived).toHaveLength(5);
  });
}

test("what is held back arrives after what was sent later", async ({ proxy, upstream }) => {
  const first = hold();
  proxy.on({ nth: 1 }, first);
  const late = ask(proxy, { n: 1 });
  await first.held();
  await ask(proxy, { n: 2 });
  first.release();
  await late;
  expect(upstream.got).toEqual(['{"n":2}', '{"n":1}']);
});

test("what is held back arrives even if nobody waits for it any more", async ({ proxy, upstream }) => {
  const first = hold();
  proxy.on({ nth: 1 }, first);
  const goes = new AbortController();
  const late = fetch(proxy.url, { method: "POST", body: "1", signal: goes.signal });
  await first.held();
  goes.abort();
  await breaks(late);
  first.release();
  await expect.poll(() => upstream.got).toEqual(["1"]);
});

test("an answer that is held back comes after a later one", async ({ proxy, upstream }) => {
  const first = holdAnswer();
  proxy.on({ nth: 1 }, first);
  let hasCome = false;
  const late = ask(proxy, { n: 1 }).then(() => (hasCome = true));
  await first.held();
  await ask(proxy, { n: 2 });
  expect(upstream.got).toEqual(['{"n":1}', '{"n":2}']);
  expect(hasCome).toBe(false);
  first.release();
  await late;
});

test("an answer is cut short, or breaks off, or the connection breaks before", async ({ proxy, upstream }) => {
  proxy.on({ nth: 1 }, truncate(10));
  expect((await ask(proxy)).text).toBe(SAID.slice(0, 10));
  proxy.on({ nth: 1 }, reset({ after: 10 }));
  await breaks(ask(proxy));
  expect(upstream.got).toHaveLength(2);
  proxy.on({ nth: 1 }, reset());
  await breaks(ask(proxy));
  expect(upstream.got).toHaveLength(2);
});

test("a slow line takes its time, and a late request as well", async ({ proxy }) => {
  const clock = async (work) => {
    const from = performance.now();
    expect((await work()).text).toBe(SAID);
    return performance.now() - from;
  };
  proxy.on({ nth: 1 }, throttle(1_000));
  expect(await clock(() => ask(proxy))).toBeGreaterThan(150);
  proxy.on({ nth: 1 }, delay(150));
  expect(await clock(() => ask(proxy))).toBeGreaterThan(140);
});

test("somebody else answers, or changes what is said", async ({ proxy, upstream }) => {
  proxy.on({ nth: 1 }, status(503, { "retry-after": "1" }));
  expect((await ask(proxy)).status).toBe(503);
  proxy.on({ nth: 1 }, portal());
  expect(await ask(proxy)).toMatchObject({ status: 200, type: "text/html; charset=utf-8" });
  expect(upstream.got).toEqual([]);
  proxy.on({ nth: 1 }, rewrite((text) => text.replace("0123", "abcd")));
  expect((await ask(proxy)).text).toContain("abcd456789");
});

test("an answer without end comes as it is said, breaks off, and ends for the server when its reader goes", async ({ proxy, upstream }) => {
  const listen = async () => {
    const goes = new AbortController();
    const answer = await fetch(`${proxy.url}/api/live`, { signal: goes.signal });
    const reader = answer.body.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe("data: 1\n\n");
    return { goes, reader };
  };
  const { goes } = await listen();
  goes.abort();
  await expect.poll(() => upstream.got).toContain("gone");
  const { reader } = await listen();
  proxy.cutAll();
  await breaks(reader.read());
});

test("a rule is for the requests it names", async ({ proxy, upstream }) => {
  const second = proxy.on({ path: "/api/sync", method: "POST", nth: [2, 3], when: carriesCommands }, dropAnswer());
  await ask(proxy, { commands: [1] });
  await ask(proxy, { commands: [] });
  await ask(proxy, { commands: [1] }, "/elsewhere");
  expect(second.hits).toBe(0);
  await breaks(ask(proxy, { commands: [1] }));
  await breaks(ask(proxy, { commands: [1] }));
  await ask(proxy, { commands: [1] });
  expect(second.hits).toBe(2);
  proxy.on({ path: /^\/else/ }, status(503));
  expect((await ask(proxy, {}, "/elsewhere?x=1")).status).toBe(503);
  proxy.heal();
  expect((await ask(proxy, {}, "/elsewhere")).status).toBe(200);
  expect(upstream.got).toHaveLength(7);
});

test("a fault that never happened is noticed", async ({ upstream }) => {
  const proxy = await startProxy(upstream.url);
  proxy.on({ path: "/api/sink" }, dropRequest());
  proxy.on({ path: "/api/sync" }, pass());
  await ask(proxy);
  await expect(proxy.stop()).rejects.toThrow("never carried out: drop the request on {\"path\":\"/api/sink\"}");
});
