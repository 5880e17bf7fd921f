// The same boxes in two tabs: the second is told so, and keeps its words in a place of its own in the journal.

import { operationId } from "./save.js";

const forever = new Promise(() => {});
let own = ""; // the place of this page where it is not the first

// While a page has `hisho-box-<key>`, shared, nobody else sends what stands in that box. Resolves when it has all.
export function holdBoxes(boxes) {
  const hold = (box) => new Promise((resolve) => {
    const held = () => { resolve(); return forever; };
    navigator.locks.request(`hisho-box-${box.key}`, { mode: "shared" }, held).catch(resolve);
  });
  return navigator.locks ? Promise.all(boxes.map(hold)) : Promise.resolve();
}

// A place in the journal that belongs to this page for as long as it is open.
export function holdSlot(slot) {
  navigator.locks?.request(`hisho-slot-${slot}`, () => forever).catch(() => {});
  return slot;
}

// A week is claimed as a whole, by the address of its worksheet: its session's room has the same boxes, and says so. A box
// of the office may stand on several pages.
const claimOf = (box) => (typeof box.key === "number" ? box.form.dataset.page ?? location.pathname : box.key);

// Gives each box its `slot`, the place in the journal: "" in the first tab that has it. `onFirst` is called with the
// boxes whose first tab was closed.
export async function claim(form, boxes, onFirst) {
  if (!navigator.locks) return;
  const notice = document.querySelector("[data-tabs]");
  const elsewhere = new Set();
  const tell = () => { if (notice) notice.hidden = !elsewhere.size; };
  const claimed = [...new Set(boxes.map(claimOf))].map(async (name) => {
    const mine = boxes.filter((box) => claimOf(box) === name);
    const slot = await claimOne(`hisho-week-${form.dataset.user}-${name}`, () => {
      elsewhere.delete(name);
      tell();
      onFirst(mine);
    });
    if (slot) elsewhere.add(name);
    for (const box of mine) box.slot = slot;
  });
  await Promise.all(claimed);
  tell();
}

// Resolves to "" for the first tab, else to the place of this page; `onFirst` is called when the first was closed.
function claimOne(name, onFirst) {
  return new Promise((resolve) => {
    const isFirst = (lock) => {
      if (lock) {
        resolve("");
        return forever;
      }
      own ||= holdSlot(operationId());
      resolve(own);
      navigator.locks.request(name, () => {
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
