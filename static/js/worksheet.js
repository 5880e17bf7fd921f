// The page of a week.

import { start } from "./sheet.js";

start(document.querySelector("[data-worksheet]"));
