// The boxes of the office: an unsent comment, or a note about a member. They stand on more than one page, and have no
// page with their history.

import { Box } from "../box.js";
import { offer } from "../rescue.js";

class OfficeBox extends Box {
  constructor(element, form, ...others) {
    super(element, form, ...others);
    this.entry = element.closest("[data-entry]");
    const place = this.entry?.id ? `#${this.entry.id}` : "";
    this.page = { path: location.pathname + location.search + place, label: form.dataset.label || document.title };
    this.asides = new Set(); // their places in the journal
    this.field.removeAttribute("name"); // 「読みました」 sends no words
  }

  // The keys that lead on are pressed at the entry, not in the box.
  leave() {
    const { entry } = this;
    (entry?.matches("[tabindex]") ? entry : entry?.querySelector("[tabindex]"))?.focus({ preventScroll: true });
  }

  // Whether there are other words of this box that she has to look at: she may join them to what stands here. They wait
  // in the journal until then.
  offerAside(entry, journal) {
    const template = document.querySelector("[data-aside-template]");
    if (!template || entry.isLetGo || entry.text === this.field.value) return false;
    if (this.asides.has(entry.slot)) return true;
    this.asides.add(entry.slot);
    const panel = template.content.firstElementChild.cloneNode(true);
    const field = panel.querySelector("textarea");
    field.value = entry.text;
    offer(panel, field, `${this.form.dataset.week}-${this.key}.txt`);
    panel.addEventListener("click", ({ target }) => {
      const choice = target.closest("[data-choose]")?.dataset.choose;
      if (!choice || this.composing || this.field.readOnly) return;
      if (choice === "join") {
        this.setText([this.field.value, entry.text].filter(Boolean).join("\n\n---\n\n"));
        this.touched();
      }
      journal.remove(entry).catch(() => {});
      panel.remove();
      this.field.focus();
    });
    this.element.append(panel);
    return true;
  }
}

// A note is never sent, so it is no draft either.
export class Note extends OfficeBox {
  get held() { return "empty"; }
  set held(_) {}
}

export class Comment extends OfficeBox {
  constructor(...all) {
    super(...all);
    this.met = new Set(this.said.map(({ id }) => id));
    this.others = []; // who commented while she was at it
    this.told = []; // whom the answer to hers has named
    this.hasSent = this.isDone = false;
  }

  get said() { return [...(this.entry?.querySelectorAll(".said[data-by]") ?? [])]; }

  get also() {
    const { also, comma } = this.form.dataset;
    return this.others.length ? also.replace("{names}", this.others.join(comma)) : "";
  }

  // Whoever has written here, or is about to, is told of other comments.
  look() {
    for (const each of this.said.filter(({ id }) => !this.met.has(id))) {
      this.met.add(each.id);
      const name = each.querySelector(".by strong").textContent;
      const isAtIt = this.hasSent || this.text.trim();
      if (!isAtIt || each.dataset.by === this.form.dataset.user || [...this.told, ...this.others].includes(name)) continue;
      this.others.push(name);
      this.show();
    }
  }

  wasSent(others) {
    this.hasSent = this.isDone = true;
    this.told = others;
    this.others = this.others.filter((name) => !others.includes(name));
  }

  touched() {
    if (this.isDone) this.told = this.others = []; // the next comment
    this.isDone = false;
    super.touched();
  }

  // Signed, what she has noticed of the words and which comments: so it is known what this one answers.
  get whatIsShown() {
    const { value, dataset } = this.element.querySelector("[data-shown]");
    return { shown: value, seen: Number(dataset.seen ?? 0) };
  }

  // What stood here is with the member.
  empty() {
    this.setText("");
    this.forgetLonger();
  }

  // What was said stands until she types on, even if the draft is saved meanwhile; no longer waiting here is enough.
  confirmed(answer, save) {
    const { notice } = this;
    super.confirmed(answer, save);
    if (notice !== this.form.dataset.restored) this.notice = notice;
  }

  // Its words were closed: what the server says of boxes is not said of comments.
  reasonOf({ error, message }) { return error === "not_found" ? this.form.dataset.closed : message; }

  // Sent or emptied elsewhere: there is nothing on the other side to choose, and what stands here goes on.
  receive(answer, save) {
    if (answer.kind !== "conflict" || answer.text !== "") {
      super.receive({ ...answer, message: this.reasonOf(answer) }, save);
      return;
    }
    this.sender.pending = null;
    this.learn(answer);
    this.touched();
    this.tell(this.form.dataset.elsewhere);
    this.onAnswer(this, answer);
  }
}
