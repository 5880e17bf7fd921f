// The page of a week.

import "./device.js";
import { keepWeek } from "./keep.js";
import { start } from "./sheet.js";

const form = document.querySelector("[data-worksheet]");
start(form).then((sheet) => {
  const keep = () => keepWeek(form, sheet.boxes, sheet.journal).catch(() => {});
  sheet.onSaved = keep;
  keep();
});
