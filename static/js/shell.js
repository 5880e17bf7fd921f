// The page that stands in while there is no network. Of a week that is kept on this device it makes the week again, to
// read and to write in; of every other page a calm note with what is kept here.

import { deliver } from "./delivery.js";
import { showEnded } from "./ended.js";
import { countUnsent, keyHolder, openJournal } from "./journal.js";
import { keepBoxes, knownOf } from "./keep.js";
import { whoIsHere } from "./session.js";
import { start } from "./sheet.js";
import { buildWeek } from "./week.js";

const ASK = 5_000;
const shell = document.querySelector("[data-shell]");

// Shows the way to the real page while there is one. The page is never changed under her hands. `onLook` resolves to
// whether nothing is left to do: then nobody is asked any more until the network changes.
function watch(onLook) {
  let asking = false;
  let settled = false;
  const look = async () => {
    if (asking || document.visibilityState === "hidden") return;
    asking = true;
    const here = navigator.onLine ? await whoIsHere().catch(() => null) : null;
    const back = Boolean(here);
    for (const link of document.querySelectorAll("[data-fresh]")) {
      link.hidden = !back;
      link.querySelector("a").href = location.pathname + location.search;
    }
    settled = (await onLook(back).catch(() => false)) && back;
    asking = false;
  };
  for (const name of ["online", "offline", "focus"]) addEventListener(name, look);
  document.addEventListener("visibilitychange", look);
  setInterval(() => settled || look(), ASK);
  look();
}

function listWeeks(weeks) {
  const list = shell.querySelector("[data-weeks]");
  const items = [...weeks].sort((one, other) => (one.path < other.path ? -1 : 1)).map((week) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const text = document.createElement("span");
    link.href = week.path;
    text.textContent = `${week.label}　${week.theme}`;
    link.append(text);
    item.append(link);
    return item;
  });
  list.replaceChildren(...items);
  shell.querySelector("[data-kept]").hidden = !items.length;
}

async function showWaiting(user) {
  const line = shell.querySelector("[data-waiting]");
  const count = user ? await countUnsent(user) : 0;
  line.textContent = line.dataset.waiting.replace("{n}", count);
  line.hidden = !count;
  return count;
}

async function calm(user, journal) {
  const title = shell.querySelector("h1");
  const gone = title.textContent;
  shell.querySelector("[data-locked]").hidden = Boolean(journal);
  if (journal) listWeeks(await journal.weeks());
  watch(async (back) => {
    title.textContent = back ? title.dataset.back : gone;
    shell.querySelector("[data-safe]").hidden = back || !journal;
    if (back && journal) await deliver(journal, shell.dataset.csrfCookie);
    return (await showWaiting(user)) === 0;
  });
}

async function open() {
  const user = await keyHolder().catch(() => null);
  const journal = user ? await openJournal(user).catch(() => null) : null;
  const week = await journal?.week(location.pathname);
  if (!week) return calm(user, journal);
  const form = buildWeek(week, user);
  watch(async (back) => back && (await deliver(journal, form.dataset.csrfCookie)).length === 0);
  const sheet = await start(form);
  if (week.isEnded) showEnded(sheet);
  const known = () => Object.fromEntries(sheet.boxes.map((box) => [box.key, knownOf(box)]));
  sheet.onSaved = () => keepBoxes(journal, known()).catch(() => {});
  return sheet;
}

open();
