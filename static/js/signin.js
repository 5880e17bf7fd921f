// Signing in again without leaving the page: one dialog, however many boxes ask. The fields of the page are not
// touched; what was written is sent as soon as the same person is signed in again.

import { enter } from "./entrance.js";
import { pauseInWriting } from "./pause.js";
import { whoIsHere } from "./session.js";

const LATER = 60_000;
let asking = null;
let declinedAt = -Infinity;

// Resolves to true when the session belongs to `form.dataset.user` again, to false when the member wants it later.
// For a minute after that no dialog is opened, unless she asks for it herself: `now`.
export function signIn(form, { now = false } = {}) {
  asking ??= ask(form, now).finally(() => { asking = null; });
  return asking;
}

async function ask(form, now) {
  const element = document.querySelector("[data-signin]");
  const session = await whoIsHere().catch(() => ({ user: null }));
  if (session.user === Number(form.dataset.user)) return true;
  if (!element?.showModal || (!now && Date.now() - declinedAt < LATER)) return false;
  if (!now) await pauseInWriting();
  const isBack = await new Dialog(element, form).open(session);
  if (!isBack) declinedAt = Date.now();
  return isBack;
}

class Dialog {
  constructor(element, form) {
    this.element = element;
    this.form = form;
    this.urls = this.say = element.dataset;
    this.line = element.querySelector("[data-signin-line]");
    this.email = element.querySelector("[name=email]");
    this.isBack = false;
    this.work = null;
  }

  open(session) {
    const before = document.activeElement;
    const stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: stop.signal });
    on(this.element, "submit", (event) => { event.preventDefault(); this.submit(event.target); });
    on(this.element, "click", (event) => this.press(event.target.closest("[data-press]")?.dataset.press));
    on(window, "focus", () => this.check());
    on(document, "visibilitychange", () => document.hidden || this.check());
    this.email.value = this.form.dataset.email || this.email.value;
    this.email.readOnly = Boolean(this.form.dataset.email);
    this.element.querySelector("[name=login]").value = this.email.value;
    this.tell("");
    this.meet(session);
    this.element.showModal();
    this.element.querySelector("h2").focus();
    return new Promise((resolve) => {
      on(this.element, "close", async () => {
        stop.abort();
        this.element.querySelectorAll("[name=password], [name=code]").forEach((field) => { field.value = ""; });
        before?.focus({ preventScroll: true });
        await this.work; // what was under way may still let her in
        resolve(this.isBack);
      });
    });
  }

  press(name) {
    if (name === "later") this.element.close();
    if (name !== "back") return;
    this.tell("");
    this.show("start");
  }

  submit(form) {
    const { email, password, code } = Object.fromEntries(new FormData(form));
    const way = form.dataset.way;
    if (way === "confirm") return this.attempt(way, { code });
    if (way === "code") return this.attempt(way, { email });
    const login = this.email.value || form.elements.login.value; // where a password manager knows it
    if (login) return this.attempt(way, { login, password });
    return this.email.reportValidity();
  }

  attempt(way, fields) {
    if (this.work) return;
    this.tell(this.say.wait);
    this.element.setAttribute("aria-busy", "true");
    this.work = this.go(way, fields).catch(() => this.tell(this.say.unreachable, true)).finally(() => {
      this.work = null;
      this.element.removeAttribute("aria-busy");
    });
  }

  async go(way, fields) {
    const post = (name, more) => enter(this.urls[name], { next: this.urls.session, ...more }, this.form.dataset.csrfCookie);
    let answer = await post(way, fields);
    // A code that was asked for before bars every other way until it is given up.
    if (answer.path === this.urls.confirm && (way === "password" || (way === "code" && this.element.dataset.asked))) {
      if ((await whoIsHere()).user === null) await post("leave");
      answer = await post(way, fields);
    }
    if (answer.session) this.meet(answer.session);
    else this.read(answer, way);
  }

  read({ path, errors }, way) {
    const atCode = path === this.urls.confirm;
    if (atCode) this.element.dataset.asked = "yes";
    if (path === this.urls.second) this.show("second");
    else if (atCode || way === "confirm") this.show(atCode ? "code" : "start");
    if (errors.length) this.tell(errors.join(" "), true);
    else if (atCode || path === this.urls.second) this.tell("");
    else if (path === this.urls.code) this.tell(this.say.expired, true);
    else return this.check(this.say.elsewhere);
  }

  async check(otherwise = "") {
    const session = await whoIsHere().catch(() => null);
    if (session) this.meet(session);
    if (otherwise && !session?.user) this.tell(otherwise, true);
  }

  // Who is here now: the same person, somebody else, or still nobody.
  meet({ user }) {
    if (user === Number(this.form.dataset.user)) {
      this.isBack = true;
      this.element.close();
    } else if (user) {
      this.tell("");
      this.show("other");
    } else if (!this.element.dataset.step || this.element.dataset.step === "other") {
      this.show("start");
    }
  }

  show(step) {
    this.element.dataset.step = step;
    for (const part of this.element.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== step;
    this.element.querySelector(step === "code" ? "[name=code]" : "h2").focus();
  }

  tell(sentence, isTrouble = false) {
    if (this.line.textContent !== sentence) this.line.textContent = sentence;
    this.line.classList.toggle("trouble", isTrouble);
    const code = this.element.querySelector("[name=code]");
    const isWrong = isTrouble && this.element.dataset.step === "code";
    code.setAttribute("aria-invalid", String(isWrong));
    if (isWrong) code.select();
  }
}
