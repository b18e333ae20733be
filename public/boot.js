// Dresses the page before its first drawing, starts the app and watches that it starts. Repair throws away what can be
// fetched again (worker and its files) and never what is not sent yet (IndexedDB). After two starts in a row that failed it
// repairs by itself, once until the app has started again; from then on it is left to its person.
//
// In the worker's copy of the page it blocks, in the head: later, the large-text version would flash up small. The server
// has dressed what it sends by the phone's cookie, so there it waits and keeps nobody from reading.
const PATIENCE_MS = 15000;
// How many starts in a row have failed; or that it was repaired since, and is not by itself again.
const FAILED = "lifehub.failed";
const REPAIRED = "repaired";
const root = document.documentElement;
const own = document.currentScript;

// As `prefs::apply` of the app does; anything else that may stand there is left to the app.
function dress() {
  let prefs;
  try {
    prefs = JSON.parse(localStorage.getItem("lifehub.prefs"));
  } catch {
    // Storage is forbidden, or what lies in it is broken.
  }
  const { language, theme, mode, step } = prefs ?? {};
  if (["zh-CN", "en"].includes(language)) root.lang = language;
  if (["light", "dark"].includes(theme)) root.dataset.theme = theme;
  if (["standard", "elder"].includes(mode)) root.dataset.mode = mode;
  if ([17, 20, 22, 26, 30].includes(step)) root.dataset.step = step;
}

// Without a network nothing could be fetched again: then what is here stays, broken as it may be.
const isServerThere = () => fetch("/livez", { cache: "no-store" }).then((answer) => answer.ok, () => false);

async function repairAsAsked({ currentTarget: button }) {
  button.disabled = true;
  if (await isServerThere()) {
    await repair();
    return;
  }
  document.getElementById("repair-offline").hidden = false;
  button.disabled = false;
}

async function repair() {
  try {
    const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
    await Promise.all(registrations.map((registration) => registration.unregister()));
    const names = (await window.caches?.keys()) ?? [];
    await Promise.all(names.map((name) => caches.delete(name)));
    // The browser keeps hashed files for a year; a broken copy of one would be the same after loading anew.
    const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const files = loaded.filter((url) => url.origin === location.origin && url.pathname.startsWith("/assets/"));
    await Promise.allSettled(files.map((url) => fetch(url, { cache: "reload" }).then((answer) => answer.blob())));
  } finally {
    location.reload();
  }
}

// Where storage is forbidden nothing is counted, and nothing repaired that nobody asked for.
function noteFailure() {
  try {
    const before = localStorage.getItem(FAILED);
    if (before !== REPAIRED) localStorage.setItem(FAILED, before ? "2" : "1");
    return before === "1" || before === "2";
  } catch {
    return false;
  }
}

async function notice() {
  if (noteFailure() && (await isServerThere()) && !root.hasAttribute("data-booted")) {
    localStorage.setItem(FAILED, REPAIRED);
    await repair();
  }
}

function forgetFailures() {
  try {
    localStorage.removeItem(FAILED);
  } catch {
    // Then none was counted.
  }
}

function start() {
  const panel = document.getElementById("repair");
  const { app } = own.dataset;
  const lookAfter = () => { panel.hidden = root.hasAttribute("data-booted"); };
  document.getElementById("repair-button").addEventListener("click", repairAsAsked);
  let hasFailed = false;
  const fail = () => {
    if (hasFailed || root.hasAttribute("data-booted")) return;
    hasFailed = true;
    notice();
  };
  setTimeout(() => {
    lookAfter();
    // What is still on its way over a slow line, or in a tab that nobody looks at, has not failed.
    const isHere = performance.getEntriesByName(new URL(app + "/app.wasm", location).href).length > 0;
    if (isHere && !document.hidden) fail();
  }, PATIENCE_MS);
  // A slow phone may still make it: then the panel goes away by itself.
  const booted = () => {
    panel.hidden = true;
    forgetFailures();
  };
  new MutationObserver(booted).observe(root, { attributeFilter: ["data-booted"] });

  const giveUp = (error) => {
    console.error(error);
    lookAfter();
    fail();
  };
  import(app + "/app.js").then((script) => script.default({ module_or_path: app + "/app.wasm" })).catch(giveUp);
}

dress();
document.addEventListener("DOMContentLoaded", start);

if ("serviceWorker" in navigator) {
  // After the first drawing: installing must not compete with it for a slow line. Without a worker, in a private window
  // or a full phone, the app runs and needs a network to start.
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {}));
}
