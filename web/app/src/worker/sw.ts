/**
 * The service worker: shows notifications, and keeps the app's files so that
 * it opens without a connection. It never touches what the server's API says.
 */
import type { FromWorker, Notice, ToWorker } from "./messages";

declare const self: ServiceWorkerGlobalScope;

const CACHE = "parley-1";

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

// ------------------------------------------------------------------- files

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/assets/"))
    event.respondWith(fromCacheFirst(request));
  else if (url.pathname === "/" || url.pathname === "/favicon.svg")
    event.respondWith(fromServerFirst(request));
});

/** The page that is open came before there was a worker to keep it. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(["/", "/favicon.svg"]);
  const page = await (await cache.match("/", { ignoreVary: true }))?.text();
  const files = page?.match(/\/assets\/[^"]+/g) ?? [];
  await cache.addAll(files);
}

/** Files with a hash in their name never change. */
async function fromCacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await find(cache, request)) ?? fetchAndKeep(cache, request);
}

async function fromServerFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    return await fetchAndKeep(cache, request);
  } catch (why) {
    const kept = await find(cache, request);
    if (kept) return kept;
    throw why;
  }
}

/** Whoever asks, and however it was compressed: it is the same file. */
function find(cache: Cache, request: Request): Promise<Response | undefined> {
  return cache.match(request, { ignoreVary: true });
}

async function fetchAndKeep(cache: Cache, request: Request): Promise<Response> {
  const response = await fetch(request);
  if (!response.ok) return response;
  await cache.put(request, response.clone());
  if (new URL(request.url).pathname === "/") await dropOld(cache, response);
  return response;
}

/** Files that the newest page does not name are of an older version. */
async function dropOld(cache: Cache, index: Response): Promise<void> {
  const page = await index.clone().text();
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/assets/") && !page.includes(pathname))
      await cache.delete(request);
  }
}

// ----------------------------------------------------------- notifications

self.addEventListener("message", (event) => {
  const { notify } = event.data as ToWorker;
  event.waitUntil(showUnlessSeen(notify));
});

self.addEventListener("push", (event) => {
  const { notice, unread } = read(event.data);
  event.waitUntil(Promise.all([showUnlessSeen(notice), showUnread(unread)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as Notice).conv));
});

/** A push message may say less than a page knows, or nothing. */
function read(data: PushMessageData | null): {
  notice: Notice;
  unread: number | undefined;
} {
  let said: Partial<Record<string, unknown>> = {};
  try {
    said = (data?.json() ?? {}) as typeof said;
  } catch {
    // It is shown that something came.
  }
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const { conv, title, body, badge } = said;
  return {
    notice: {
      conv: text(conv),
      title: text(title) || "Parley",
      body: text(body) || "You have a new message.",
    },
    unread: typeof badge === "number" ? badge : undefined,
  };
}

/** Only an installed app has a badge. */
async function showUnread(unread: number | undefined): Promise<void> {
  const { setAppBadge } = self.navigator as { setAppBadge?: unknown };
  if (unread === undefined || !setAppBadge) return;
  await self.navigator.setAppBadge(unread).catch(() => {});
}

async function showUnlessSeen(notice: Notice): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.some((page) => page.visibilityState === "visible")) return;
  const { conv, title, body } = notice;
  // The newest of a conversation takes the place of the one before.
  await self.registration.showNotification(title, {
    ...{ body, tag: conv || "parley", data: notice },
    icon: "/favicon.svg",
  });
}

async function open(conv: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages[0];
  if (!page) {
    const hash = conv ? `#/c/${encodeURIComponent(conv)}` : "";
    await self.clients.openWindow(`/${hash}`);
    return;
  }
  const message: FromWorker = { open: conv };
  if (conv) page.postMessage(message);
  await page.focus();
}
