// After a text has shrunk by more than half and by 200 characters, the longer one is one touch away for the whole visit.

const LEAST = 200;

export function watchShrinking(box) {
  const button = box.element.querySelector("[data-undo]");
  let longest = box.field.value;
  let before = null;

  box.offerUndo = (text) => {
    before = text;
    button.hidden = false;
  };

  box.forgetLonger = () => {
    longest = box.field.value;
    button.hidden = true;
  };

  const watch = () => {
    const text = box.field.value;
    if (text.length >= longest.length) longest = text;
    else if (text.length * 2 < longest.length && longest.length - text.length > LEAST) {
      box.offerUndo(longest);
    }
  };

  for (const name of ["input", "set"]) box.field.addEventListener(name, watch);
  button?.addEventListener("click", () => {
    if (box.composing || box.conflict || box.field.readOnly) return;
    const now = box.field.value;
    box.setText(before);
    before = now; // once more, and it is as it was
    box.touched();
    box.field.focus();
  });
}
