// Fewer may read while two texts stand side by side: that holds at once, for the text that the others see by now. It
// stays as it is, only who may read it is sent. What was written here waits until she has chosen.

import { narrower } from "./readers.js";
import { operationId, send } from "./save.js";

const AGAIN = 2_000;
const underWay = new WeakSet();

// Does nothing where no fewer may read than before. Called whenever a box would be sent.
export async function narrowOther(box, leaving) {
  const { conflict } = box;
  if (underWay.has(box) || narrower(box.readers, conflict.readers) === conflict.readers) return;
  underWay.add(box);
  const user = Number(box.form.dataset.user);
  const save = { operation_id: operationId(), base_version: conflict.version, text: conflict.text, readers: box.readers, user };
  const answer = await send(box.url, save, box.form.dataset.csrfCookie, { leaving });
  underWay.delete(box);
  if (box.conflict !== conflict) return; // she chose in between: that save says who may read
  if (answer.kind === "retry") box.sender.plan(Math.max(AGAIN, answer.after * 1_000));
  else take(box, answer);
}

function take(box, answer) {
  const { version, readers, state, saved_at } = answer;
  if (answer.kind === "saved") Object.assign(box.conflict, { version, readers, state, saved_at });
  // The other text changed once more. What differs was looked up for the one before, and not for hers.
  if (answer.kind === "conflict") box.conflict = { ...answer, changes: undefined };
  box.changed();
  box.onAnswer(box, answer);
  if (answer.kind === "saved") narrowOther(box);
}
