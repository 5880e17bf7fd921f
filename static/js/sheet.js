// The worksheet: every box saves by itself, and one line says how it stands for the whole page.

import { Box } from "./box.js";
import { grow } from "./grow.js";
import { openJournal } from "./journal.js";
import { addPreview } from "./preview.js";
import { operationId, send, wellFormed } from "./save.js";
import { showPage } from "./status.js";
import { claim, isAbandoned } from "./tabs.js";

const PATIENCE = 3_000; // for a browser that does not open its own storage
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
    setInterval(() => this.boxes.forEach((box) => box.dirty && box.show()), 1_000);
  }

  show() {
    showPage(this.form, this.boxes);
  }

  async open() {
    const slot = await claim(this.form, this.boxes);
    const journal = await within(openJournal(Number(this.form.dataset.user)), PATIENCE).catch(() => null);
    const entries = journal ? await journal.unsent().catch(() => []) : [];
    for (const box of this.boxes) {
      const [own, ...others] = await this.entriesOf(box, entries, slot);
      const isTaken = own && box.takes(own);
      for (const entry of own && !isTaken ? [own, ...others] : others) await this.sendAway(journal, entry);
      box.open(journal, slot, isTaken ? own : null);
      if (isTaken && own.slot !== slot) box.draft.writing?.then(() => journal.remove(own));
    }
    return journal;
  }

  // What the journal holds for a box, one's own place first; a second tab's only when that tab is gone.
  async entriesOf(box, entries, slot) {
    const found = [];
    for (const entry of entries.filter((each) => each.prompt === box.prompt)) {
      if (entry.slot === slot) found.unshift(entry);
      else if (slot === "" && (await isAbandoned(entry.slot))) found.push(entry);
    }
    return found;
  }

  // Words for a box in which others stand already: the server keeps them in the history. Until it has them they
  // stay in the journal, in a place of their own.
  async sendAway(journal, entry) {
    const place = { ...entry, slot: entry.slot || operationId() };
    if (place.slot !== entry.slot) await journal.write(place).then(() => journal.remove(entry));
    const { text, readers, base_version } = entry;
    const last = { operation_id: operationId(), base_version, text: wellFormed(text), readers, user: journal.user };
    const isSame = entry.pending?.text === last.text;
    for (const save of isSame ? [entry.pending] : [entry.pending, last].filter(Boolean)) {
      const answer = await send(entry.url, save, this.form.dataset.csrfCookie);
      if (answer.kind !== "saved" && answer.kind !== "conflict") return;
    }
    await journal.remove(place);
  }

  listen() {
    const flush = (options) => this.boxes.forEach((box) => box.sender.flush(options));
    const resume = () => flush(); // the network is back, somebody looks: at once
    this.form.addEventListener("submit", (event) => { event.preventDefault(); flush(); });
    addEventListener("online", resume);
    addEventListener("offline", () => this.boxes.forEach((box) => box.show()));
    addEventListener("focus", resume);
    document.addEventListener("visibilitychange", () => this.turned(flush, resume));
    addEventListener("pageshow", (event) => event.persisted && this.refresh());
    addEventListener("pagehide", () => flush({ leaving: true }));
    addEventListener("beforeunload", (event) => {
      flush();
      // What is kept on this device or outlives the page on its way needs no question.
      if (this.boxes.some((box) => box.dirty && !box.isKept && (!box.mayBeSent(true) || box.sender.isFailing || box.text.length > LARGE))) event.preventDefault();
    });
  }

  turned(flush, resume) {
    if (document.visibilityState === "hidden") {
      this.hiddenAt = Date.now();
      flush();
      return;
    }
    resume();
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

  hear() {}
}

export async function start(form) {
  const sheet = new Sheet(form);
  const journal = await sheet.open();
  return { sheet, journal };
}
