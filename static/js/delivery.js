// Sends the words that wait in the journal, from whatever page: the save whose answer is unknown first, under its own
// name, then what was written after it. Boxes that stand open in a tab are left to that tab. A device that can write
// nothing any more (its disk is full) still sends.

import { keepBoxes } from "./keep.js";
import { isHere } from "./key.js";
import { narrower } from "./readers.js";
import { operationId, send, wellFormed } from "./save.js";

// Resolves to what is still unsent, each entry with the `kind` of the last answer. One entry never stops the others.
export async function deliver(journal, csrfCookie) {
  const left = [];
  for (const entry of await journal.unsent()) {
    const kind = await alone(entry.prompt, () => deliverOne(journal, entry, csrfCookie)).catch(() => "retry");
    if (kind !== "saved") left.push({ ...entry, kind });
  }
  return left;
}

async function alone(prompt, work) {
  if (isHere(prompt)) return "open";
  if (!navigator.locks) return work();
  return navigator.locks.request(`hisho-box-${prompt}`, { ifAvailable: true }, (lock) => (lock ? work() : "open"));
}

async function findNow(journal, { prompt, slot }) {
  return (await journal.unsent()).find((entry) => entry.prompt === prompt && entry.slot === slot);
}

function isSame(one, other) {
  const [first, second] = [one, other].map(({ text, readers, base_version, pending }) => [text, readers, base_version, pending?.operation_id]);
  return first.every((value, place) => value === second[place]);
}

// The save that comes next, never with more readers than the member has chosen since it was first sent.
function nextOf({ pending, base_version, text, readers, follows }, user) {
  if (pending) return { ...pending, readers: narrower(pending.readers, readers) };
  return { operation_id: operationId(), ...(follows ? { follows } : {}), base_version, text: wellFormed(text), readers, user };
}

// `stored` is what the journal holds, `next` what it shall hold. Resolves to what it holds then.
async function replace(journal, stored, next) {
  return journal.write(next).then(() => next, () => stored);
}

// Resolves to the kind of the last answer: "saved" when the server has it all, "open" when somebody else writes here.
export async function deliverOne(journal, place, csrfCookie) {
  let stored = await findNow(journal, place);
  let entry = stored;
  while (entry) {
    const save = nextOf(entry, journal.user);
    if (!entry.pending) stored = await replace(journal, stored, { ...entry, pending: save });
    const answer = await send(entry.url, save, csrfCookie);
    const isReused = Boolean(entry.pending) && answer.error === "reused";
    if (answer.kind !== "saved" && !isReused) return answer.kind;
    if (answer.kind === "saved") await keep(journal, save, entry.prompt, answer);
    const now = await findNow(journal, place);
    if (!now) return "saved"; // by somebody else, in the meantime
    if (!isSame(now, stored)) return "open";
    const next = isReused ? afterReused(entry, save) : afterSaved(entry, save, answer);
    if (!next) return journal.remove(now).then(() => "saved");
    stored = await replace(journal, stored, next);
    entry = next;
  }
  return "saved";
}

async function keep(journal, { text }, prompt, { readers, version, state }) {
  await keepBoxes(journal, { [prompt]: { text, readers, version, state } }).catch(() => {});
}

// What is left to send, if anything. Another device may have let fewer people read.
function afterSaved(entry, save, answer) {
  const readers = entry.readers === save.readers ? answer.readers : narrower(entry.readers, answer.readers);
  if (wellFormed(entry.text) === save.text && readers === answer.readers) return null;
  return { ...entry, readers, base_version: answer.version, pending: null, follows: undefined };
}

// It had arrived before, with more readers or in other words: what stands here now is a save of its own.
function afterReused(entry, save) {
  const follows = save.readers === entry.pending.readers ? undefined : save.operation_id;
  return { ...entry, pending: null, follows };
}
