// Writes down every moment at which the page's line or a text on it is another: at once after each input and each
// change of the line, and every 100 ms. `moments`: [{ at, line, texts: { <prompt>: <what is new in it> } }].

const moments = [];
const seen = {};
let line = null;

function look() {
  const status = document.querySelector("[data-page-status]");
  if (!status || !document.querySelector("form[data-ready]")) return;
  const texts = {};
  for (const field of document.querySelectorAll("[data-box] textarea")) {
    if (seen[field.name] === field.value) continue;
    seen[field.name] = field.value;
    texts[field.name.split("-")[1]] = field.value;
  }
  const said = status.textContent.trim();
  if (said === line && !Object.keys(texts).length) return;
  line = said;
  moments.push({ at: Date.now(), line, texts });
}

addEventListener("DOMContentLoaded", () => {
  const status = document.querySelector("[data-page-status]");
  if (status) new MutationObserver(look).observe(status, { childList: true, characterData: true, subtree: true });
  setInterval(look, 100);
});
addEventListener("input", () => { look(); }); // comes last: the page's own listeners sit on the fields
globalThis.moments = moments;
