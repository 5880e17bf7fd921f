// Two devices wrote in one box: both texts are shown, the field is not touched until the member chooses.

export function showConflict(box, answer) {
  box.element.querySelector(".conflict")?.remove();
  const template = document.querySelector("[data-conflict-template]");
  const bar = template.content.firstElementChild.cloneNode(true);
  bar.querySelector("[data-other]").textContent = answer.text;
  bar.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-keep]")?.dataset.keep;
    if (!choice || box.composing) return;
    const mine = box.field.value;
    const texts = { mine, other: answer.text, both: `${mine}\n\n---\n\n${answer.text}` };
    bar.remove();
    box.settle(texts[choice], answer);
    box.field.focus();
  });
  box.element.append(bar);
}
