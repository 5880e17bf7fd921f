// A reading page: it keeps itself up to date, comments are saved as they are written, keys lead through it.

import "../device.js";
import "./live.js";
import { startAnswering } from "./answering.js";
import { listenToKeys } from "./keys.js";

const NOTICING = 3_000; // what came just now has not been read yet

const shownNow = () => new Map([...document.querySelectorAll("[data-shown-now]")].map((each) => [each.closest("[data-entry]"), { ...each.dataset }]));

// What the page shows for a while is what a comment answers and what 「読みました」 means.
function follow(noticed) {
  const now = shownNow();
  for (const [entry, shown] of noticed) {
    const field = entry?.querySelector("[data-shown]");
    if (!field) continue;
    if (now.get(entry)?.shownNow === shown.shownNow) field.value = shown.shownNow;
    field.dataset.seen = shown.seenNow; // comments are never taken away
  }
}

follow(shownNow());
document.addEventListener("hisho:live", () => setTimeout(follow, NOTICING, shownNow()));
document.addEventListener("click", ({ target }) => target.closest("[data-reload]") && location.reload());
listenToKeys();
startAnswering(document.querySelector("[data-worksheet]"));
