// The cohort has ended while its week stood open here: the page says so, and boxes in which nothing waits take no more
// words. What is not saved yet stays in its box, to take along. The copy on this device is for reading from now on.

export function showEnded({ form, boxes, journal }) {
  const note = document.querySelector("[data-ended]");
  if (!note) return;
  note.hidden = false;
  form.dataset.auto = note.dataset.short;
  for (const box of boxes) {
    if (box.sender.isUnsent || box.composing) continue;
    box.field.readOnly = box.readersField.disabled = true;
    box.show();
  }
  if (journal) keepEnded(journal, form.dataset.page).catch(() => {});
}

export async function keepEnded(journal, page = location.pathname) {
  const week = await journal.week(page);
  if (week && !week.isEnded) await journal.keepWeek(week.path, { ...week, isEnded: true });
}
