// The worksheet: every box saves by itself, and one line says how it stands for the whole page.

import { Box } from "./box.js";
import { grow } from "./grow.js";
import { addPreview } from "./preview.js";

const TROUBLE = ["conflict", "refused", "waiting"];
const form = document.querySelector("[data-worksheet]");
const line = document.querySelector("[data-page-status]");
const say = form.dataset;
let savedAt = "";

function showPage(state, detail) {
  if (state === "saved") savedAt = detail || savedAt;
  const states = new Set(boxes.map((box) => box.state));
  const worst = [...TROUBLE, "saving", "typing", "saved"].find((name) => states.has(name)) ?? "idle";
  const sentences = { typing: say.typing, saving: say.saving, saved: `${say.saved} ${savedAt}`, idle: say.auto };
  const sentence = sentences[worst] ?? (worst === "waiting" ? say.unsent : say.check);
  if (line.textContent !== sentence) line.textContent = sentence;
  line.className = `page-status ${TROUBLE.includes(worst) ? "trouble" : worst === "saved" || worst === "idle" ? "" : "busy"}`;
}

const boxes = [];
for (const element of form.querySelectorAll("[data-box]")) {
  const box = new Box(element, form, showPage);
  boxes.push(box);
  grow(box.field);
  addPreview(box);
}
form.dataset.autosave = "";
showPage("idle");

const flushAll = (options) => boxes.forEach((box) => box.flush(options));
form.addEventListener("submit", (event) => { event.preventDefault(); flushAll(); });
addEventListener("online", () => flushAll());
addEventListener("focus", () => flushAll());
document.addEventListener("visibilitychange", () => flushAll());
addEventListener("pagehide", () => flushAll({ leaving: true }));
addEventListener("beforeunload", (event) => {
  flushAll();
  // A save under way outlives the page. Ask only when words would stay behind.
  if (boxes.some((box) => box.dirty && (TROUBLE.includes(box.state) || box.field.value.length > 15_000))) event.preventDefault();
});
