// What is said about the words: one sentence for each box, one line for the page, both the plain truth.

import { clockIn } from "./clock.js";

const LATE = 8_000; // unconfirmed for so long is trouble, whatever the network says
const SLOW = 1_000; // an answer takes no longer where all is well
const TROUBLE = ["conflict", "refused", "signedout", "unkept", "unsent", "waiting"];
const FIRST = ["conflict", "refused", "signedout"];
const ORDER = [...TROUBLE, "typing", "saved", "idle"];

// One of ORDER, from what the box and its sender know.
export function stateOf(box) {
  const { sender } = box;
  if (box.conflict) return "conflict";
  if (box.refusal) return "refused";
  if (box.isBarred) return "signedout";
  if (!sender.isUnsent) return box.savedAt ? "saved" : "idle";
  if (sender.isBarred) return "signedout";
  if (box.isReady && !box.hasJournal) return sender.isFailing ? "unsent" : "unkept";
  const now = Date.now();
  const isSlow = sender.inFlight && now - sender.sentAt > SLOW;
  const isLate = sender.isFailing || (sender.since && now - sender.since > LATE && (isSlow || !sender.inFlight));
  // Between a key and the journal lie some milliseconds: what was said until then stays, so that nothing flickers.
  // Who types without a pause on a slow device may never be kept: what is late is told all the same.
  if (!box.isKept) return box.draft.isSettling && TROUBLE.includes(box.shown) ? box.shown : isLate ? "unsent" : "typing";
  if (isLate && navigator.onLine) return "unsent";
  return isLate || isSlow || !navigator.onLine ? "waiting" : "typing";
}

// A comment that is saved is not sent yet.
const restOf = (box) => (box.element.dataset.sendUrl && box.savedText?.trim() ? box.form.dataset.draft : "");

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function showBox(box) {
  const state = (box.shown = stateOf(box));
  const say = box.form.dataset;
  const isTrouble = TROUBLE.includes(state);
  const sentences = { refused: box.refusal, signedout: box.reason || say.signedout, conflict: say.conflict, unkept: say.unkept, unsent: say.unsent, waiting: say.waiting };
  write(box.status, (FIRST.includes(state) ? sentences[state] : box.onItsWay || sentences[state]) ?? `${box.notice || restOf(box)}${box.also ?? ""}`);
  box.status.classList.toggle("trouble", isTrouble && state !== "waiting");
  // What the server holds may be called written; what it does not hold yet may not.
  box.badge.className = `state ${isTrouble ? "started" : box.held}`;
  write(box.badge, say[isTrouble ? "pending" : box.held]);
  box.badge.hidden = !box.badge.textContent;
}

// A line may have two places: then only what matters is spoken, as the boxes speak for themselves.
function writeLine(line, text, isSpoken) {
  const [quiet, spoken] = line.children;
  if (!spoken) {
    write(line, text);
    return;
  }
  write(quiet, isSpoken ? "" : text);
  write(spoken, isSpoken ? text : "");
}

// `notice`: what matters more right now than where the words are.
export function showPage(form, boxes, notice = "") {
  const line = document.querySelector("[data-page-status]");
  const say = form.dataset;
  const states = new Set(boxes.map(stateOf));
  const worst = ORDER.find((state) => states.has(state)) ?? "idle";
  const savedAt = Math.max(0, ...boxes.map((box) => box.savedAt));
  const isKept = boxes.every((box) => box.hasJournal || !box.isReady);
  const idle = isKept ? say.auto : say.unkept;
  const saved = boxes.some(restOf) ? say.savedDraft : say.saved;
  const sentences = { saved: savedAt ? `${saved} ${clockIn(say.timeZone).format(savedAt)}` : idle, idle, refused: say.check };
  const told = FIRST.includes(worst) ? "" : notice;
  writeLine(line, told || (sentences[worst] ?? say[worst]), Boolean(told) || TROUBLE.includes(worst));
  const isTrouble = TROUBLE.includes(worst) && worst !== "waiting";
  const look = { typing: "busy", waiting: "busy kept" }[worst] ?? "";
  line.className = `page-status ${isTrouble ? "trouble" : look}`;
  const button = document.querySelector("[data-signin-button]");
  if (button) button.hidden = worst !== "signedout";
}
