// What every page says of words that could not be sent: where they belong; and those that the server does not take, or
// whose week this device does not know, to take along.

import { offer } from "./rescue.js";

const TWICE = 800;

// The page on which the box stands: a comment brings it along, every other box is in a week.
const pageOf = (entry, weeks) => entry.page ?? weeks.find((week) => week.prompts.includes(entry.prompt));

const isStuck = (entry, weeks) => entry.kind === "refused" || (entry.kind === "conflict" && !pageOf(entry, weeks));

function linkTo(page) {
  const link = document.createElement("a");
  link.href = page.path;
  link.textContent = page.label;
  return link;
}

// These words are nowhere else: she says so twice, and a double click is only once.
function offerToDrop(panel, entry, journal) {
  const button = panel.querySelector("[data-drop]");
  let askedAt = Infinity;
  button.addEventListener("click", async () => {
    if (Date.now() - askedAt > TWICE) {
      await journal.remove(entry).catch(() => {});
      const all = panel.closest("[data-stuck]");
      panel.remove();
      all.hidden = !all.querySelector(".rescue");
    } else if (askedAt === Infinity) {
      askedAt = Date.now();
      button.textContent = button.dataset.drop;
    }
  });
}

function buildStuck(entry, page, journal) {
  const panel = document.querySelector("[data-stuck-template]").content.firstElementChild.cloneNode(true);
  const place = panel.querySelector("[data-stuck-text]");
  const field = Object.assign(document.createElement("textarea"), { rows: 4, readOnly: true, value: entry.text });
  field.setAttribute("aria-label", place.dataset.label);
  place.replaceWith(field);
  if (page) panel.prepend(linkTo(page));
  offer(panel, field, `${page?.name ?? "hisho"}-${entry.prompt}.txt`);
  offerToDrop(panel, entry, journal);
  return panel;
}

// Built anew only when something else is stuck: she may be in the middle of copying.
function showStuck(place, stuck, weeks, journal) {
  const now = JSON.stringify(stuck.map(({ prompt, slot, text }) => [prompt, slot, text]));
  if (place.dataset.shown !== now) {
    place.dataset.shown = now;
    place.querySelector("[data-stuck-texts]").replaceChildren(...stuck.map((entry) => buildStuck(entry, pageOf(entry, weeks), journal)));
  }
  place.hidden = !stuck.length;
}

// `left` as `deliver` gives it; without a `journal` nobody knows where they belong.
export async function showLeft(left, journal = null) {
  const line = document.querySelector("[data-unsent-line]");
  if (!line) return;
  const elsewhere = left.filter((entry) => entry.kind !== "open");
  const weeks = elsewhere.length && journal ? await journal.weeks().catch(() => []) : [];
  const stuck = elsewhere.filter((entry) => isStuck(entry, weeks));
  const waiting = elsewhere.filter((entry) => !stuck.includes(entry));
  const pages = waiting.map((entry) => pageOf(entry, weeks)).filter(Boolean);
  const places = pages.filter((page, place) => pages.findIndex((each) => each.path === page.path) === place);
  line.querySelector("[data-unsent-places]").replaceChildren(...places.flatMap((page) => [linkTo(page), " "]));
  line.querySelector("[data-waiting]").hidden = !waiting.length;
  showStuck(line.querySelector("[data-stuck]"), stuck, weeks, journal);
  line.hidden = !elsewhere.length;
}
