// Keeps this page where there is no line: its document and files, and nothing else. Keys and status
// lists are the page's own to fetch and to keep (carried.js), because it shows how old they are.

const SHELF = "verifier";
const ROOT = "/verify/";

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

/** The document, and every file that it names: they carry their version in their address. */
async function keep() {
  const shelf = await caches.open(SHELF);
  const answer = await fetch(ROOT, { cache: "reload" });
  if (!answer.ok) throw new Error("the page is not to be had");
  const document = await answer.clone().text();
  const tree = /data-tree="([^"]+)"/.exec(document)[1];
  const files = (await (await fetch(`${tree}files.json`)).json()).map((name) => tree + name);
  await shelf.addAll(files);
  await shelf.put(ROOT, answer);
  await forgetOthers(shelf, files);
}

async function forgetOthers(shelf, files) {
  for (const one of await shelf.keys()) {
    const { pathname } = new URL(one.url);
    if (pathname !== ROOT && !files.includes(pathname)) await shelf.delete(one);
  }
}

/** The line first for the document, so that a new version is seen; what is kept for its files. */
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || !pathname.startsWith(ROOT)) return;
  event.respondWith(pathname === ROOT ? document(event.request) : file(event.request));
});

async function document(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) keep().catch(() => {});
    return answer;
  } catch {
    return (await caches.match(ROOT)) ?? Response.error();
  }
}

const file = async (request) => (await caches.match(request)) ?? fetch(request);
