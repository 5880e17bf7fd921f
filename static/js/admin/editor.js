// The workbook's editor: its buttons work in place, and nothing typed leaves unseen.
// Without this script every button sends the form and the page comes back at the same place.

const root = document.querySelector("[data-editor]");
const told = document.querySelector("[data-editor-told]");
let isDirty = false;
let isLeaving = false;

const form = () => root.querySelector("form");

function mark() {
  isDirty = true;
  const state = root.querySelector("[data-state]");
  state.textContent = state.dataset.unsaved;
}

function grow() {
  // Where the browser cannot let a field grow by itself, it is as high as its text.
  if (CSS.supports("field-sizing", "content")) return;
  for (const field of root.querySelectorAll("textarea")) field.rows = Math.max(field.rows, field.value.split("\n").length);
}

function open(page) {
  const fresh = page.querySelector("[data-editor]");
  if (!fresh) throw new Error("not the editor");
  const folded = new Map([...root.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  root.replaceChildren(...document.adoptNode(fresh).childNodes);
  for (const one of root.querySelectorAll("details[id]")) if (folded.get(one.id)) one.open = true;
  isDirty = "changed" in form().dataset;
  grow();
}

function settle(name, value, before) {
  const key = CSS.escape(value);
  const again = root.querySelector(`button[name="${name}"][value="${key}"]:not(:disabled)`);
  const row = root.querySelector(name.startsWith("week") ? `#week-${key}` : `#prompt-${key}`);
  const target = root.querySelector("[autofocus]") ?? again ?? row?.querySelector(".moves button:enabled, input, textarea");
  if (!target) return;
  target.focus({ preventScroll: true });
  if (again && before !== null) scrollBy(0, again.getBoundingClientRect().top - before);
  else target.scrollIntoView({ block: "center" });
  told.textContent = root.querySelector("[data-state]").textContent;
}

async function press(button) {
  const { name, value } = button;
  const before = button.getBoundingClientRect().top;
  const body = new FormData(form());
  body.append(name, value);
  root.inert = true; // what is typed meanwhile would be lost
  root.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(location.pathname, { method: "POST", body, redirect: "error", headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    open(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    told.textContent = root.querySelector("[data-state]").textContent = form().dataset.failed;
    return;
  } finally {
    root.inert = false;
    root.removeAttribute("aria-busy");
  }
  settle(name, value, before);
}

root.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && "inplace" in button.dataset) {
    event.preventDefault();
    press(button);
  } else isLeaving = !button || button.name === "save";
});
root.addEventListener("input", mark);
addEventListener("pageshow", () => {
  isLeaving = false;
});
addEventListener("beforeunload", (event) => {
  if (isDirty && !isLeaving) event.preventDefault();
});

isDirty = "changed" in form().dataset;
grow();
root.querySelector("[data-look]")?.focus();
