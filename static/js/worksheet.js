// The page of a week.

import { keepWeek } from "./keep.js";
import { start } from "./sheet.js";

const form = document.querySelector("[data-worksheet]");
start(form).then((sheet) => {
  const keep = () => keepWeek(form, sheet.boxes, sheet.journal).catch(() => {});
  sheet.hear = (answer) => answer.kind === "saved" && keep();
  keep();
});
