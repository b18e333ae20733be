// The worker that opens the app without a network. It knows one complete build, checked file by file, and nothing of
// any person: pages are answered with the empty shell, and what lies under /api is never touched.
const BUILD = "{{BUILD}}";
const ASSETS = ["{{ASSETS}}"];
const SHELL = ASSETS.find((asset) => asset.url.startsWith("/assets/shell.")).url;
const CACHE = "shell-" + BUILD;
// Remembers the build that ran last, which is not always the one that was fetched last.
const LAST = "last-build";
const PATHS = new Set(ASSETS.map((asset) => asset.url));
const MATCH = { ignoreVary: true, ignoreSearch: true };

// What the worker never touches.
const OTHERS = ["api", "calendar", "livez", "readyz", "metrics"];
const isOthers = (path) => OTHERS.includes(path.split("/")[1]);

const isHashed = (path) => path.startsWith("/assets/");

// What another build keeps under the same hash is not fetched again, unless it has gone bad meanwhile.
async function copyOfAnotherBuild({ url, integrity }) {
  const copy = isHashed(url) && (await caches.match(url, MATCH));
  if (!copy) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await copy.clone().arrayBuffer()));
  return integrity === "sha256-" + btoa(String.fromCharCode(...digest)) ? copy : null;
}

// A hashed name never changes, so the browser's own copy will do; of anything else it is asked whether it still holds. Where
// that copy is not a good one, no copy will do: a server that is asked whether it holds knows only which one it should be.
async function download({ url, integrity }) {
  const cache = isHashed(url) ? "default" : "no-cache";
  return fetch(url, { integrity, cache }).catch(() => fetch(url, { integrity, cache: "reload" }));
}

async function fetchWhatWasBuilt(asset) {
  const { url, type } = asset;
  const response = (await copyOfAnotherBuild(asset)) || (await download(asset));
  const kind = (response.headers.get("content-type") || "").split(";")[0].trim();
  if (!response.ok || response.redirected || kind !== type) {
    throw new Error("not what was built: " + url + " " + response.status + " " + kind);
  }
  return response;
}

// Where the browser can be told, it does not wake the worker for what is none of its business. One that is to make room for
// the next has to be left alone for a moment, and a phone that asks the server again and again would not leave it.
async function leaveToTheServer(event) {
  const patterns = OTHERS.flatMap((name) => ["/" + name, "/" + name + "/*"]);
  const or = patterns.map((pathname) => ({ urlPattern: { pathname } }));
  await event.addRoutes({ condition: { or }, source: "network" });
}

// All or nothing: one file that cannot be had or is not what was built, and the build before stays.
async function install(event) {
  // Only a convenience: a browser that cannot asks the worker, and gets the same.
  if (event.addRoutes) await leaveToTheServer(event).catch(() => {});
  const fresh = await caches.open(CACHE);
  const put = async (asset) => fresh.put(asset.url, await fetchWhatWasBuilt(asset));
  const failed = (await Promise.allSettled(ASSETS.map(put))).find((one) => one.status === "rejected");
  if (failed) {
    await caches.delete(CACHE);
    throw failed.reason;
  }
  // Another build that took over meanwhile may have thrown this one away.
  if (!(await caches.has(CACHE))) {
    throw new Error("thrown away while it was fetched: " + CACHE);
  }
  if (!self.registration.active) {
    await self.skipWaiting();
  }
}

// The build that ran before is kept: pages that are still open use its files.
async function activate() {
  const last = await caches.open(LAST);
  const before = await last.match("/name").then((name) => name && name.text());
  // While yet another one is coming, what is there may be half of it: then the old ones go with that.
  const { installing, waiting } = self.registration;
  const names = installing || waiting ? [] : (await caches.keys()).filter((name) => name.startsWith("shell-"));
  await Promise.all(names.filter((name) => name !== CACHE && name !== before).map((name) => caches.delete(name)));
  await last.put("/name", new Response(CACHE));
  await self.clients.claim();
}

// A hashed name means the same in every build. Any other belongs to this one.
async function answer(request, path) {
  const cached = await caches.match(path, isHashed(path) ? MATCH : { ...MATCH, cacheName: CACHE });
  return cached || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install(event)));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "activate") {
    self.skipWaiting();
  } else if (event.data === "claim") {
    event.waitUntil(self.clients.claim());
  }
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isOurs = request.method === "GET" && origin === self.location.origin && !request.headers.has("range");
  if (!isOurs || isOthers(pathname)) {
    return;
  }
  if (PATHS.has(pathname) || isHashed(pathname)) {
    event.respondWith(answer(request, pathname));
  } else if (request.mode === "navigate" && !/\.\w+$/.test(pathname)) {
    // Always from the cache, without a race against a network that may be a lie.
    event.respondWith(answer(request, SHELL));
  }
});
