// Words that could not be sent for a minute can be taken along: copied, or as a file.

const AFTER = 60_000;

function panelOf(box) {
  let panel = box.element.querySelector("[data-rescue]");
  if (panel) return panel;
  panel = document.querySelector("[data-rescue-template]").content.firstElementChild.cloneNode(true);
  panel.querySelector("[data-copy]").addEventListener("click", () => copy(box, panel));
  panel.querySelector("[data-download]").addEventListener("click", () => download(box));
  box.status.after(panel);
  return panel;
}

async function copy(box, panel) {
  const say = panel.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(box.field.value);
    say.textContent = say.dataset.copied;
  } catch {
    box.field.focus();
    box.field.select(); // where pages may not write to the clipboard, one key is left to press
    say.textContent = say.dataset.selected;
  }
}

function download(box) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([box.field.value], { type: "text/plain;charset=utf-8" }));
  link.download = `${box.form.dataset.week}-${box.prompt}.txt`;
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
