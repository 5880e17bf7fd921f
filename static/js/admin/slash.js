// `/` leads into the search box of a page that has no other keys.

import { isBare, isOff, isTyping } from "./typing.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || !isBare(event) || isTyping(event) || isOff()) return;
  const field = document.querySelector("input[data-search]");
  if (!field) return;
  event.preventDefault();
  field.select();
});
