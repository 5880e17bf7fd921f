// The session of this browser: who is signed in, and the token that the server wants with everything sent.

const TIMEOUT = 10_000;

// Resolves to { user, key }, both null when nobody is signed in; rejects when the server cannot be asked. The answer
// brings the cookie with the token along.
export async function whoIsHere() {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const options = { cache: "no-store", redirect: "error", credentials: "same-origin", signal: stop.signal };
    const response = await fetch("/session/", options);
    if (!response.ok) throw new Error(`session: ${response.status}`);
    return await response.json();
  } finally {
    clearTimeout(clock);
  }
}

// Brings a fresh token, if it can be had.
export async function freshToken() {
  await whoIsHere().catch(() => {});
}
