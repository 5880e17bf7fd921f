// A form of the room, sent by the page's script. Its token may be older than the session: who signed in again in this
// browser has another one by now.

import { cookie } from "../save.js";
import { freshToken } from "../session.js";

const PATIENCE = 10_000;

// Resolves to the server's answer; rejects if there is none.
export async function press(url, fields, csrfCookie) {
  const answer = await post(url, fields, csrfCookie);
  if (answer.status !== 403 || (await answer.clone().json().catch(() => ({}))).error !== "csrf") return answer;
  await freshToken();
  return post(url, fields, csrfCookie);
}

function post(url, fields, csrfCookie) {
  const body = new URLSearchParams(fields);
  const token = cookie(csrfCookie);
  if (token) body.set("csrfmiddlewaretoken", token);
  const options = { method: "POST", body, redirect: "manual", cache: "no-store", credentials: "same-origin" };
  return fetch(url, { ...options, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
}
