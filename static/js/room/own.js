// The room as a member has it: what all see, and below it her own boxes of the week.

import "../device.js";
import { Closing } from "../closing.js";
import { keepBoxes, knownOf } from "../keep.js";
import { addLines } from "../lines.js";
import { addNames } from "../names.js";
import { Sheet, start } from "../sheet.js";
import { signIn } from "../signin.js";
import { Age } from "./age.js";
import { Here } from "./here.js";
import { Share } from "./share.js";
import { Stage } from "./stage.js";
import { Timer } from "./timer.js";
import { Watch } from "./watch.js";

const PAUSE = 2_000; // between two looks at what another device wrote
const LONGEST = 60_000;
const FIELDS = "textarea, input, select";

class OwnSheet extends Sheet {
  show() {
    super.show();
    this.onShow?.();
  }

  async signIn(options) {
    if (!(await signIn(this.form, options))) return;
    this.resume();
    this.onSignedIn();
  }

  onSignedIn() {}
}

class OwnRoom {
  constructor(page) {
    const find = (name) => page.querySelector(`[data-${name}]`);
    this.page = page;
    this.stage = new Stage(find("stage"));
    this.age = new Age(find("age"));
    this.here = new Here(find("here-panel"), page.dataset.csrfCookie, () => this.watch.ask());
    const now = () => this.watch.now();
    const timer = find("timer");
    this.timer = new Timer(timer, now, () => this.stage.say(timer.dataset.over));
    this.closing = Closing.onPage();
    this.watch = new Watch(page.dataset.stateUrl, {
      user: Number(page.dataset.user),
      have: () => this.stage.held(),
      onState: (state) => this.take(state),
      onTrouble: (kind, since) => this.trouble(kind, since),
    });
    this.watch.start();
    // Signed in again in another tab, she looks here again: one question, and it stays quiet if nobody is there.
    for (const name of ["focus", "visibilitychange"]) addEventListener(name, () => this.isOut && this.watch.start());
  }

  // The words on this device are in order.
  write(sheet) {
    this.sheet = sheet;
    this.share = new Share(this.page.querySelector("[data-share]"), sheet.boxes);
    sheet.onShow = () => this.shown();
    sheet.onSaved = () => this.saved();
    sheet.onSignedIn = () => this.watch.start();
    if (this.state) this.share.take(this.state);
    this.catchUp();
    if (this.isOut) sheet.signIn();
  }

  shown() {
    this.share.show();
    // A box that wants to be looked at is not folded away.
    for (const { conflict, refusal, element } of this.sheet.boxes) if (conflict || refusal) element.closest("details")?.setAttribute("open", "");
  }

  saved() {
    this.watch.ask();
    const known = Object.fromEntries(this.sheet.boxes.map((box) => [box.key, knownOf(box)]));
    if (this.sheet.journal) keepBoxes(this.sheet.journal, known).catch(() => {});
  }

  take(state) {
    this.state = state;
    this.isOut = false;
    hold(() => {
      this.age.well();
      this.stage.take(state);
      this.here.show(state);
      this.share?.take(state);
      this.timer.set(state.timer?.ends_at);
    });
    this.closing?.hear(state.closing, state.room, () => this.watch.now());
    this.pause = PAUSE;
    this.catchUp();
    this.page.dataset.taken = "";
  }

  // What another device wrote comes into the boxes, as soon as nobody is in them.
  catchUp() {
    clearTimeout(this.later);
    if (!this.share?.isBehind) return;
    const wait = (this.lookedAt ?? 0) + this.pause - Date.now();
    if (wait <= 0) {
      this.lookedAt = Date.now();
      this.sheet.refresh();
      this.pause = Math.min(this.pause * 2, LONGEST);
    }
    this.later = setTimeout(() => this.catchUp(), wait > 0 ? wait : this.pause);
  }

  trouble(kind, since) {
    this.age.trouble(kind, since);
    if (kind === "lost") return;
    this.stage.clear();
    this.here.show({ people: [], here: 0, all: 0 });
    const wasOut = this.isOut;
    this.isOut = kind === "signed_out";
    if (this.isOut && !wasOut) this.sheet?.signIn();
  }
}

// What somebody writes in stays where it is on the screen, whatever happens above. The browser's own anchor may stand
// above it, where the cards come between: while a field has the focus the style turns it off.
function hold(change) {
  const field = document.activeElement;
  if (!field?.matches(FIELDS)) return void change();
  const { top } = field.getBoundingClientRect();
  change();
  const moved = field.getBoundingClientRect().top - top;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" }); // a scroll on its way is not cut short for nothing
}

// First what saves: whatever goes wrong around it, words are not lost.
const form = document.querySelector("[data-worksheet]");
const opened = start(form, OwnSheet);
const room = new OwnRoom(document.querySelector("[data-room]"));
opened.then((sheet) => room.write(sheet));
addNames();
addLines(form);
