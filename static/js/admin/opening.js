// A form whose page shows at once what will follow from it: the server works it out and sends the parts anew.
// Without a script a button of the form does the same.

import { morph } from "./morph.js";
import { findHindrance, mayOutlive, renewToken, takeTurn, wasTyped } from "./presence.js";

const PAUSE = 400;

class Follower {
  constructor(form) {
    const [status, pressed] = ["follow", "press"].map((name) => form.querySelector(`[data-${name}-status]`));
    Object.assign(this, { form, status, pressed });
    for (const button of form.querySelectorAll("[data-unscripted]")) button.hidden = true;
    form.addEventListener("input", (event) => this.later(event));
    form.addEventListener("click", (event) => this.reset(event));
    form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", () => this.stay());
    addEventListener("beforeunload", (event) => {
      this.leave(); // before the page goes: through a service worker a later request may be lost with it
      if (this.isStuck) event.preventDefault();
    });
    document.querySelector(".restored")?.addEventListener("submit", (event) => this.drop(event.target));
    if (wasTyped(form)) this.later(); // before this script came, or put back by the browser
  }

  later(event) {
    this.isWaiting = true; // until the server has it
    this.stop();
    this.timer = setTimeout(() => this.ask(), event?.target.type === "file" ? 0 : PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
  }

  drop(form = this.form) {
    takeTurn(form);
    this.stop();
    this.isWaiting = this.isStuck = false;
  }

  // What she chose for one date is left out, so that the server proposes it again.
  reset(event) {
    const button = event.target.closest("[data-reset]");
    if (!button) return;
    event.preventDefault();
    const field = this.form.elements[`session-${button.value}`];
    field.value = "";
    field.focus();
    this.later();
  }

  // The page is left only for a server that can be reached and knows her. Two presses of the button are one.
  submit(event) {
    if (this.isGoing) return;
    event.preventDefault();
    if (this.isSent) return;
    if (event.submitter?.hidden) this.ask(); // Enter in a field
    else this.press(event.submitter);
  }

  async press(button) {
    this.isSent = true;
    this.stop();
    this.say(this.form.dataset.wait, "help", this.pressed);
    const hindrance = await findHindrance(this.form, { now: true });
    if (hindrance) return void this.stay(hindrance);
    this.renew().drop();
    this.isGoing = true;
    this.form.requestSubmit(button);
    this.isGoing = false;
  }

  stay(hindrance = "") {
    this.isSent = false;
    if (hindrance) this.isWaiting = this.isStuck = true; // what was kept may have gone with the session
    this.say(hindrance, hindrance ? "errornote" : undefined, this.pressed);
  }

  // A file that was chosen before she signed in again is known to this page alone.
  renew() {
    const box = this.form.querySelector("input[type=file]");
    const files = new DataTransfer();
    if (this.file) files.items.add(this.file);
    if (renewToken() && this.file && !box.files.length) box.files = files.files;
    return this;
  }

  async ask(isAgain = false) {
    this.stop();
    const request = this.request = new AbortController();
    const response = await this.send(request.signal).catch(() => null);
    const html = response?.ok ? await response.text().catch(() => null) : null;
    if (this.request !== request) return;
    this.isStuck = html === null;
    const isBarred = this.isStuck && response && response.status < 500; // signed out, or with another token
    const hindrance = isBarred && !isAgain ? await findHindrance(this.form) : this.form.dataset.failed;
    if (this.request !== request) return;
    this.request = null;
    if (!this.isStuck) this.show(html);
    else if (hindrance) this.say(hindrance, "errornote");
    else this.renew().ask(true);
  }

  send(signal) {
    const body = new FormData(takeTurn(this.form));
    return fetch(this.form.dataset.follow, { method: "POST", body, redirect: "manual", keepalive: mayOutlive(body), signal });
  }

  // Who sees the page sees what has changed on it; who hears it is told.
  say(text, look = "visually-hidden", place = this.status) {
    place.className = look;
    place.textContent = text;
  }

  show(html) {
    this.isWaiting = false;
    if (!this.isSent) this.stay();
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const place = this.form.querySelector(`[data-part="${part.dataset.part}"]`);
      morph(place, document.importNode(part, true));
      this.settle(place);
    }
    this.say(this.form.querySelector("[data-summary]")?.textContent ?? "");
    const box = this.form.querySelector("input[type=file]");
    if (!box?.files.length || !fresh.querySelector("[data-part=file] p")) return;
    [this.file] = box.files;
    box.value = "";
  }

  // A box that was touched goes by what was typed into it, not by its attributes: it takes what the server proposes.
  settle(place) {
    for (const field of place.querySelectorAll("input")) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = field.defaultChecked;
      else if (field !== document.activeElement || !field.value) field.value = field.defaultValue;
    }
  }

  // Whoever leaves while she types finds it again. What is on its way already outlives the page.
  leave() {
    if (this.isWaiting && !this.request) this.ask();
  }
}

for (const form of document.querySelectorAll("[data-follow]")) new Follower(form);
