// A reading page: it keeps itself up to date, comments are saved as they are written, keys lead through it.

import "../device.js";
import "./live.js";
import { startAnswering } from "./answering.js";
import { listenToKeys } from "./keys.js";

const NOTICING = 3_000; // what came just now has not been read yet

// What the page shows by now is what a comment answers and what 「読みました」 means.
function follow() {
  for (const shown of document.querySelectorAll("[data-shown-now]")) {
    const field = shown.closest("[data-entry]")?.querySelector("[data-shown]");
    if (field) field.value = shown.dataset.shownNow;
  }
}

document.addEventListener("hisho:live", () => setTimeout(follow, NOTICING));
document.addEventListener("click", ({ target }) => target.closest("[data-reload]") && location.reload());
listenToKeys();
startAnswering(document.querySelector("[data-worksheet]"));
