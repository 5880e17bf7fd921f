// Two devices wrote in one box: both texts side by side with their differences marked. The field is not touched until
// the member chooses.

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
    const mine = box.field.value;
    const texts = { mine, other: answer.text, both: `${mine}\n\n---\n\n${answer.text}` };
    bar.remove();
    box.settle(texts[choice]);
    box.field.focus();
  });
  box.element.append(bar);
}
