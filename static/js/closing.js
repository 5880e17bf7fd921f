// おわりの3分: the facilitator begins it, and open pages turn to the summary, then to what one will do. Whoever is in a
// field is left alone: there only the bar says so. Nothing locks when the time is up.

const WORDS = "textarea, input, select, [contenteditable]";
const AFTERWARDS = 60_000; // so long it says that one may go on
const TICK = 500;
const OPENING = 2_000;

// Once for each closing and room, also when the page is opened anew in this tab. Storage may be refused.
function isFirst(room, begun) {
  const name = `hisho-closing-${room}`;
  try {
    if (sessionStorage.getItem(name) === begun) return false;
    sessionStorage.setItem(name, begun);
  } catch {}
  return true;
}

// She is in a field, maybe in the middle of a conversion, or in a dialog.
const isBusy = () => Boolean(document.activeElement?.matches(WORDS) || document.querySelector("dialog[open]"));

const sectionOf = (kind) => document.querySelector(`[data-kind="${kind}"]`);

// Not into the field: on a phone the keyboard would hide the notes.
export function goTo(section) {
  const lines = section.querySelector("details.lines");
  if (lines) lines.open = true;
  section.tabIndex = -1;
  section.focus({ preventScroll: true });
  section.scrollIntoView({ block: "start" });
  hold(section);
}

// A page that still opens may grow above it: until she does something herself, it stays where it was led to.
function hold(section) {
  const settled = new AbortController();
  const grown = new ResizeObserver(() => section.scrollIntoView({ block: "start" }));
  settled.signal.addEventListener("abort", () => grown.disconnect());
  for (const name of ["pointerdown", "wheel", "keydown", "focusin"]) {
    addEventListener(name, () => settled.abort(), { capture: true, passive: true, signal: settled.signal });
  }
  setTimeout(() => settled.abort(), OPENING);
  grown.observe(document.body);
}

function inWords(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export class Closing {
  constructor(bar) {
    this.bar = bar;
    this.begun = "";
    this.openedAt = Date.now();
    const { hash } = location;
    this.isAimed = hash.length > 1 && hash !== "#closing"; // she came for one box
    bar.addEventListener("click", (event) => this.pressed(event));
  }

  static onPage() {
    const bar = document.querySelector("[data-closing]");
    return bar && new Closing(bar);
  }

  get part() { return (name) => this.bar.querySelector(`[data-${name}]`); }

  // What the server says: `closing` with begun_at, ends_at and url, or null; `now` gives its clock.
  hear(closing, room, now) {
    Object.assign(this, { closing, now });
    clearInterval(this.ticking);
    if (closing && closing.begun_at !== this.begun) this.begin(closing, room);
    this.begun = closing?.begun_at ?? "";
    if (closing) this.ticking = setInterval(() => this.tick(), TICK);
    this.tick();
  }

  // In these minutes already she came for something else. Which box a page was opened at before them says nothing.
  get isElsewhere() {
    const openedAt = this.openedAt + this.now() - Date.now();
    return this.isAimed && openedAt > Date.parse(this.closing.begun_at);
  }

  begin(closing, room) {
    this.seenAt = this.now();
    this.say("begun");
    const isAsked = location.hash === "#closing" && sectionOf("summary"); // another page led here
    if ((!isFirst(room, closing.begun_at) && !isAsked) || this.isElsewhere || isBusy()) return;
    const section = sectionOf("summary") ?? sectionOf("action");
    if (section) goTo(section);
    else if ("away" in this.bar.dataset) location.assign(`${closing.url}#closing`);
  }

  tick() {
    const left = this.closing ? Date.parse(this.closing.ends_at) - this.now() : 0;
    const isOver = left <= 0;
    const isShown = Boolean(this.closing) && (!isOver || this.now() - Math.max(Date.parse(this.closing.ends_at), this.seenAt) < AFTERWARDS);
    this.bar.hidden = !isShown;
    if (!isShown) return void clearInterval(this.ticking);
    if (isOver && !this.part("over").offsetParent) this.say("over");
    this.bar.classList.toggle("is-over", isOver);
    if (!isOver) this.part("left").textContent = inWords(left);
    this.mark();
  }

  // Which of both steps is on the screen.
  mark() {
    const isReached = (kind) => sectionOf(kind)?.getBoundingClientRect().top < innerHeight * 0.6;
    const here = isReached("action") ? "action" : isReached("summary") ? "summary" : "";
    for (const step of this.bar.querySelectorAll("[data-step]")) {
      if (step.dataset.step === here) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
  }

  // Once for those who hear the page instead of seeing it.
  say(name) {
    const line = document.querySelector("[data-closing-say]");
    if (line && line.textContent !== line.dataset[name]) line.textContent = line.dataset[name];
  }

  pressed(event) {
    const step = event.target.closest("[data-step]");
    const section = step && sectionOf(step.dataset.step);
    if (!section) return;
    event.preventDefault();
    goTo(section);
    this.mark();
  }
}
