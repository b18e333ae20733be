// Starts the app and watches that it starts. Repair throws away what can be fetched again (worker and its files) and
// never what is not sent yet (IndexedDB).
const own = document.querySelector("script[data-module]");
const PATIENCE_MS = 20000;

async function repair() {
  if ("serviceWorker" in navigator) {
    const registrations = await navigator.serviceWorker.getRegistrations();
    await Promise.all(registrations.map((registration) => registration.unregister()));
  }
  if ("caches" in window) {
    const names = await caches.keys();
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  location.reload();
}

function showRepair() {
  if (!document.documentElement.hasAttribute("data-booted")) {
    document.getElementById("repair").hidden = false;
  }
}

document.getElementById("repair-button").addEventListener("click", repair);
const guard = setTimeout(showRepair, PATIENCE_MS);

import(own.dataset.script)
  .then((app) => app.default({ module_or_path: own.dataset.module }))
  .then(() => clearTimeout(guard))
  .catch((error) => {
    console.error(error);
    clearTimeout(guard);
    showRepair();
  });

if ("serviceWorker" in navigator) {
  // After the first drawing: installing must not compete with it for a slow line.
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {}));
}
