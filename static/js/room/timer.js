// The time that is left, from minute to minute alike on all screens: the server says when it ends, `now` what time it is
// there. At zero stands the element's own sentence; nothing rings.

const SECOND = 1_000;

export class Timer {
  // `onOver` is called when the time runs out before somebody's eyes.
  constructor(element, now, onOver = () => {}) {
    Object.assign(this, { element, now, onOver, endsAt: 0 });
    document.addEventListener("visibilitychange", () => this.tick());
  }

  // An ISO moment, or nothing where no time runs.
  set(endsAt) {
    const moment = endsAt ? Date.parse(endsAt) : 0;
    if (moment !== this.endsAt) this.wasRunning = false;
    this.endsAt = moment;
    this.tick();
  }

  tick() {
    clearTimeout(this.next);
    this.element.hidden = !this.endsAt;
    if (!this.endsAt) return;
    const left = this.endsAt - this.now();
    const isOver = left <= 0;
    this.element.classList.toggle("over", isOver);
    this.write(isOver ? this.element.dataset.over : minutes(Math.ceil(left / SECOND)));
    if (isOver && this.wasRunning) this.onOver();
    this.wasRunning = !isOver;
    if (!isOver && !document.hidden) this.next = setTimeout(() => this.tick(), (left % SECOND) + 20);
  }

  write(text) {
    const place = this.element.querySelector("[data-left]") ?? this.element;
    if (place.textContent !== text) place.textContent = text;
  }
}

// 4:07, and 1:02:00 for what is longer than an hour.
export function minutes(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hour ? `${hour}:${two(minute)}:${two(second)}` : `${minute}:${two(second)}`;
}
