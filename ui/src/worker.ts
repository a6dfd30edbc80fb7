// The service worker of the duty page: keeps its shell, so that it opens without network. Data are the page's own.

interface Lasting extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Lasting { request: Request; respondWith(answer: Promise<Response>): void }
interface Scope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
  addEventListener(kind: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
}
const scope = self as unknown as Scope;

const CACHE = "anlan-duty-1";
const HOME = new URL("./", scope.location.href).pathname;
const STATIC = /(?:src|href)="(\/static\/[^"?#]+)"/g;
const HASHED = /\/static\/dist\/assets\//;
const WAIT_MS = 4_000;

scope.addEventListener("install", (event) => {
  event.waitUntil(fetchShell().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === HOME) event.respondWith(opened(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event));
});

async function forgetOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("anlan-duty-") && name !== CACHE) await caches.delete(name);
}

async function fetchShell(): Promise<void> {
  const answer = await fetch(HOME, { credentials: "same-origin", cache: "no-store" });
  if (!isShell(answer)) throw new Error("the duty page did not answer");
  await keepShell(answer);
}

function isShell(answer: Response): boolean {
  return answer.ok && !answer.redirected && answer.type === "basic";
}

/** Keep what the page needs first and the page last, so that a kept page never misses a part. */
async function keepShell(answer: Response): Promise<void> {
  const cache = await caches.open(CACHE);
  const needed = new Set([...(await answer.clone().text()).matchAll(STATIC)].map((found) => found[1]!));
  await Promise.all([...needed].map(async (path) => {
    if (!HASHED.test(path) || !(await cache.match(path))) await cache.add(path);
  }));
  await cache.put(HOME, answer);
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    if (/\.(?:js|css)$/.test(path) && !needed.has(path)) await cache.delete(request);
  }
}

/** The network's page if it comes soon, else the kept one. */
async function opened(event: Fetching): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(HOME);
  const live = fetch(event.request).then((answer) => {
    if (isShell(answer)) event.waitUntil(keepShell(answer.clone()).catch(() => undefined));
    return answer.status >= 500 && kept ? kept.clone() : answer;
  });
  if (!kept) return live;
  const patience = new Promise<Response>((done) => setTimeout(() => done(kept.clone()), WAIT_MS));
  return Promise.race([live.catch(() => kept.clone()), patience]);
}

/** Hashed files never change; the few others are renewed in passing. */
async function asset(event: Fetching): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(event.request);
  if (kept && HASHED.test(event.request.url)) return kept;
  const live = fetch(event.request).then(async (answer) => {
    if (answer.ok) await cache.put(event.request, answer.clone());
    return answer;
  });
  if (!kept) return live;
  event.waitUntil(live.catch(() => undefined));
  return kept;
}
