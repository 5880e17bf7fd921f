// The same week in two tabs: the second is told so, and keeps its words in a place of its own in the journal.

import { operationId } from "./save.js";

const forever = new Promise(() => {});

// While a page has `hisho-box-<prompt>`, shared, nobody else sends what stands in that box. Resolves when it has all.
export function holdBoxes(boxes) {
  const hold = (box) => new Promise((resolve) => {
    const held = () => { resolve(); return forever; };
    navigator.locks.request(`hisho-box-${box.prompt}`, { mode: "shared" }, held).catch(resolve);
  });
  return navigator.locks ? Promise.all(boxes.map(hold)) : Promise.resolve();
}

// A place in the journal that belongs to this page for as long as it is open.
export function holdSlot(slot) {
  navigator.locks?.request(`hisho-slot-${slot}`, () => forever).catch(() => {});
  return slot;
}

// Resolves to the place in the journal: "" for the first tab. `onFirst` is called when that tab was closed.
export function claim(form, onFirst) {
  const notice = document.querySelector("[data-tabs]");
  if (!navigator.locks) return Promise.resolve("");
  const name = `hisho-week-${form.dataset.user}-${location.pathname}`;
  return new Promise((resolve) => {
    const isFirst = (lock) => {
      if (lock) {
        resolve("");
        return forever;
      }
      notice.hidden = false;
      resolve(holdSlot(operationId()));
      navigator.locks.request(name, () => {
        notice.hidden = true;
        onFirst();
        return forever;
      }).catch(() => {});
      return undefined;
    };
    navigator.locks.request(name, { ifAvailable: true }, isFirst).catch(() => resolve(""));
  });
}

// What a second tab left behind that is open no more.
export async function isAbandoned(slot) {
  if (!navigator.locks) return true;
  const { held } = await navigator.locks.query();
  return !held.some((lock) => lock.name === `hisho-slot-${slot}`);
}
