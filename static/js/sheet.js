// The worksheet: every box saves by itself, and one line says how it stands for the whole page.

import { Box } from "./box.js";
import { grow } from "./grow.js";
import { openJournal } from "./journal.js";
import { Leftovers } from "./leftovers.js";
import { addPreview } from "./preview.js";
import { signIn } from "./signin.js";
import { showPage } from "./status.js";
import { claim, holdBoxes } from "./tabs.js";

const PATIENCE = 3_000; // for a browser that does not open its own storage
const LATER = 10_000; // and then it is tried again
const TICK = 500;
const AWAY = 30_000; // after which another device may have written
const LARGE = 15_000; // characters that do not outlive the page on their way to the server

const within = (promise, time) => Promise.race([promise, new Promise((_, reject) => { setTimeout(reject, time); })]);

class Sheet {
  constructor(form) {
    this.form = form;
    this.boxes = [];
    for (const element of form.querySelectorAll("[data-box]")) {
      const box = new Box(element, form, () => this.show(), (_, answer) => this.hear(answer));
      box.putAside = (each) => this.leftovers.putAside(each).catch(() => {});
      this.boxes.push(box);
      grow(box.field);
      addPreview(box);
    }
    this.leftovers = new Leftovers(form, this.boxes);
    form.dataset.autosave = "";
    this.listen();
    this.show();
    setInterval(() => this.boxes.forEach((box) => box.dirty && box.show()), TICK);
  }

  show() {
    showPage(this.form, this.boxes);
  }

  async open() {
    this.slot = await within(claim(this.form, () => this.takeOver()), PATIENCE).catch(() => "");
    await within(holdBoxes(this.boxes), PATIENCE).catch(() => {});
    await this.openJournal();
    this.form.dataset.ready = "";
    // A save on its way from the page before may have arrived after this one was made.
    if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") this.refresh();
    setInterval(() => this.openJournal(), LATER);
  }

  // On a new device the key comes over the network: without one it is asked for again, as after the journal was lost.
  async openJournal() {
    if (this.opening || this.slot === undefined || (this.journal && this.boxes.every((box) => box.hasJournal))) return;
    this.opening = true;
    this.journal = await within(openJournal(Number(this.form.dataset.user)), PATIENCE).catch(() => null);
    await within(this.leftovers.open(this.journal, this.slot), PATIENCE).catch(() => this.openWithout());
    this.opening = false;
  }

  // The tab that was first is gone.
  async takeOver() {
    await this.leftovers.takeOver().catch(() => {});
    await this.refresh();
  }

  // What cannot be read must not be taken for nothing.
  openWithout() {
    this.journal = null;
    for (const box of this.boxes) if (!box.isReady) box.open(null, this.slot, null);
  }

  flush(options) {
    this.boxes.forEach((box) => box.sender.flush(options));
  }

  // The network is back, somebody looks, somebody is signed in: at once.
  resume() {
    this.openJournal();
    this.flush();
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.flush(); });
    document.querySelector("[data-signin-button]")?.addEventListener("click", () => this.signIn({ now: true }));
    for (const name of ["online", "focus"]) addEventListener(name, () => this.resume());
    addEventListener("offline", () => this.boxes.forEach((box) => box.show()));
    document.addEventListener("visibilitychange", () => this.turned());
    addEventListener("pageshow", (event) => event.persisted && this.refresh());
    addEventListener("pagehide", () => this.flush({ leaving: true }));
    addEventListener("beforeunload", (event) => {
      this.flush();
      // What is kept on this device or outlives the page on its way needs no question.
      if (this.boxes.some((box) => box.dirty && !box.isKept && (!box.mayBeSent(true) || box.sender.isFailing || box.text.length > LARGE))) event.preventDefault();
    });
  }

  turned() {
    if (document.visibilityState === "hidden") {
      this.hiddenAt = Date.now();
      this.boxes.forEach((box) => box.sender.flush({ leaving: !box.hasJournal })); // it may be the last moment
      return;
    }
    this.resume();
    if (Date.now() - this.hiddenAt > AWAY) this.refresh();
  }

  // The page was away: boxes in which nothing waits show what another device has written meanwhile.
  async refresh() {
    const url = this.form.dataset.responsesUrl;
    const response = await fetch(url, { cache: "no-store", redirect: "error" }).catch(() => null);
    const state = response?.ok ? await response.json().catch(() => null) : null;
    if (response?.status === 401) this.hear({ kind: "signed_out" });
    if (state?.user !== Number(this.form.dataset.user)) return;
    for (const box of this.boxes) {
      const now = state.boxes[box.prompt];
      const isIdle = box.isReady && !box.dirty && !box.sender.pending && !box.conflict && document.activeElement !== box.field;
      if (now && isIdle && now.version > box.version) box.adopt(now);
      box.show();
    }
  }

  hear({ kind }) {
    if (kind === "signed_out" || kind === "user_changed") this.signIn();
    if (kind === "saved") this.onSaved();
  }

  onSaved() {} // for those who want to know

  async signIn(options) {
    if (await signIn(this.form, options)) this.resume();
  }
}

export async function start(form) {
  const sheet = new Sheet(form);
  await sheet.open();
  return sheet;
}
