// The worker that opens the app without a network. It knows one complete build, checked file by file, and nothing of
// any person: pages are answered with the empty shell, and what lies under /api is never touched.
const BUILD = "{{BUILD}}";
const ASSETS = ["{{ASSETS}}"];
const SHELL = ASSETS.find((asset) => asset.url.includes("/shell.")).url;
const CACHE = "shell-" + BUILD;
const PATHS = new Set(ASSETS.map((asset) => asset.url));
const MATCH = { ignoreVary: true, ignoreSearch: true };

// All or nothing: one file that cannot be had or is not what was built, and the build before stays.
async function install() {
  const fresh = await caches.open(CACHE);
  await Promise.all(ASSETS.map(async ({ url, integrity, type }) => {
    const known = url.startsWith("/assets/") && (await caches.match(url, MATCH));
    const response = known || (await fetch(url, {
      integrity,
      // A hashed name never changes, so the browser's own copy will do; anything else is asked for anew.
      cache: url.startsWith("/assets/") ? "default" : "no-cache",
    }));
    const kind = (response.headers.get("content-type") || "").split(";")[0].trim();
    if (!response.ok || response.redirected || kind !== type) {
      throw new Error("not what was built: " + url + " " + response.status + " " + kind);
    }
    await fresh.put(url, response);
  }));
  if (!self.registration.active) {
    await self.skipWaiting();
  }
}

// The build before is kept: pages that are still open use its files.
async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith("shell-"));
  const old = names.filter((name) => name !== CACHE);
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request, path) {
  const cached = await caches.match(path, MATCH);
  return cached || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "activate") {
    self.skipWaiting();
  }
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isOurs = request.method === "GET" && origin === self.location.origin && !request.headers.has("range");
  if (!isOurs || /^\/(api|calendar|livez|readyz|metrics)(\/|$)/.test(pathname)) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(answer(request, SHELL));
  } else if (PATHS.has(pathname) || pathname.startsWith("/assets/")) {
    event.respondWith(answer(request, pathname));
  }
});
