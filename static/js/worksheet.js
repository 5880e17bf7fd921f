// The page of a week.

import "./device.js";
import { listenForClosing } from "./called.js";
import { keepWeek } from "./keep.js";
import { addLines } from "./lines.js";
import { addNames } from "./names.js";
import { start } from "./sheet.js";

const form = document.querySelector("[data-worksheet]");
// First what saves: whatever goes wrong around it, words are not lost.
start(form).then((sheet) => {
  const keep = () => keepWeek(form, sheet.boxes, sheet.journal).catch(() => {});
  sheet.onSaved = keep;
  keep();
});
addNames();
addLines(form);
listenForClosing();
