// The worksheet: every box saves by itself, and one line says how it stands for the whole page.

import { Box } from "./box.js";
import { showEnded } from "./ended.js";
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

export class Sheet {
  constructor(form) {
    this.form = form;
    this.boxes = [...form.querySelectorAll("[data-box]")].map((element) => this.make(element));
    this.leftovers = new Leftovers(form, this.boxes);
    form.dataset.autosave = "";
    this.listen();
    this.show();
    setInterval(() => this.boxes.forEach((box) => box.sender.isUnsent && box.show()), TICK);
  }

  make(element, Kind = Box) {
    const box = new Kind(element, this.form, () => this.show(), (_, answer) => this.hear(answer, box));
    box.putAside = (each) => this.leftovers.putAside(each).catch(() => {});
    grow(box.field);
    addPreview(box);
    return box;
  }

  show() {
    showPage(this.form, this.boxes);
  }

  async open() {
    await within(claim(this.form, this.boxes, (boxes) => this.takeOver(boxes)), PATIENCE).catch(() => {});
    await within(holdBoxes(this.boxes), PATIENCE).catch(() => {});
    this.isClaimed = true;
    await this.openJournal();
    this.form.dataset.ready = "";
    // A save on its way from the page before may have arrived after this one was made.
    if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") this.refresh();
    setInterval(() => this.openJournal(), LATER);
  }

  // On a new device the key comes over the network: without one it is asked for again, as after the journal was lost.
  async openJournal() {
    if (this.opening || !this.isClaimed || (this.journal && this.boxes.every((box) => box.hasJournal))) return;
    this.opening = true;
    this.journal = await within(openJournal(Number(this.form.dataset.user)), PATIENCE).catch(() => null);
    await within(this.leftovers.open(this.journal), PATIENCE).catch(() => this.openWithout());
    this.opening = false;
  }

  // The tab that was first for these boxes is gone.
  async takeOver(boxes) {
    await this.leftovers.takeOver(boxes).catch(() => {});
    await this.refresh();
  }

  // What cannot be read must not be taken for nothing.
  openWithout() {
    this.journal = null;
    for (const box of this.boxes) if (!box.isReady) box.open(null, box.slot, null);
  }

  flush(options) {
    this.boxes.forEach((box) => box.sender.flush(options));
  }

  // The network is back, somebody looks, somebody is signed in: at once.
  resume() {
    this.openJournal();
    this.flush();
  }

  submitted(event) {
    event.preventDefault();
    this.flush();
  }

  listen() {
    this.form.addEventListener("submit", (event) => this.submitted(event));
    document.querySelector("[data-signin-button]")?.addEventListener("click", () => this.signIn({ now: true }));
    for (const name of ["online", "focus"]) addEventListener(name, () => this.resume());
    addEventListener("offline", () => this.boxes.forEach((box) => box.show()));
    document.addEventListener("visibilitychange", () => this.turned());
    addEventListener("pageshow", (event) => event.persisted && this.refresh());
    addEventListener("pagehide", () => this.flush({ leaving: true }));
    addEventListener("beforeunload", (event) => {
      this.flush();
      // What is kept on this device or outlives the page on its way needs no question.
      const outlives = (box) => box.mayBeSent(true) && navigator.onLine && !box.sender.isFailing && box.text.length <= LARGE;
      if (this.boxes.some((box) => box.sender.isUnsent && !box.isKept && !outlives(box))) event.preventDefault();
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
    const state = await response?.json().catch(() => null);
    const isHers = state?.user === Number(this.form.dataset.user);
    for (const box of isHers ? this.boxes : []) {
      const now = state.boxes[box.key];
      const isIdle = box.isReady && !box.sender.isUnsent && !box.conflict && document.activeElement !== box.field && !box.field.readOnly;
      if (now && isIdle && now.version > box.version) box.adopt(now);
      box.show();
    }
    if (["signed_out", "finished"].includes(state?.error)) this.hear({ kind: state.error, ...state });
  }

  hear({ kind, error }) {
    if (kind === "signed_out" || kind === "user_changed") this.signIn();
    if (kind === "saved") this.onSaved();
    if (error === "finished") showEnded(this);
  }

  onSaved() {} // for those who want to know

  async signIn(options) {
    if (await signIn(this.form, options)) this.resume();
  }
}

// `Kind` is what the sheet is: a worksheet, unless somebody says more.
export async function start(form, Kind = Sheet) {
  const sheet = new Kind(form);
  await sheet.open();
  return sheet;
}
