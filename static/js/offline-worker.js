// The service worker: it lets the scan page open while the server cannot be
// reached. The server writes VERSION, SHELL (addresses to fetch at once), LATER
// (those that can wait), PAGE and WARD (the pages it stands in for) before this
// text. It keeps files of the product and one page that knows nobody; it keeps
// no page of a person, no answer to a scan and nothing that was asked for.
/* global VERSION, SHELL, LATER, PAGE, WARD */
const PREFIX = "trueward-";
const CACHE = PREFIX + VERSION;
const PATIENCE = 10_000; // ms until a page that does not come is given up
const GONE = [502, 503, 504]; // a gateway in front that lost the server

self.addEventListener("install", (event) => event.waitUntil(fill()));

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...SHELL, new Request(PAGE, { cache: "reload", credentials: "omit" })]);
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
  caches.open(CACHE).then((cache) => cache.addAll(LATER)).catch(() => { /* the next start tries again */ });
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  // Other pages go past this worker, and none is asked for ahead: a tag's
  // address is good for one request.
  if (request.mode === "navigate") {
    if (WARD.some((path) => pathname === path || pathname.startsWith(path + "/"))) event.respondWith(page(event));
  } else if (pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});

async function page(event) {
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE, new Error("no answer")));
  try {
    const answer = await Promise.race([fetch(event.request), late]);
    if (!GONE.includes(answer.status)) return answer;
    return (await standIn()) ?? answer;
  } catch (failure) {
    const shell = await standIn();
    if (shell) return shell;
    throw failure;
  }
}

async function standIn() {
  const cache = await caches.open(CACHE);
  return cache.match(PAGE, { ignoreVary: true });
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}
