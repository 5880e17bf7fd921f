// Asks one address every few seconds for what is new, while somebody looks at the page. `always`: also while this browser
// thinks that nobody does. A window that is covered counts as hidden, and whoever it is shared with goes on seeing it.
//
// `onState(state)` is called with every new state, and once more with the last one when the connection is back.
// `onTrouble(kind, since)`: "lost" after every failed request, with the moment of the last answer (of the start, before
// there was one) in milliseconds; "signed_out" and "gone" once, and then nothing is asked any more. `have()` lists what
// the page holds already, `user` is who it was made for.

const EVERY = 3_000;
const SLOWEST = 15_000;
const PATIENCE = 8_000;
const LONGEST = 3_000; // a server reads no line of 4,094 characters and more; what is left out only comes once more
const GONE = [404, 410]; // 403 is not ours: a network wants something before it lets through

export class Watch {
  constructor(url, { only = "", user = 0, always = false, have = () => [], onState = () => {}, onTrouble = () => {} }) {
    Object.assign(this, { url, only, user, always, have, onState, onTrouble });
    Object.assign(this, { isOn: false, isAsking: false, isLate: false, failures: 0, offset: 0, etag: "", state: null });
  }

  // Again after stop(), and after "signed_out" when she is back.
  start() {
    if (this.isOn) return;
    this.isOn = true;
    this.failures = 0;
    this.answeredAt = Date.now();
    this.listeners = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.listeners.signal });
    on(document, "visibilitychange", () => this.ask());
    on(window, "online", () => this.ask());
    // Taken out of the browser's memory, a page is as old as it was left.
    on(window, "pageshow", (event) => event.persisted && this.ask());
    this.ask();
  }

  stop() {
    this.isOn = false;
    this.listeners?.abort();
    this.request?.abort();
    clearTimeout(this.timer);
  }

  // The server's clock, in milliseconds: that of the device may be wrong.
  now() {
    return Date.now() + this.offset;
  }

  // At once; one request at a time, and what happens meanwhile is asked for right after it.
  async ask() {
    this.isLate = true;
    if (this.isAsking || !this.isAwake) return;
    this.isAsking = true;
    clearTimeout(this.timer);
    while (this.isLate && this.isAwake) {
      this.isLate = false;
      await this.askOnce();
    }
    this.isAsking = false;
    this.plan();
  }

  get isAwake() { return this.isOn && (this.always || document.visibilityState === "visible"); }

  // A page that nobody sees asks nothing; it asks as soon as it is seen.
  plan() {
    clearTimeout(this.timer);
    if (!this.isAwake) return;
    const wait = Math.min(EVERY * 2 ** this.failures, SLOWEST) * (0.9 + Math.random() * 0.2);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async askOnce() {
    const request = (this.request = new AbortController());
    const clock = setTimeout(() => request.abort(), PATIENCE);
    const sentAt = Date.now();
    try {
      const headers = { Accept: "application/json", ...(this.etag && { "If-None-Match": this.etag }) };
      const options = { headers, cache: "no-store", redirect: "manual", credentials: "same-origin" };
      const answer = await fetch(this.address, { ...options, signal: request.signal });
      const state = answer.status === 200 ? await answer.json() : null;
      if (this.isOn) this.take(answer, state, sentAt);
    } catch {
      if (this.isOn) this.fail();
    } finally {
      clearTimeout(clock);
    }
  }

  get address() {
    const address = new URL(this.url, location.href);
    if (this.only) address.searchParams.set("only", this.only);
    let held = "";
    for (const each of this.only ? [] : this.have()) if (held.length + each.length < LONGEST) held += `${held && ","}${each}`;
    if (held) address.searchParams.set("have", held);
    return address;
  }

  take(answer, state, sentAt) {
    if (answer.type === "opaqueredirect" || answer.status === 401) return this.end("signed_out");
    if (GONE.includes(answer.status)) return this.end("gone");
    if (!state && (answer.status !== 304 || !this.state)) throw new Error(`${answer.status}`);
    // Somebody else signed in in this browser: what she may see is not for this page.
    if (state && this.user && state.user !== this.user) return this.end("signed_out");
    const wasLost = this.failures > 0;
    this.failures = 0;
    this.answeredAt = Date.now();
    if (state) this.offset = Date.parse(state.now) - (sentAt + this.answeredAt) / 2;
    if (state || wasLost) this.tell(state ?? this.state, state ? answer.headers.get("ETag") ?? "" : this.etag);
  }

  // Only what the page has taken over is not asked for again.
  tell(state, etag) {
    try {
      this.onState(state);
      Object.assign(this, { state, etag });
    } catch (error) {
      reportError(error);
    }
  }

  fail() {
    this.failures += 1;
    this.onTrouble("lost", this.answeredAt);
  }

  end(kind) {
    const since = this.answeredAt;
    this.stop();
    Object.assign(this, { etag: "", state: null });
    this.onTrouble(kind, since);
  }
}
