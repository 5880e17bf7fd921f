// One box: its field, what the server confirmed last, and what happens to the words in between.

import { showConflict } from "./conflict.js";
import { Draft } from "./draft.js";
import { keyOf } from "./key.js";
import { narrow } from "./readers.js";
import { showRescue } from "./rescue.js";
import { wellFormed } from "./save.js";
import { Sender } from "./sender.js";
import { showBox } from "./status.js";
import { watchShrinking } from "./undo.js";

export class Box {
  // `onChange` is called when anything that is shown may have changed, `onAnswer` with every answer of the server.
  constructor(element, form, onChange, onAnswer) {
    Object.assign(this, { element, form, onChange, onAnswer });
    this.field = element.querySelector("textarea");
    this.readersField = element.querySelector("[data-readers]");
    this.versionField = element.querySelector("[data-version]");
    this.status = element.querySelector("[data-status]");
    this.badge = element.querySelector("[data-state]");
    this.url = element.dataset.url;
    this.key = keyOf(element);
    this.held = ["written", "started"].find((state) => this.badge.classList.contains(state)) ?? "empty"; // by the server
    this.savedText = "unsaved" in element.dataset ? null : this.field.defaultValue;
    this.savedReaders = [...this.readersField.options].find((option) => option.defaultSelected)?.value ?? this.readers;
    this.served = { text: this.savedText, readers: this.savedReaders, version: this.version };
    this.savedAt = 0;
    this.slot = this.refusal = this.reason = this.notice = "";
    this.composing = this.isReady = false;
    this.conflict = null;
    this.wasTyped = this.isTyped; // before this script came, or put back by the browser after a reload
    this.draft = new Draft(this);
    this.sender = new Sender(this);
    watchShrinking(this);
    this.listen();
  }

  listen() {
    this.field.addEventListener("compositionstart", () => { this.composing = true; });
    this.field.addEventListener("compositionend", () => setTimeout(() => { this.composing = false; this.touched(); }));
    this.field.addEventListener("input", () => (this.composing ? this.changed() : this.touched()));
    this.field.addEventListener("blur", () => { this.composing = false; this.sender.flush(); });
    this.readersField.addEventListener("change", () => { this.touched(); this.sender.flush(); });
  }

  get text() { return wellFormed(this.field.value); }
  get readers() { return this.readersField.value; }
  get version() { return Number(this.versionField.value); }
  get dirty() { return this.text !== this.savedText || this.readers !== this.savedReaders; }
  get hasJournal() { return Boolean(this.draft.journal) && !this.draft.isStuck; }
  get wasKept() { return this.draft.wasKept; }
  get isKept() { return this.draft.isKept; }
  mayBeSent(leaving) { return (this.isReady || (leaving && !this.wasTyped)) && !this.conflict && !this.refusal && (!this.composing || leaving); }

  get isTyped() { return this.field.value !== this.field.defaultValue; }

  // Whether what the journal holds may stand here: nothing else was typed before it was opened.
  takes(entry) { return entry.text === this.field.value || (!this.isTyped && !this.composing && this.savedText !== null); }

  // The journal was opened, or cannot be: from now on it is saved. `entry` is what it held, if anything.
  open(journal, slot, entry) {
    const isFirst = !this.isReady;
    this.draft.open(journal, slot, entry);
    this.isReady = true;
    if (entry) this.restore(entry);
    // What the browser put back after a reload may be old: it goes on from no version, so that the server compares.
    else if (isFirst && this.wasTyped && this.isTyped && performance.getEntriesByType("navigation")[0]?.type !== "navigate") this.versionField.value = 0;
    if (this.sender.isUnsent) this.sender.touched();
    this.changed();
    if (entry) this.sender.flush();
  }

  restore(entry) {
    const isHere = wellFormed(entry.text) === this.savedText && entry.readers === this.savedReaders;
    if (isHere && !entry.pending && !entry.follows) return; // it had arrived
    if (entry.text !== this.field.value) this.setText(entry.text);
    this.notice = this.form.dataset.restored;
    this.versionField.value = entry.base_version;
    narrow(this.readersField, entry.readers, this.readers !== this.served.readers);
    this.sender.pending = entry.pending;
    this.sender.followed = entry.follows;
  }

  // Not through `input`: nobody typed.
  setText(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("set"));
  }

  touched() {
    this.refusal = this.notice = "";
    this.changed();
    if (!this.conflict && this.dirty) this.sender.touched();
  }

  changed() {
    this.draft.keep();
    this.show();
  }

  receive(answer, save) {
    if (answer.kind === "saved") this.confirmed(answer, save);
    else if (answer.kind === "conflict") this.conflict = answer;
    else if (answer.kind === "refused") this.refusal = answer.message;
    else this.reason = answer.message ?? "";
    this.changed();
    this.onAnswer(this, answer);
    if (this.dirty && answer.kind === "saved") this.touched();
  }

  confirmed(answer, save) {
    // Whether somebody wrote after it, before this page was opened.
    const isOld = this.served.text !== null && answer.version < this.served.version;
    if (answer.readers !== save.readers) narrow(this.readersField, answer.readers);
    this.learn({ ...answer, text: save.text });
    if (isOld && !this.dirty && !this.composing) this.adopt(this.served);
    this.notice = "";
    this.element.querySelector("[data-history]")?.removeAttribute("hidden");
  }

  // What the server holds, and since when.
  learn({ text, readers, version, state = this.held, saved_at }) {
    Object.assign(this, { savedText: text, savedReaders: readers, held: state });
    this.versionField.value = version;
    if (saved_at) this.savedAt = new Date(saved_at).getTime();
  }

  // The server holds this by now, and nothing was typed here.
  adopt(served) {
    this.setText(served.text);
    this.readersField.value = served.readers;
    this.learn(served);
  }

  tell(sentence) {
    this.notice = sentence;
    this.show();
  }

  show() {
    if (!this.composing) {
      showBox(this);
      showConflict(this);
      showRescue(this);
    }
    this.onChange();
  }
}
