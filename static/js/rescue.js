// Words that could not be sent for a minute can be taken along: copied, or as a file.

const AFTER = 60_000;

function panelOf(box) {
  let panel = box.element.querySelector("[data-rescue]");
  if (panel) return panel;
  panel = document.querySelector("[data-rescue-template]").content.firstElementChild.cloneNode(true);
  offer(panel, box.field, `${box.form.dataset.week}-${box.key}.txt`);
  box.status.after(panel);
  return panel;
}

// Lets the buttons of the panel take along what stands in the field.
export function offer(panel, field, name) {
  panel.querySelector("[data-copy]").addEventListener("click", () => copy(field, panel.querySelector("[data-copied]")));
  panel.querySelector("[data-download]").addEventListener("click", () => download(field.value, name));
}

async function copy(field, say) {
  try {
    await navigator.clipboard.writeText(field.value);
    say.textContent = say.dataset.copied;
  } catch {
    field.focus();
    field.select(); // where pages may not write to the clipboard, one key is left to press
    say.textContent = say.dataset.selected;
  }
}

function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function showRescue(box) {
  const isLong = box.sender.since && Date.now() - box.sender.since > AFTER;
  const isNowhere = box.isReady && !box.hasJournal && box.sender.isFailing;
  const isNeeded = box.refusal || (box.dirty && (isLong || isNowhere));
  if (isNeeded) panelOf(box).hidden = false;
  else box.element.querySelector("[data-rescue]")?.setAttribute("hidden", "");
}
