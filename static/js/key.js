// What a box is called, in the journal, in locks and in what the server says: in a worksheet by the number of its
// prompt, in the office by a word of its own, `answer-12` or `note-4`.

export function keyOf(element) {
  return element.dataset.box || Number(element.querySelector("textarea").name.split("-")[1]);
}

// Whether the box stands on this page.
export function isHere(key) {
  return [...document.querySelectorAll("[data-box]")].some((element) => keyOf(element) === key);
}
