// What stands between a form and the server: it can be reached, whoever opened the page is signed in, the token is
// that of now, and the request is small enough to outlive the page.

import { cookie } from "../save.js";
import { whoIsHere } from "../session.js";
import { signIn } from "../signin.js";

const { csrfCookie } = document.querySelector("meta[name=user]").dataset;
let token = cookie(csrfCookie);
const KEEPALIVE_BYTES = 60_000; // browsers refuse more than 64 KiB in requests that outlive the page

export function mayOutlive(fields) {
  return new Blob([...fields].flat()).size + 150 * [...fields].length < KEEPALIVE_BYTES;
}

// Resolves to "" if nothing stands in the way, else to the form's sentence about it. Where nobody is signed in any
// more, she is asked to sign in without leaving the page; `options` as for signIn().
export async function findHindrance(form, options) {
  const { user, signedOut, somebodyElse, unreachable } = form.dataset;
  form.dataset.csrfCookie = csrfCookie;
  const session = await whoIsHere().catch(() => null);
  if (!session) return unreachable;
  if (session.user === Number(user) || (await signIn(form, options))) return "";
  return session.user ? somebodyElse : signedOut;
}

// Of what is on its way to the server at once, the last that was sent is kept.
export function takeTurn(form) {
  if (form.elements.turn) form.elements.turn.value = Date.now();
  return form;
}

// The token changes with every sign-in. Says whether it did since the last time; the page's forms hold that of now.
export function renewToken() {
  const before = token;
  token = cookie(csrfCookie) || before;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token || field.value;
  return token !== before;
}

// Whether the form holds something else than the server put into it.
export function wasTyped(form) {
  const typed = [...form.elements].filter((field) => field.matches("textarea, input:not([type=hidden])"));
  return typed.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}
