// One save of one box: what is sent, and when the answer may be believed.

import { freshToken } from "./session.js";

const CONTRACT = 2;
const TIMEOUT = 8_000; // with the time that a long text takes on a slow line:
const BYTES_A_MILLISECOND = 25;
const KEEPALIVE_BYTES = 60_000; // browsers refuse more than 64 KiB in requests that outlive the page

export function wellFormed(text) {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replaceAll("\0", "");
  return lines.toWellFormed ? lines.toWellFormed() : lines.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

export async function digest(text) {
  if (!globalThis.crypto?.subtle) return ""; // plain http other than localhost: the server's hash cannot be compared
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function operationId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function cookie(name) {
  const found = document.cookie.split("; ").find((item) => item.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

// Posts; where the token was too old, once more with a fresh one. Resolves to { status, after, answer }, 0 for no answer.
async function ask(url, body, csrfCookie, keepalive) {
  const asked = await post(url, body, csrfCookie, keepalive);
  if (asked.status !== 403 || asked.answer?.error !== "csrf") return asked;
  await freshToken();
  return post(url, body, csrfCookie, false);
}

async function post(url, body, csrfCookie, keepalive) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), TIMEOUT + body.length / BYTES_A_MILLISECOND); // also while the answer is being read
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      keepalive,
      redirect: "error",
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(csrfCookie) },
      signal: stop.signal,
    });
    return { status: response.status, after: Number(response.headers.get("Retry-After")) || 0, answer: await response.json() };
  } catch {
    return { status: 0, after: 0, answer: {} };
  } finally {
    clearTimeout(clock);
  }
}

// Resolves to { kind, ... }. "saved" only if the server confirmed exactly this text; "conflict" with the other text;
// "signed_out", "user_changed", "refused" as the server says; "retry" for everything that may go better next time.
// `save`: { operation_id, base_version, text, readers, user }. `again`: it is not the first try.
export async function send(url, save, csrfCookie, { again = false, leaving = false } = {}) {
  // WebKit does not wait for a hash when the page goes away: then the request leaves before anything is awaited.
  const sha256 = leaving ? "" : await digest(save.text);
  const body = JSON.stringify({ ...save, sha256, contract: CONTRACT });
  const small = new TextEncoder().encode(body).length < KEEPALIVE_BYTES;
  const { status, after, answer } = await ask(url, body, csrfCookie, small && !again);
  const known = answer && typeof answer === "object" ? answer : {};
  return { ...known, kind: kindOf(status, known, save, sha256 || (await digest(save.text))), after };
}

// Sends a comment that is saved as a draft. `sending`: { operation_id, base_version, shown, seen, user }. The answer as
// above; "saved" says that it is with the member.
export async function sendDraft(url, sending, csrfCookie, again) {
  const { status, after, answer } = await ask(url, JSON.stringify(sending), csrfCookie, !again);
  const known = answer && typeof answer === "object" ? answer : {};
  return { ...known, kind: kindOf(status, known, sending, ""), after };
}

function kindOf(status, answer, save, sha256) {
  if (status === 200) {
    return answer.operation_id === save.operation_id && answer.sha256 === (sha256 || answer.sha256) ? "saved" : "retry";
  }
  if (status === 401) return "signed_out";
  if (status === 409) return answer.error === "user_changed" ? "user_changed" : answer.error === "conflict" ? "conflict" : "retry";
  if (status === 422 && (answer.error === "reused" || answer.fields?.__all__?.includes("hash"))) return "retry";
  return [404, 413, 422].includes(status) && answer.error ? "refused" : "retry";
}
