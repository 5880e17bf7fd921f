// A pause in the writing: nobody is interrupted in the middle of a word, and no key meant for a text goes elsewhere.

const QUIET = 1_200;
let typedAt = 0;
let composing = false;

document.addEventListener("input", () => { typedAt = Date.now(); }, true);
document.addEventListener("compositionstart", () => { composing = true; }, true);
document.addEventListener("compositionend", () => setTimeout(() => { composing = false; }), true);
document.addEventListener("focusout", () => { composing = false; }, true);

export const isComposing = () => composing;

// Resolves when no conversion is open, at once if there is none.
export async function conversionEnds() {
  while (composing) await new Promise((done) => setTimeout(done, 50));
}

// Resolves when nothing was typed for a moment and no conversion is open.
export async function pauseInWriting() {
  while (composing || Date.now() - typedAt < QUIET) await new Promise((done) => setTimeout(done, 100));
}
