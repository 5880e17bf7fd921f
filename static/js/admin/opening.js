// A form whose page shows at once what will follow from it: the server works it out and sends the parts anew.
// Without a script a button of the form does the same.

import { morph } from "./morph.js";

const PAUSE = 400;

class Follower {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-follow-status]");
    for (const button of form.querySelectorAll("[data-unscripted]")) button.hidden = true;
    form.addEventListener("input", (event) => this.later(event));
    form.addEventListener("click", (event) => this.reset(event));
    form.addEventListener("submit", (event) => this.once(event));
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", () => { this.isSent = false; });
  }

  later(event) {
    this.isWaiting = true;
    clearTimeout(this.timer);
    this.request?.abort();
    this.timer = setTimeout(() => this.ask(), event?.target.type === "file" ? 0 : PAUSE);
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

  // Two presses of the button are one.
  once(event) {
    if (this.isSent) event.preventDefault();
    this.isSent = true;
    clearTimeout(this.timer);
    this.request?.abort();
    this.isWaiting = false;
  }

  async ask() {
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const response = await this.send({ signal });
      if (!response.ok || response.redirected) throw new Error(response.status);
      const html = await response.text();
      if (signal.aborted) return;
      this.isWaiting = false;
      this.show(html);
      this.say(this.form.querySelector("[data-summary]")?.textContent ?? "");
    } catch {
      if (!signal.aborted) this.say(this.form.dataset.failed, "errornote");
    }
  }

  // Who sees the page sees what has changed on it; who hears it is told.
  say(text, look = "visually-hidden") {
    this.status.className = look;
    this.status.textContent = text;
  }

  send(options) {
    return fetch(this.form.dataset.follow, { method: "POST", body: new FormData(this.form), ...options });
  }

  show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const place = this.form.querySelector(`[data-part="${part.dataset.part}"]`);
      morph(place, document.importNode(part, true));
      this.settle(place);
    }
    const file = this.form.querySelector("input[type=file]");
    if (file && fresh.querySelector("[data-part=file] p")) file.value = "";
  }

  // A box that was touched goes by what was typed into it, not by its attributes: it takes what the server proposes.
  settle(place) {
    for (const field of place.querySelectorAll("input")) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = field.defaultChecked;
      else if (field !== document.activeElement || !field.value) field.value = field.defaultValue;
    }
  }

  // Whoever leaves while she types finds it again.
  leave() {
    if (this.isWaiting) this.send({ keepalive: true }).catch(() => {});
  }
}

for (const form of document.querySelectorAll("[data-follow]")) new Follower(form);
