// Keeps a page up to date: asks for it every few seconds while somebody looks at it, and takes over what is new.
// What stands outside of its regions, boxes above all, is never touched.

import { clockIn } from "../clock.js";
import { Regions } from "./regions.js";

const EVERY = 5_000;
const SLOWEST = 30_000;
const PATIENCE = 15_000;
const GONE = [401, 403, 404, 410];

class LivePage {
  constructor(page) {
    this.etag = page.dataset.etag;
    this.regions = new Regions(page);
    this.status = document.querySelector("[data-live-status]");
    this.clock = clockIn(this.status?.dataset.timeZone);
    this.checkedAt = new Date();
    this.failures = 0;
    const look = () => document.visibilityState === "visible" && this.ask();
    document.addEventListener("visibilitychange", look);
    document.addEventListener("hisho:changed", () => this.ask());
    addEventListener("pageshow", (event) => event.persisted && look());
    addEventListener("online", look);
    this.say(this.status?.dataset.checked);
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    const wait = Math.min(EVERY * 2 ** this.failures, SLOWEST) * (0.9 + Math.random() * 0.2);
    this.timer = setTimeout(() => (document.visibilityState === "visible" ? this.ask() : this.plan()), wait);
  }

  // One request at a time; what happens meanwhile is asked for right after it.
  async ask() {
    this.isLate = true;
    if (this.isAsking || this.isClosed) return;
    this.isAsking = true;
    while (this.isLate && !this.isClosed) {
      this.isLate = false;
      await this.askOnce();
    }
    this.isAsking = false;
    if (!this.isClosed) this.plan();
  }

  async askOnce() {
    try {
      await this.take(await this.request());
      this.failures = 0;
      this.checkedAt = new Date();
      if (!this.isClosed) this.say(this.status?.dataset.checked);
      document.dispatchEvent(new CustomEvent("hisho:checked"));
    } catch {
      this.failures += 1;
      this.say(this.status?.dataset.stale);
    }
  }

  request() {
    const headers = { "X-Live": "1", "If-None-Match": `"${this.etag}"` };
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(location.pathname + location.search, { headers, signal, redirect: "manual", cache: "no-store" });
  }

  async take(answer) {
    const isAway = answer.type === "opaqueredirect" || answer.status === 401;
    if (isAway || GONE.includes(answer.status)) this.close(isAway);
    else if (answer.status !== 304) {
      if (!answer.ok) throw new Error(`${answer.status}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live-page]");
      if (!fresh) throw new Error("Another page came.");
      this.regions.take(fresh);
      this.etag = fresh.dataset.etag;
      document.dispatchEvent(new CustomEvent("hisho:live"));
    }
  }

  // Nobody's words stay on a screen that may not show them any more.
  close(isAway) {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.regions.clear();
    this.say(isAway ? this.status?.dataset.away : this.status?.dataset.gone);
    this.status?.classList.add("closed");
    this.status?.setAttribute("role", "alert");
    document.dispatchEvent(new CustomEvent("hisho:live"));
  }

  say(sentence) {
    const text = (sentence ?? "").replace("{time}", this.clock.format(this.checkedAt));
    if (this.status && this.status.textContent !== text) this.status.textContent = text;
  }
}

const page = document.querySelector("[data-live-page]");
if (page) new LivePage(page);
