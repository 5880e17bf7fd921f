// Sends the words that wait in the journal, from whatever page: the save whose answer is unknown first, under its own
// name, then what was written after it. Boxes that stand open in a tab are left to that tab.

import { keepBoxes } from "./keep.js";
import { operationId, send, wellFormed } from "./save.js";

// Resolves to what is still unsent, each entry with the `kind` of the last answer.
export async function deliver(journal, csrfCookie) {
  const left = [];
  for (const entry of await journal.unsent()) {
    const kind = await alone(entry.prompt, () => deliverOne(journal, entry, csrfCookie));
    if (kind !== "saved") left.push({ ...entry, kind });
  }
  return left;
}

function alone(prompt, work) {
  if (document.querySelector(`[data-box] [name="text-${prompt}"]`)) return "open";
  if (!navigator.locks) return work();
  return navigator.locks.request(`hisho-box-${prompt}`, { ifAvailable: true }, (lock) => (lock ? work() : "open"));
}

async function findNow(journal, { prompt, slot }) {
  return (await journal.unsent()).find((entry) => entry.prompt === prompt && entry.slot === slot);
}

// Resolves to the kind of the last answer: "saved" when the server has it all.
export async function deliverOne(journal, { prompt, slot }, csrfCookie) {
  for (;;) {
    const entry = await findNow(journal, { prompt, slot });
    if (!entry) return "saved"; // by somebody else, in the meantime
    const save = entry.pending ?? {
      operation_id: operationId(),
      base_version: entry.base_version,
      text: wellFormed(entry.text),
      readers: entry.readers,
      user: journal.user,
    };
    if (!entry.pending) await journal.write({ ...entry, pending: save });
    const answer = await send(entry.url, save, csrfCookie);
    if (answer.kind !== "saved") return answer.kind;
    const { version, state } = answer;
    await keepBoxes(journal, { [prompt]: { text: save.text, readers: answer.readers, version, state } });
    const now = await findNow(journal, { prompt, slot });
    if (!now) return "saved";
    if (now.pending?.operation_id !== save.operation_id) return "open"; // a tab has opened the box
    if (wellFormed(now.text) === save.text && now.readers === save.readers) {
      await journal.remove(now);
      return "saved";
    }
    await journal.write({ ...now, base_version: answer.version, pending: null });
  }
}
