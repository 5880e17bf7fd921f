// When a box is sent: after a pause, in long typing now and then, one request at a time, again and again until the
// server has confirmed it. An unanswered save is asked for again, under its own name, before anything newer.

import { narrowOther } from "./narrowing.js";
import { narrower, wider } from "./readers.js";
import { operationId, send } from "./save.js";

const PAUSE = 1_500; // after the last input
const LONGEST = 8_000; // while typing goes on
const AT_ONCE = 300; // where nothing can be kept on this device
const LEAST = 1_000; // between two saves
const RETRY = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export class Sender {
  // `box` gives url, form, text, readers, version, dirty, mayBeSent, hasJournal; and takes the answers in `receive`.
  constructor(box) {
    this.box = box;
    this.pending = null; // the save whose answer is not known
    this.followed = null; // the name of one that arrived, though not as it would be sent today
    this.widest = ""; // the most readers with whom something may have arrived unheard
    this.inFlight = false;
    this.isUrgent = false; // somebody looked, or the network came back, while it was under way
    this.attempt = 0;
    this.since = 0; // the oldest change that the server has not confirmed
    this.later = 0; // the first change after the save that is under way
    this.sentAt = 0;
    this.isBarred = false; // until she is signed in again
  }

  get isFailing() {
    return this.attempt > 0;
  }

  // Something is not with the server as it stands here. Where a save arrived unheard and fewer may read it since, the
  // choice may look like what was confirmed last, and still has to be sent.
  get isUnsent() {
    return Boolean(this.box.dirty || this.pending || this.followed);
  }

  get hasNewer() {
    return this.pending?.text !== this.box.text || this.pending.readers !== this.box.readers;
  }

  // Something was typed or chosen.
  touched() {
    const now = Date.now();
    this.since ||= now;
    if (this.inFlight) this.later ||= now;
    const pause = this.box.hasJournal ? PAUSE : AT_ONCE;
    const begin = this.inFlight ? this.later : this.since;
    if (!this.isFailing) this.plan(Math.max(0, Math.min(pause, begin + LONGEST - now), this.sentAt + LEAST - now));
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  flush({ leaving = false } = {}) {
    clearTimeout(this.timer);
    if (this.box.conflict) narrowOther(this.box, leaving);
    if (!this.box.mayBeSent(leaving) || !this.isUnsent) return;
    this.isUrgent = this.inFlight; // should the one under way fail, the next is not far away
    if (this.inFlight && !(leaving && this.hasNewer)) return; // the answer starts the next one
    this.post(leaving);
  }

  // The save that comes next. When the page is left in the middle of one, the newer text goes at once and says
  // which save it follows: nobody can know yet what version that one makes.
  next() {
    // Who may read has been narrowed since: nobody else gets to see it in between.
    if (this.pending && !this.inFlight) return { ...this.pending, readers: narrower(this.pending.readers, this.box.readers) };
    const follows = this.inFlight ? this.pending.operation_id : this.followed;
    return {
      operation_id: operationId(),
      ...(follows ? { follows } : {}),
      base_version: this.box.version,
      text: this.box.text,
      readers: this.box.readers,
      user: Number(this.box.form.dataset.user),
    };
  }

  async post(leaving) {
    const save = this.next();
    this.pending = save;
    this.widest = wider(this.widest, save.readers);
    this.inFlight = true;
    this.sentAt = Date.now();
    this.later = 0;
    this.box.changed(); // the journal learns the name of the save before anybody else
    const answer = await send(this.box.url, save, this.box.form.dataset.csrfCookie, { again: this.attempt > 0, leaving });
    if (this.pending !== save) return; // left the page in between: the newer one counts
    this.inFlight = false;
    this.receive(answer, save);
  }

  receive(answer, save) {
    this.isBarred = answer.kind === "signed_out" || answer.kind === "user_changed";
    if (answer.kind === "retry" || this.isBarred) {
      if (answer.error === "reused") Object.assign(this, { followed: save.operation_id, pending: null, isUrgent: true });
      this.again(answer.after);
    } else {
      if (answer.kind !== "conflict") this.pending = null; // its other side is found again by its name
      if (answer.kind !== "refused") Object.assign(this, { followed: null, widest: "" });
      this.attempt = 0;
      this.since = answer.kind === "saved" ? this.later : this.since || Date.now();
      this.later = 0;
    }
    this.box.receive(answer, save);
  }

  again(after) {
    const step = this.isUrgent ? 0 : Math.min(this.attempt, RETRY.length - 1);
    this.attempt += 1;
    this.isUrgent = false;
    const wait = Math.max(RETRY[step], after * 1_000);
    this.plan(wait * (0.8 + Math.random() * 0.4));
  }
}
