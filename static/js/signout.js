// Signing out takes the key off this device first. While words wait here it asks, on its own page, what to do with them.

import { deliver } from "./delivery.js";
import { countUnsent, forgetKeys, openJournal } from "./journal.js";

const ENOUGH = 10_000;
const PATIENCE = 2_000; // for a browser that does not open its own storage
const wait = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const within = (promise, time) => Promise.race([promise.catch(() => {}), wait(time)]);

// How many texts wait here; a browser that does not say so must not keep her from signing out.
const countLeft = async (user, otherwise = 0) => (await within(countUnsent(user), PATIENCE)) ?? otherwise;

async function leave(form) {
  await within(forgetKeys(), PATIENCE);
  form.submit();
}

async function sendAll(user, csrfCookie, count) {
  const end = Date.now() + ENOUGH;
  let left = await countLeft(user, count);
  while (left && Date.now() < end) {
    const round = openJournal(user).then((journal) => deliver(journal, csrfCookie));
    const entries = (await within(round, end - Date.now())) ?? [];
    left = await countLeft(user, left);
    if (!entries.some((entry) => ["open", "retry"].includes(entry.kind))) break;
    if (left) await wait(1_000);
  }
  return left;
}

function ask(form, panel, user, csrfCookie, count) {
  const [title, status, send, keep] = ["title", "status", "send", "keep"].map((name) => panel.querySelector(`[data-${name}]`));
  const name = (number) => { title.textContent = title.dataset.title.replace("{n}", number); };
  const say = (what) => {
    status.hidden = false;
    status.textContent = status.dataset[what];
  };
  name(count);
  form.hidden = true;
  panel.hidden = false;
  keep.addEventListener("click", () => leave(form));
  send.addEventListener("click", async () => {
    send.disabled = true;
    say("sending");
    const left = await sendAll(user, csrfCookie, count);
    if (!left) return leave(form);
    name(left);
    send.disabled = false;
    say("failed");
    return undefined;
  });
}

export async function askBeforeSigningOut(user, csrfCookie) {
  const forms = [...document.forms].filter((form) => form.matches("[action='/accounts/logout/']"));
  if (!user || !forms.length) return;
  const panel = document.querySelector("[data-before-sign-out]");
  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const left = await countLeft(user);
      if (!left) leave(form);
      else if (panel) ask(form, panel, user, csrfCookie, left);
      else location.assign(pageOf(form));
    });
  }
  const waiting = panel ? await countLeft(user) : 0;
  if (waiting) ask(forms[0], panel, user, csrfCookie, waiting);
}

function pageOf(form) {
  const next = form.elements.next?.value;
  return next ? `${form.action}?next=${encodeURIComponent(next)}` : form.action;
}
