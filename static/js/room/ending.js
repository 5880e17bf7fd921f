// The last minutes, as who facilitates sees them: the time that is left, and how many write and have written.

import { Timer } from "./timer.js";

export class Ending {
  constructor(element, now) {
    this.element = element;
    this.timer = new Timer(element.querySelector("[data-ending-left]"), now);
  }

  show({ closing, counts }) {
    this.element.hidden = !closing;
    this.timer.set(closing?.ends_at);
    if (!counts) return;
    for (const [name, number] of Object.entries(counts)) {
      const place = this.element.querySelector(`[data-${name}]`);
      if (place && place.textContent !== String(number)) place.textContent = number;
    }
  }
}
