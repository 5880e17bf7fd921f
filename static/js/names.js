// The row of names above the session notes: one tap puts a name on a line of its own where the caret is, and the next
// line is ready. The field keeps the caret and the keyboard. During a conversion a tap waits for its end.

import { reveal } from "./reveal.js";

// What is put at `place`, and how far from its end the caret stands then: on an empty line.
function lineFor(name, text, place) {
  const isBegun = place > 0 && text[place - 1] !== "\n";
  const isFollowed = place < text.length && text[place] !== "\n";
  return { line: `${isBegun ? "\n" : ""}${name}\n${isFollowed ? "\n" : ""}`, back: isFollowed ? 1 : 0 };
}

// As if typed, so that the browser's own undo takes it back; where it cannot, at least the words get there.
function type(field, text, place) {
  const before = field.value;
  if (document.activeElement === field) {
    field.setSelectionRange(place, place);
    if (document.execCommand("insertText", false, text) && field.value !== before) return;
  }
  field.setRangeText(text, place, place, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}

// One stop of the Tab key for all names, however many: the arrows lead from one to the next.
function move(row, event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const names = [...row.querySelectorAll("[data-name]")];
  const next = names[names.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  for (const name of names) name.tabIndex = name === next ? 0 : -1;
  next.focus();
}

class Names {
  constructor(row) {
    this.field = row.closest("[data-box]").querySelector("textarea");
    this.waiting = new Set(); // tapped during a conversion
    this.isComposing = this.hadCaret = false;
    const on = (target, name, deed) => target.addEventListener(name, deed);
    on(this.field, "focus", () => { this.hadCaret = true; });
    on(this.field, "compositionstart", () => { this.isComposing = true; });
    on(this.field, "compositionend", () => setTimeout(() => this.composed()));
    on(this.field, "blur", () => this.composed());
    // The press would take the focus away from the field, and the keyboard with it.
    on(row.closest("[data-notebar]"), "mousedown", (event) => event.preventDefault());
    on(row, "click", (event) => this.tapped(event.target.closest("[data-name]")));
    on(row, "keydown", (event) => move(row, event));
    if (document.activeElement === this.field) this.hadCaret = true;
  }

  tapped(button) {
    if (!button || this.field.readOnly) return;
    const place = this.place;
    this.field.focus();
    if (this.isComposing) this.waiting.add(button.dataset.name);
    else this.put(button.dataset.name, place);
  }

  composed() {
    this.isComposing = false;
    const names = [...this.waiting];
    this.waiting.clear();
    for (const name of names) this.put(name, this.place);
  }

  // Behind what is marked, so that nothing is replaced.
  get place() { return this.hadCaret ? this.field.selectionEnd : this.field.value.length; }

  put(name, place) {
    const { field } = this;
    const { line, back } = lineFor(name, field.value, place);
    type(field, line, place);
    if (document.activeElement !== field) return; // left while the conversion ended
    const caret = place + line.length - back;
    field.setSelectionRange(caret, caret);
    reveal(field);
  }
}

// On iPhones the keyboard pushes the page up instead of making it smaller: what sticks to the top goes with it.
function followKeyboard() {
  const { visualViewport: view, document: { documentElement: page } } = window;
  const follow = () => page.style.setProperty("--above", `${view.scale === 1 ? Math.round(view.offsetTop) : 0}px`);
  for (const name of ["resize", "scroll"]) view?.addEventListener(name, follow);
}

export function addNames() {
  const rows = [...document.querySelectorAll("[data-names]")];
  for (const row of rows) new Names(row);
  if (rows.length) followKeyboard();
}
