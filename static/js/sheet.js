// The worksheet: every box saves by itself, and one line says how it stands for the whole page.

import { Box } from "./box.js";
import { deliverOne } from "./delivery.js";
import { grow } from "./grow.js";
import { openJournal } from "./journal.js";
import { addPreview } from "./preview.js";
import { operationId } from "./save.js";
import { signIn } from "./signin.js";
import { showPage } from "./status.js";
import { claim, isAbandoned } from "./tabs.js";

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
      this.boxes.push(box);
      grow(box.field);
      addPreview(box);
    }
    form.dataset.autosave = "";
    this.listen();
    this.show();
    setInterval(() => this.boxes.forEach((box) => box.dirty && box.show()), TICK);
  }

  show() {
    showPage(this.form, this.boxes);
  }

  async open() {
    this.slot = await claim(this.form, this.boxes);
    await this.openJournal();
    this.form.dataset.ready = "";
    setInterval(() => this.openJournal(), LATER);
  }

  // On a new device the key comes over the network: without one it is asked for again.
  async openJournal() {
    if (this.journal) return;
    const journal = await within(openJournal(Number(this.form.dataset.user)), PATIENCE).catch(() => null);
    const entries = journal ? await journal.unsent().catch(() => []) : [];
    if (this.journal) return;
    this.journal = journal;
    for (const box of this.boxes) {
      const [own, ...others] = await this.entriesOf(box, entries);
      const isTaken = own && box.takes(own);
      for (const entry of own && !isTaken ? [own, ...others] : others) await this.sendAway(entry);
      box.open(journal, this.slot, isTaken ? own : null);
      if (isTaken && own.slot !== this.slot) box.draft.writing?.then(() => journal.remove(own));
    }
  }

  // What the journal holds for a box, one's own place first; a second tab's only when that tab is gone.
  async entriesOf(box, entries) {
    const found = [];
    for (const entry of entries.filter((each) => each.prompt === box.prompt)) {
      if (entry.slot === this.slot) found.unshift(entry);
      else if (this.slot === "" && (await isAbandoned(entry.slot))) found.push(entry);
    }
    return found;
  }

  // Words for a box in which others stand already: the server keeps them in the history. Until it has them they
  // stay in the journal, in a place of their own.
  async sendAway(entry) {
    const { journal } = this;
    const place = { ...entry, slot: entry.slot || operationId() };
    if (place.slot !== entry.slot) await journal.write(place).then(() => journal.remove(entry));
    const kind = await deliverOne(journal, place, this.form.dataset.csrfCookie);
    if (kind === "conflict") await journal.remove(place);
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
      this.flush();
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
      if (now && isIdle && now.version !== box.version) box.adopt(now);
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
