// Two devices wrote in one box: both texts side by side with their differences marked. The field is not touched until
// the member chooses.

import { narrow } from "./readers.js";

function mark(element, changes, own) {
  for (const [sign, text] of changes) {
    if (sign !== "=" && sign !== own) continue;
    const part = document.createElement(sign === "=" ? "span" : "mark");
    part.textContent = text;
    element.append(part);
  }
}

const shown = new WeakSet();

export function showConflict(box) {
  const answer = box.conflict;
  if (!answer || shown.has(answer)) return;
  shown.add(answer);
  box.element.querySelector(".conflict")?.remove();
  const bar = document.querySelector("[data-conflict-template]").content.firstElementChild.cloneNode(true);
  mark(bar.querySelector("[data-mine]"), answer.changes ?? [["-", box.field.value]], "-");
  mark(bar.querySelector("[data-other]"), answer.changes ?? [["+", answer.text]], "+");
  bar.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-keep]")?.dataset.keep;
    if (!choice || box.composing) return;
    bar.remove();
    settle(box, choice);
    box.field.focus();
  });
  box.element.append(bar);
}

// The member has chosen: her text goes on from the other side's version.
function settle(box, choice) {
  const { conflict } = box;
  const mine = box.field.value;
  const text = { mine, other: conflict.text, both: `${mine}\n\n---\n\n${conflict.text}` }[choice];
  // What was typed since is nowhere but here.
  if (choice === "other" && box.text !== box.sender.pending?.text) box.putAside(box);
  box.learn(conflict);
  narrow(box.readersField, box.savedReaders);
  box.conflict = box.sender.pending = null;
  if (text !== mine) box.setText(text);
  if (choice === "other") box.offerUndo(mine);
  box.touched();
  box.sender.flush();
}
