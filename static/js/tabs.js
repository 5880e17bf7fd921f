// The same week in two tabs: the second is told so, and keeps its words in a place of its own in the journal.

import { operationId } from "./save.js";

const forever = new Promise(() => {});

// Resolves to the place in the journal: "" for the first tab. Holds `hisho-box-<prompt>` for every box, shared, so
// that nobody else sends what stands in them.
export function claim(form, boxes) {
  const notice = document.querySelector("[data-tabs]");
  if (!navigator.locks) return Promise.resolve("");
  for (const box of boxes) navigator.locks.request(`hisho-box-${box.prompt}`, { mode: "shared" }, () => forever);
  const name = `hisho-week-${form.dataset.user}-${location.pathname}`;
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock) {
        resolve("");
        return forever;
      }
      const slot = operationId();
      notice.hidden = false;
      navigator.locks.request(`hisho-slot-${slot}`, () => forever);
      navigator.locks.request(name, () => { // the other tab was closed
        notice.hidden = true;
        return forever;
      });
      resolve(slot);
      return undefined;
    });
  });
}

// What a second tab left behind that is open no more.
export async function isAbandoned(slot) {
  if (!navigator.locks) return true;
  const { held } = await navigator.locks.query();
  return !held.some((lock) => lock.name === `hisho-slot-${slot}`);
}
