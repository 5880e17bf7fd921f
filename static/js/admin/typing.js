// When single keys may act: nothing is typed or converted, no other key is held, and they are not switched off.

const OFF = "hisho-keys-off";
const FIELDS = "input, textarea, select, [contenteditable], dialog";

export function isTyping(event) {
  return Boolean(event.target.closest?.(FIELDS));
}

export function isBare(event) {
  const isConverting = event.isComposing || event.keyCode === 229;
  return !event.defaultPrevented && !isConverting && !event.ctrlKey && !event.altKey && !event.metaKey;
}

export function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // no storage: nothing was switched off
  }
}

export function switchOn(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch { /* for this page then */ }
}
