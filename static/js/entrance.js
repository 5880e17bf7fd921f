// The sign-in pages, asked from within another page; what they answer is read as a person would read it.

import { cookie } from "./save.js";
import { freshToken } from "./session.js";

const TIMEOUT = 20_000;
const ERRORS = ".errorlist li, .note.error";

async function send(url, fields, csrfCookie) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": cookie(csrfCookie) },
      cache: "no-store",
      credentials: "same-origin",
      signal: stop.signal,
    });
    return await read(response);
  } finally {
    clearTimeout(clock);
  }
}

async function read(response) {
  const answer = { status: response.status, path: new URL(response.url).pathname, errors: [], session: null };
  if (response.headers.get("Content-Type")?.includes("json")) {
    return { ...answer, session: response.ok ? await response.json() : null };
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const errors = [...page.querySelectorAll(response.ok ? ERRORS : ".theme .aim")].map((node) => node.textContent.trim());
  return { ...answer, errors: [...new Set(errors)].filter(Boolean) };
}

// Posts a form of the sign-in pages and follows where they lead. Resolves to { status, path, errors, session }:
// the page that came in the end and what it complains about, or `session` when that was the last answer.
export async function enter(url, fields, csrfCookie) {
  if (!cookie(csrfCookie)) await freshToken();
  const answer = await send(url, fields, csrfCookie);
  if (answer.status !== 403) return answer;
  await freshToken();
  return send(url, fields, csrfCookie);
}
