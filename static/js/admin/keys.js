// Single keys for whoever reads much: from text to text, from person to person, into the box and on. They never act
// while something is typed or converted, and can be switched off.

import { isBare, isOff, isTyping, switchOn } from "./typing.js";

const dialog = document.querySelector("[data-keys]");
const press = (selector) => document.querySelector(selector)?.click();

// Those that can be seen: not what is folded away.
const entries = () => [...document.querySelectorAll("[data-entry]")].filter((entry) => entry.checkVisibility?.() ?? entry.offsetParent);

let last = null;

function current() {
  return document.activeElement?.closest("[data-entry]") ?? (last?.isConnected ? last : null);
}

function show(entry) {
  last = entry;
  entry?.focus();
}

function move(step) {
  const all = entries();
  const place = all.indexOf(current());
  if (place < 0) show(all[0]);
  else if (all[place + step]) show(all[place + step]);
}

// The box of the text she is at; without one, of the first text that she may answer.
function answer() {
  const here = current() ?? entries().find((entry) => entry.querySelector(".new") && entry.querySelector("textarea"));
  const entry = here?.querySelector("textarea") ? here : entries().find((each) => each.querySelector("textarea"));
  const field = entry?.querySelector("textarea");
  if (!field) return;
  last = entry;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

// The field for it on this page, or the way there.
function search() {
  const here = document.querySelector("[data-search]");
  if (here?.matches("input")) here.select();
  else here?.click();
}

const DEEDS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => press("a[rel=next]"),
  p: () => press("a[rel=prev]"),
  a: answer,
  m: () => press("[data-read]"),
  "/": search,
};

function pressed(event) {
  if (!isBare(event)) return;
  const box = event.target.closest?.(".box textarea");
  if (box && event.key === "Escape") {
    box.blur();
    show(box.closest("[data-entry]"));
    return;
  }
  if (isTyping(event) || dialog?.open || document.querySelector("dialog[open]")) return;
  const isHelp = event.key === "?";
  const deed = isHelp ? open : DEEDS[event.key];
  if (!deed || (isOff() && !isHelp) || (event.repeat && !"jk".includes(event.key)) || (event.shiftKey && !isHelp && event.key !== "/")) return;
  event.preventDefault();
  deed();
}

function open() {
  dialog.querySelector("[data-keys-on]").checked = !isOff();
  dialog.showModal();
}

export function listenToKeys() {
  if (!dialog?.showModal) return;
  document.addEventListener("keydown", pressed);
  document.addEventListener("focusin", ({ target }) => { last = target.closest("[data-entry]") ?? last; });
  dialog.querySelector("[data-keys-on]").addEventListener("change", ({ target }) => switchOn(target.checked));
  for (const button of document.querySelectorAll("[data-keys-button]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
}
