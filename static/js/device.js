// On every page: the service worker is registered, the key on this device belongs to whoever is signed in, and words
// that wait here are sent from wherever she is.

import { deliver } from "./delivery.js";
import { countUnsent, forgetKeys, openJournal } from "./journal.js";
import { showLeft } from "./left.js";
import { whoIsHere } from "./session.js";
import { askBeforeSigningOut } from "./signout.js";

const RETRY = [1_000, 2_000, 4_000, 6_000];
const HIDDEN = 30_000;

function register() {
  navigator.serviceWorker?.register("/sw.js").catch(() => {}); // a convenience: without it pages need the network
}

class Courier {
  constructor(user, csrfCookie) {
    Object.assign(this, { user, csrfCookie, attempt: 0, round: null });
    addEventListener("online", () => this.start());
    addEventListener("focus", () => this.start());
    addEventListener("pageshow", (event) => event.persisted && this.start());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.start());
  }

  start() {
    this.round ??= this.work().catch(() => {}).finally(() => { this.round = null; });
  }

  async work() {
    clearTimeout(this.timer);
    if (!(await countUnsent(this.user))) {
      await showLeft([]);
      return;
    }
    this.plan(); // whatever goes wrong below
    let journal = null;
    let left = document.querySelector("[data-worksheet]") ? [] : [{ kind: "retry" }]; // something is, whatever it is
    try {
      journal = await openJournal(this.user);
      left = await deliver(journal, this.csrfCookie);
      if (!left.some((entry) => entry.kind === "retry")) clearTimeout(this.timer);
    } finally {
      await showLeft(left, journal);
    }
  }

  plan() {
    const wait = RETRY[Math.min(this.attempt++, RETRY.length - 1)];
    const pause = document.visibilityState === "visible" ? wait : HIDDEN;
    this.timer = setTimeout(() => this.start(), pause * (0.8 + Math.random() * 0.4));
  }
}

async function begin({ content, dataset }) {
  const user = Number(content) || null;
  // A page may come for nobody though somebody is signed in: what another site posts here brings no cookie along.
  const isSure = user || (await whoIsHere().catch(() => null))?.user === null;
  if (isSure) await forgetKeys(user).catch(() => {});
  if (user) new Courier(user, dataset.csrfCookie).start();
}

if (document.readyState === "complete") register();
else addEventListener("load", register);

// A page that the server did not make for anybody says nothing about who is signed in.
const meta = document.querySelector('meta[name="user"]');
if (meta) {
  begin(meta);
  askBeforeSigningOut(Number(meta.content) || null, meta.dataset.csrfCookie);
}
