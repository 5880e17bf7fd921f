// A reading page: it keeps itself up to date, comments are saved as they are written, keys lead through it.

import "../device.js";
import "./live.js";
import { startAnswering } from "./answering.js";
import { listenToKeys } from "./keys.js";

const NOTICING = 3_000; // what came just now has not been read yet

// What the page shows by now is what a comment answers and what 「読みました」 means.
function follow() {
  for (const shown of document.querySelectorAll("[data-shown-now]")) {
    const entry = shown.closest("[data-entry]");
    const [words, comments] = ["shown", "seen"].map((name) => entry?.querySelector(`[data-${name}]`));
    if (words) words.value = shown.dataset.shownNow;
    if (comments) comments.value = shown.dataset.seenNow;
  }
}

document.addEventListener("hisho:live", () => setTimeout(follow, NOTICING));
document.addEventListener("click", ({ target }) => target.closest("[data-reload]") && location.reload());
listenToKeys();
startAnswering(document.querySelector("[data-worksheet]"));
