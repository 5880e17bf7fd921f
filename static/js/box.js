// One box: watches the field, saves by itself, and says honestly where the text is.

import { showConflict } from "./conflict.js";
import { operationId, send, wellFormed } from "./save.js";

const PAUSE = 1_500; // after the last input
const LONGEST = 10_000; // while typing goes on
const RETRY = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
const clock = new Intl.DateTimeFormat("ja", { hour: "2-digit", minute: "2-digit" });

export class Box {
  constructor(element, form, onChange) {
    this.element = element;
    this.form = form;
    this.onChange = onChange;
    this.field = element.querySelector("textarea");
    this.readers = element.querySelector("[data-readers]");
    this.versionField = element.querySelector("[data-version]");
    this.status = element.querySelector("[data-status]");
    this.badge = element.querySelector("[data-state]");
    this.state = "idle";
    this.held = ["written", "started"].find((state) => this.badge.classList.contains(state)) ?? "empty"; // by the server
    this.composing = this.inFlight = false;
    this.attempt = 0;
    this.firstDirty = 0;
    // What differs from the page was typed before this script came, or put back by the browser after a reload.
    // Nothing is overwritten: after a reload it goes on from no version at all, so that the server compares.
    const [navigation] = performance.getEntriesByType("navigation");
    if (this.field.value !== this.field.defaultValue && navigation?.type !== "navigate") this.versionField.value = 0;
    this.savedText = "unsaved" in element.dataset ? null : this.field.defaultValue;
    this.savedReaders = [...this.readers.options].find((option) => option.defaultSelected).value;
    this.listen();
    if (this.dirty) this.touched();
  }

  listen() {
    this.field.addEventListener("compositionstart", () => { this.composing = true; });
    this.field.addEventListener("compositionend", () => setTimeout(() => { this.composing = false; this.touched(); }));
    this.field.addEventListener("input", () => this.touched());
    this.field.addEventListener("blur", () => { this.composing = false; this.flush(); });
    this.readers.addEventListener("change", () => { this.touched(); this.flush(); });
  }

  get dirty() {
    return wellFormed(this.field.value) !== this.savedText || this.readers.value !== this.savedReaders;
  }

  touched() {
    if (this.conflict) return;
    if (!this.dirty) {
      if (!this.inFlight && this.state !== "idle") this.show("saved");
      return;
    }
    this.firstDirty ||= Date.now();
    if (this.state !== "waiting" && this.state !== "refused") this.show("typing");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE, this.firstDirty + LONGEST - Date.now())));
  }

  flush({ leaving = false } = {}) {
    clearTimeout(this.timer);
    if (!this.dirty || this.conflict || (this.composing && !leaving)) return;
    if (this.inFlight && !(leaving && this.pending?.text !== wellFormed(this.field.value))) return; // the answer starts the next one
    this.save();
  }

  async save() {
    const text = wellFormed(this.field.value);
    const readers = this.readers.value;
    // A save without an answer is asked for again before anything newer: it may have arrived. Only when the page
    // is left in the middle of one, the newer text follows at once, based on what that one will have made.
    const save = this.pending && !this.inFlight ? this.pending : {
      operation_id: operationId(),
      base_version: Number(this.versionField.value) + (this.inFlight ? 1 : 0),
      text,
      readers,
      user: Number(this.form.dataset.user),
    };
    this.pending = save;
    this.inFlight = true;
    this.firstDirty = 0;
    if (this.state !== "waiting") this.show("saving");
    const answer = await send(this.element.dataset.url, save, this.form.dataset.csrfCookie);
    this.inFlight = false;
    this.receive(answer, save);
  }

  receive(answer, save) {
    if (answer.kind === "saved") {
      this.pending = null;
      this.attempt = 0;
      this.versionField.value = answer.version;
      this.savedText = save.text;
      if (this.readers.value === save.readers) this.readers.value = answer.readers; // in a conflict the narrower holds
      this.savedReaders = answer.readers;
      this.held = answer.state;
      this.show("saved", clock.format(new Date(answer.saved_at)));
      if (this.dirty) this.touched();
    } else if (answer.kind === "conflict") {
      this.pending = null;
      this.conflict = true;
      this.show("conflict", answer.message);
      showConflict(this, answer);
    } else if (answer.kind === "retry") {
      this.show("waiting", answer.message);
      const wait = Math.max(RETRY[Math.min(this.attempt++, RETRY.length - 1)], (answer.after || 0) * 1000);
      this.timer = setTimeout(() => this.flush(), wait * (0.8 + Math.random() * 0.4));
    } else {
      this.pending = null;
      this.show("refused", answer.message);
    }
  }

  // After a conflict the member has chosen: `text` goes on from the other side's version.
  settle(text, answer) {
    this.conflict = false;
    this.held = answer.state;
    this.versionField.value = answer.version;
    this.savedText = answer.text;
    this.savedReaders = this.readers.value = answer.readers;
    if (text !== this.field.value) {
      this.field.value = text;
      this.field.dispatchEvent(new Event("input"));
    }
    if (this.dirty) this.flush();
    else this.show("saved", clock.format(new Date(answer.saved_at)));
  }

  // What the server holds may be called written; what it does not hold yet may not.
  showBadge(trouble) {
    this.badge.className = `state ${trouble ? "started" : this.held}`;
    this.badge.textContent = this.form.dataset[trouble ? "pending" : this.held];
  }

  show(state, detail = "") {
    this.state = state;
    const say = this.form.dataset;
    const sentences = { typing: "", saving: "", saved: "", waiting: detail || say.waiting, refused: detail, conflict: "" };
    const sentence = sentences[state] ?? "";
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
    const trouble = ["waiting", "refused", "conflict"].includes(state);
    this.status.classList.toggle("trouble", trouble);
    this.showBadge(trouble);
    this.onChange(state, detail);
  }
}
