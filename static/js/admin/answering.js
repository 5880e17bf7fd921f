// The boxes of a reading page: each comment is saved as a draft while she writes, and sent when she says so.

import { Sheet, start } from "../sheet.js";
import { Comment, Note } from "./comment.js";
import { Sending } from "./sending.js";

class Desk extends Sheet {
  constructor(form) {
    super(form);
    const comments = this.boxes.filter((box) => box.element.dataset.sendUrl);
    this.sendings = comments.map((box) => new Sending(box, (answer) => this.hear(answer, box)));
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
      super.show();
      for (const each of this.sendings) each.step();
      this.goOn();
    });
  }

  // 「読みました」 waits for what she has just sent.
  submitted(event) {
    this.flush();
    if (!this.sendings.some((each) => each.isOn)) return;
    event.preventDefault();
    this.held = event.submitter;
  }

  goOn() {
    if (!this.held || this.sendings.some((each) => each.isOn)) return;
    const button = this.held;
    this.held = null;
    if (!this.boxes.some((box) => box.conflict || box.refusal)) this.form.requestSubmit(button);
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
