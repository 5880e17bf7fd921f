// `/` leads into the search box of a page that has no other keys.

const OFF = "hisho-keys-off"; // as the list of the keys says (keys.js)
const TYPING = "input, textarea, select, [contenteditable], dialog";

function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // no storage: nothing was switched off
  }
}

document.addEventListener("keydown", (event) => {
  const isPlain = event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
  if (!isPlain || event.defaultPrevented || event.target.closest?.(TYPING) || isOff()) return;
  const field = document.querySelector("input[data-search]");
  if (!field) return;
  event.preventDefault();
  field.select();
});
