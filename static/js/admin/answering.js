// The boxes of a reading page: each comment is saved as a draft while she writes, and sent when she says so.

import { whoIsHere } from "../session.js";
import { Sheet, start } from "../sheet.js";
import { showPage } from "../status.js";
import { Comment, Note } from "./comment.js";
import { Sending } from "./sending.js";

class Desk extends Sheet {
  constructor(form) {
    super(form);
    const comments = this.boxes.filter((box) => box.element.dataset.sendUrl);
    this.sendings = comments.map((box) => new Sending(box, (answer) => this.hear(answer, box), () => this.stay()));
    document.addEventListener("hisho:live", () => comments.forEach((box) => box.look()));
    document.addEventListener("hisho:checked", () => this.say(""));
    for (const button of form.querySelectorAll("button[name=send]")) button.hidden = true;
    addEventListener("beforeunload", (event) => this.sendings.some((each) => each.isWaiting) && event.preventDefault());
  }

  make(element) {
    return super.make(element, element.dataset.sendUrl ? Comment : Note);
  }

  // A page may have hundreds of boxes: once, after all of them have spoken.
  show() {
    this.showing ??= Promise.resolve().then(() => {
      this.showing = null;
      showPage(this.form, this.boxes, this.held && this.isSending ? this.form.dataset.goingOn : this.notice);
      for (const each of this.sendings) each.step();
      this.goOn();
    });
  }

  get isSending() { return this.sendings.some((each) => each.isOn); }

  say(notice) {
    if (this.notice === notice) return;
    this.notice = notice;
    this.show();
  }

  // 「読みました」 waits for what she has just sent, and means what was shown when it was pressed.
  submitted(event) {
    this.flush();
    if (this.isGoing) return;
    event.preventDefault();
    if (this.held) return;
    this.held = { button: event.submitter, shown: [...this.form.querySelectorAll("[data-shown]")].map((field) => [field, field.value]) };
    this.notice = "";
    this.show();
  }

  // She took a comment back, or it needs a look.
  stay() {
    this.held = null;
  }

  // Only to where there is a way: a page that did not come would be a dead end.
  async goOn() {
    const { held } = this;
    if (!held || this.isSending || held.isAsked) return;
    held.isAsked = true;
    const isThere = await whoIsHere().then(() => true, () => false);
    held.isAsked = false;
    if (this.held !== held || this.isSending) return;
    this.stay();
    if (!isThere) this.say(this.form.dataset.cutOff);
    else this.leave(held);
  }

  leave({ button, shown }) {
    for (const [field, value] of shown) field.value = value;
    this.isGoing = true;
    this.form.requestSubmit(button);
    this.isGoing = false;
  }

  // Another page with the same boxes may have been in use meanwhile.
  resume() {
    super.resume();
    for (const each of this.sendings) each.resume();
    const mine = this.boxes.filter((box) => box.isReady && box.slot === "");
    this.looking ??= this.takeOver(mine).finally(() => { this.looking = null; });
  }

  hear(answer, box) {
    super.hear(answer, box);
    if (answer.error === "not_found") document.dispatchEvent(new CustomEvent("hisho:changed"));
  }

  async signIn(options) {
    await super.signIn(options);
    document.dispatchEvent(new CustomEvent("hisho:changed"));
  }
}

// Resolves to the sheet once its boxes are open.
export function startAnswering(form) {
  return start(form, Desk);
}
