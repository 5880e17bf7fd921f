// One comment on its way to the member: its draft is saved first, then it is sent, under one name until there is an
// answer. Until then nothing can be typed in it; she may take it back.

import { operationId, sendDraft } from "../save.js";

const RETRY = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
const SLOW = 1_000; // an answer takes no longer where all is well
const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

export class Sending {
  // `onAnswer` is called with every answer of the server, `onStop` where it ends and nothing was sent.
  constructor(box, onAnswer, onStop) {
    Object.assign(this, { box, onAnswer, onStop, say: box.form.dataset, isOn: false, inFlight: false, attempt: 0 });
    this.save = null; // what was posted last, while its outcome is not known
    this.button = box.element.querySelector("[data-send]");
    this.label = this.button.textContent;
    this.button.hidden = false;
    this.button.addEventListener("click", () => (this.isOn ? this.takeBack() : this.begin()));
    box.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.begin();
    });
  }

  // Whether it would be lost if the page went away now. What has been posted outlives the page.
  get isWaiting() { return this.isOn && !(this.inFlight && this.attempt === 0); }

  begin() {
    const { box } = this;
    if (this.isOn || box.composing || box.conflict) return undefined;
    if (!box.text.trim()) return box.tell(this.say.blank);
    // It answers what is shown now, whatever comes meanwhile.
    Object.assign(this, { isOn: true, attempt: 0, notBefore: 0, beganAt: Date.now(), shown: box.whatIsShown });
    box.refusal = box.notice = "";
    box.field.readOnly = true;
    if (box.element.contains(document.activeElement)) box.leave();
    setTimeout(() => this.step(), SLOW); // then it can be taken back
    return this.step();
  }

  takeBack() {
    const mayHaveArrived = this.save?.base_version === this.box.version;
    this.end(mayHaveArrived ? this.say.maybeSent : this.say.takenBack);
    this.box.field.focus();
  }

  end(notice, hasArrived = false) {
    const { box } = this;
    if (!hasArrived) this.onStop();
    clearTimeout(this.timer);
    this.isOn = box.isBarred = box.field.readOnly = this.button.disabled = false;
    this.button.textContent = this.label;
    box.onItsWay = "";
    box.notice = notice;
    box.changed();
  }

  // Does what can be done now. Called whenever anything may have changed.
  step() {
    const { box } = this;
    if (!this.isOn) return undefined;
    if (box.conflict || box.refusal) return this.end(box.notice);
    this.show();
    if (this.inFlight || box.isBarred || !box.isReady) return undefined;
    const { sender } = box;
    if (sender.isUnsent) {
      if (!sender.inFlight && !sender.isFailing) sender.flush();
    } else if (navigator.onLine && Date.now() >= this.notBefore) this.post();
    return undefined;
  }

  // The network is back, or she is.
  resume() {
    this.notBefore = 0;
    this.box.isBarred = false;
    this.step();
  }

  show() {
    const { box, say } = this;
    const isLate = !navigator.onLine || this.attempt > 0 || box.sender.isFailing;
    const sentence = isLate ? say.later : say.sending;
    const isSlow = isLate || Date.now() - this.beganAt >= SLOW;
    this.button.disabled = !isSlow;
    this.button.textContent = isSlow ? say.takeBack : this.label;
    if (box.onItsWay === sentence) return;
    box.onItsWay = sentence;
    box.show();
  }

  async post() {
    const { box, shown } = this;
    const isSame = this.save?.base_version === box.version && this.text === box.text;
    if (!isSame) this.save = { operation_id: operationId(), base_version: box.version, user: Number(this.say.user) };
    const save = Object.assign(this.save, shown);
    this.text = box.text;
    this.inFlight = true;
    const answer = await sendDraft(box.element.dataset.sendUrl, save, this.say.csrfCookie, this.attempt > 0);
    this.inFlight = false;
    if (answer.kind === "saved") this.arrived(answer, shown !== this.shown);
    else if (this.isOn && save.base_version === box.version) this.receive(answer);
    else this.step(); // it was taken back, and other words are on their way
    this.onAnswer(answer);
  }

  // `isEarlier`: it was taken back, and another sending has begun since.
  arrived({ version, message, others = [] }, isEarlier) {
    const { box } = this;
    const isNewer = version > box.version; // else what was typed since has been saved
    const isThis = isNewer && box.text === this.text && !box.composing;
    this.save = null;
    if (isNewer) box.learn({ text: "", readers: box.savedReaders, version, state: "empty" });
    if (isThis) box.empty();
    box.wasSent(others);
    // Other words than those in the box are never called sent.
    if (!this.isOn || !isEarlier || isThis) this.end(box.text.trim() ? this.say.arrived : message, true);
    if (box.dirty) box.sender.touched();
    this.step();
    announce("hisho:changed");
    announce("hisho:sent", { key: box.key });
  }

  receive(answer) {
    const { box } = this;
    if (answer.kind === "retry") this.again(answer);
    else if (answer.kind === "signed_out" || answer.kind === "user_changed") {
      box.isBarred = true;
      box.reason = answer.message ?? "";
      box.show();
    } else if (answer.text === box.text) {
      box.learn(answer); // the same words, saved elsewhere
      this.step();
    } else {
      this.save = null;
      if (answer.kind === "refused") box.refusal = box.reasonOf(answer);
      else box.receive(answer);
      this.end(box.notice);
    }
  }

  again({ error, after }) {
    if (error === "reused") this.save = null;
    const wait = Math.max(RETRY[Math.min(this.attempt, RETRY.length - 1)], after * 1_000) * (0.8 + Math.random() * 0.4);
    this.attempt += 1;
    this.notBefore = Date.now() + wait - 50; // a timer may be early
    this.timer = setTimeout(() => this.step(), wait);
    this.show();
  }
}
