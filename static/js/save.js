// One save of one box: what is sent, and when the answer may be believed.

const TIMEOUT = 10_000;
const KEEPALIVE_BYTES = 60_000; // browsers refuse more than 64 KiB in requests that outlive the page

export function wellFormed(text) {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replaceAll("\0", "");
  return lines.toWellFormed ? lines.toWellFormed() : lines.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

export async function digest(text) {
  if (!crypto.subtle) return ""; // plain http other than localhost: the server's hash cannot be compared
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function operationId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function cookie(name) {
  const found = document.cookie.split("; ").find((item) => item.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

// Resolves to { kind, ... }: "saved" only if the server confirmed exactly this text.
export async function send(url, save, csrfCookie) {
  const sha256 = await digest(save.text);
  const body = JSON.stringify({ ...save, sha256 });
  const keepalive = new TextEncoder().encode(body).length < KEEPALIVE_BYTES;
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      keepalive,
      redirect: "error",
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(csrfCookie) },
      signal: AbortSignal.timeout ? AbortSignal.timeout(TIMEOUT) : undefined,
    });
  } catch {
    return { kind: "retry" };
  }
  let answer = {};
  try {
    answer = await response.json();
  } catch {
    return { kind: "retry", status: response.status };
  }
  if (response.status === 200 && answer.operation_id === save.operation_id && answer.sha256 === (sha256 || answer.sha256)) {
    return { kind: "saved", ...answer };
  }
  if (response.status === 409 && answer.error === "conflict") return { kind: "conflict", ...answer };
  if (response.status >= 500 || response.status === 429 || response.status === 200) {
    return { kind: "retry", message: answer.message, after: Number(response.headers.get("Retry-After")) || 0 };
  }
  return { kind: "refused", status: response.status, ...answer };
}
