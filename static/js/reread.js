// The page of a week that can only be read: its copy on this device takes no more words either.

import { keepEnded } from "./ended.js";
import { keyHolder, openJournal } from "./journal.js";

const user = Number(document.querySelector('meta[name="user"]').content);

async function mark() {
  if ((await keyHolder()) === user) await keepEnded(await openJournal(user));
}

mark().catch(() => {}); // where nothing can be kept, there is no copy
