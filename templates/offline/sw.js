// The service worker: without a network the members' pages open as one wordless shell, which shows what is kept on this
// device. It stores the files named here and nothing else: no page, no answer, nobody's words.

const VERSION = "{{ version }}";
const CACHE = `hisho-${VERSION}`;
const SHELL = "{{ shell }}";
const FILES = [{% for file in files %}
  "{{ file }}",{% endfor %}
];
const STATIC = "{{ static_url }}";
const PAGES = /^\/(cohorts\/.*)?$/;
const UNCHANGING = /\.[0-9a-f]{12}\.\w+$/; // its name carries its hash
const UNREACHABLE = [502, 503, 504];
const PATIENCE = 10_000;

self.addEventListener("install", (event) => {
  // What a page sends as it is left must not wait for this worker: on the way through it, it got lost.
  event.waitUntil(event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" })?.catch(() => {}));
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith(STATIC)) event.respondWith(findFile(request, pathname));
  else if (request.mode === "navigate" && PAGES.test(pathname)) event.respondWith(openPage(request));
});

// All or nothing: half a set would be a page that does not start.
async function install() {
  const isNew = !(await caches.has(CACHE));
  const cache = await caches.open(CACHE);
  try {
    await keepShell(cache);
    await cache.addAll(FILES);
  } catch (error) {
    if (isNew) await caches.delete(CACHE);
    throw error;
  }
  await self.skipWaiting();
}

// While a deploy rolls out, another server may answer with the shell before: then the browser asks again later.
async function keepShell(cache) {
  const page = await fetch(SHELL, { cache: "reload" });
  const isOurs = (await page.clone().text()).includes(`<meta name="version" content="${VERSION}">`);
  if (!page.ok || !isOurs) throw new Error("the shell is of another version");
  await cache.put(SHELL, page);
}

// A page opened before a deploy still finds its files: those of the version before stay one round.
async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith("hisho-") && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function findKept(request) {
  const options = { ignoreVary: true };
  return (await (await caches.open(CACHE)).match(request, options)) ?? caches.match(request, options);
}

async function findFile(request, pathname) {
  if (UNCHANGING.test(pathname)) return (await findKept(request)) ?? fetch(request);
  return fetch(request).catch(async (error) => {
    const kept = await findKept(request);
    if (kept) return kept;
    throw error;
  });
}

async function openPage(request) {
  const page = fetch(request);
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const answer = await Promise.race([page, late]).catch(() => null);
  if (answer && !UNREACHABLE.includes(answer.status)) return answer;
  page.catch(() => {});
  return (await findKept(SHELL)) ?? page;
}
