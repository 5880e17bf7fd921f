// Beside a box stand one's own notes line by line: a tap takes a line over into the box, another one takes it back. What
// is taken is seen from the text alone, so that a changed line is the writer's own and its source is free again.

import { holds, leaving, linesOf, questionsOf, takenIn, taking } from "./linetext.js";
import { conversionEnds, isComposing } from "./pause.js";

const SOON = 200;
const written = new WeakSet(); // fields that had the caret: there it has a place of its own

const fieldsOf = (form, kinds) => kinds.flatMap((kind) => [...form.querySelectorAll(`[data-kind="${kind}"] [data-box] textarea`)]);

const make = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });

// What the page itself asks: pasted into the notes it is nobody's own line.
function askedOn(form) {
  const asked = [...form.querySelectorAll(".ask")].map((ask) => ask.lastChild?.textContent.trim() ?? "");
  return questionsOf([...asked, ...[...form.querySelectorAll(".former")].map((former) => former.textContent)]);
}

// As if typed: the browser's own undo takes it back. The caret of the field stays at its place in the text, and the
// focus where it is; on a phone no keyboard comes up.
function change(field, { start, end, put }) {
  const focused = document.activeElement;
  const { selectionStart, selectionEnd, scrollTop, inputMode } = field;
  const moved = (place) => (place <= start ? place : Math.max(start, place - (end - start)) + put.length);
  const was = field.value;
  field.inputMode = "none";
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  if (document.activeElement === field) document.execCommand(put ? "insertText" : "delete", false, put);
  if (field.value === was) {
    field.setRangeText(put, start, end);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  if (written.has(field)) field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  else field.setSelectionRange(field.value.length, field.value.length);
  field.scrollTop = scrollTop;
  if (focused === document.body) field.blur();
  else if (focused !== field) focused.focus({ preventScroll: true });
  field.inputMode = inputMode;
}

class Lines {
  constructor(panel, form) {
    Object.assign(this, { panel, form, shown: "", order: [] });
    this.asked = askedOn(form);
    this.names = new Set([...form.querySelectorAll("[data-name]")].map((button) => button.dataset.name));
    this.sources = fieldsOf(form, panel.dataset.lines.split(" "));
    this.targets = [...panel.closest("[data-kind]").querySelectorAll("[data-box] textarea")];
    [this.target] = this.targets;
    for (const field of this.targets) field.addEventListener("focus", () => this.entered(field));
    if (this.targets.includes(document.activeElement)) this.entered(document.activeElement);
    for (const name of ["input", "set"]) {
      for (const field of this.sources) field.addEventListener(name, () => this.showSoon());
      for (const field of this.targets) field.addEventListener(name, () => this.mark());
    }
    panel.addEventListener("toggle", () => this.show());
    // The press would take the focus away from a field that is being written in, and the keyboard with it.
    panel.addEventListener("mousedown", (event) => event.target.closest("[data-line]") && event.preventDefault());
    panel.addEventListener("click", (event) => this.tapped(event.target.closest("[data-line]")));
    if (getComputedStyle(panel).position === "sticky") panel.open = true; // on a wide screen: beside the box
    this.show();
  }

  entered(field) {
    if (field.inputMode === "none") return; // by change()
    this.target = field;
    written.add(field);
  }

  // What stands in the sources, in order: { title, lines } each.
  read() {
    return this.sources.map((field) => {
      const box = field.closest("[data-box]");
      const question = box.querySelector(".ask").lastChild.textContent.trim();
      return { title: question, lines: linesOf(field.value, this.asked, this.names) };
    }).filter(({ lines }) => lines.some(({ body }) => body));
  }

  // Not at every key, and the longer the notes, the later.
  showSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), SOON + this.order.length);
  }

  show() {
    if (!this.panel.open) return;
    if (isComposing()) return void this.showSoon(); // no line is made of half a word
    const read = this.read();
    const now = JSON.stringify(read);
    if (now !== this.shown) this.build(read);
    this.shown = now;
    this.mark();
  }

  mark() {
    const taken = this.targets.map((field) => takenIn(field.value));
    for (const button of this.panel.querySelectorAll("[data-line]")) {
      button.setAttribute("aria-pressed", String(taken.some((lines) => lines.has(button.dataset.line))));
    }
  }

  // Who stands on a line with the keyboard stays on it.
  build(read) {
    this.order = read.flatMap(({ lines }) => lines.flatMap(({ body }) => body ?? []));
    const stood = this.panel.contains(document.activeElement) ? document.activeElement.dataset.line : undefined;
    this.panel.querySelector("[data-list]").replaceChildren(...read.map((source) => this.group(source)));
    this.panel.querySelector("[data-none]").hidden = read.length > 0;
    this.panel.querySelector("[data-how]").hidden = read.length === 0;
    if (stood === undefined) return;
    [...this.panel.querySelectorAll("[data-line]")].find((each) => each.dataset.line === stood)?.focus({ preventScroll: true });
  }

  group({ title, lines }) {
    const group = make("div", "lines-of", "");
    const list = make("ul", "", "");
    list.append(...lines.map((line) => (line.name ? make("li", "lines-name", line.name) : this.item(line.body))));
    group.append(make("p", "lines-from", title), list);
    return group;
  }

  item(body) {
    const item = make("li", "", "");
    const button = Object.assign(make("button", "line", body), { type: "button" });
    button.dataset.line = body;
    item.append(button);
    return item;
  }

  // Never into an open conversion: the line waits for its end.
  async tapped(button) {
    if (!button) return;
    await conversionEnds();
    this.show();
    const body = button.dataset.line;
    if (!this.order.includes(body)) return; // what stood there has become something else
    const holder = this.targets.find((field) => holds(field.value, body));
    const field = holder ?? this.target;
    if (field.readOnly) return;
    change(field, holder ? leaving(field.value, body) : taking(field.value, body, this.order));
  }
}

export function addLines(form) {
  for (const panel of form.querySelectorAll("[data-lines]")) new Lines(panel, form);
}
