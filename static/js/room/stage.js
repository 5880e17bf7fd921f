// What everybody sees in a session: the question, the group's shared texts as cards, one of them in the middle.

import { Card, measure } from "./card.js";
import { settle } from "./settle.js";

const MANY = 9; // from so many on a card shows fewer lines
const BRIEF = 60; // so short a text may stand large in the middle of the page
const WORDY = 70; // a question so long leaves the cards some room

export class Stage {
  constructor(element) {
    this.element = element;
    const find = (name) => element.querySelector(`[data-${name}]`);
    this.list = find("cards");
    this.middle = find("middle");
    this.template = find("card-template");
    this.announcer = find("announce");
    this.cards = new Map();
    for (const item of this.list.children) this.add(new Card(item));
    this.asked = Number(find("asked").dataset.asked);
    new ResizeObserver(() => this.measure()).observe(this.list);
  }

  // What the page holds already, as the server wants it told.
  held() {
    return [...this.cards.values()].map((card) => card.mark);
  }

  take(state) {
    const asked = state.asked ?? { id: 0, label: "", text: "" }; // a week may ask nothing
    const isOther = asked.id !== this.asked;
    const arrived = state.cards.filter(({ id }) => !this.cards.has(id)).length;
    if (state.asked) this.ask(asked);
    settle(this.list, () => this.arrange(state.cards));
    this.show("quiet", !state.may_hear);
    this.show("empty", state.may_hear && !state.cards.length);
    this.spotlight(state);
    if (isOther) this.say(asked.text);
    else if (arrived) this.say(this.element.dataset.arrived.replace("{n}", arrived));
  }

  // Nobody's words stay on a screen that may not show them any more.
  clear() {
    this.cards.clear();
    this.list.replaceChildren();
    this.put(null);
    for (const name of ["quiet", "empty"]) this.show(name, false);
  }

  ask({ id, label, text }) {
    this.asked = id;
    this.write("asked-label", label === text ? "" : label);
    this.write("asked-text", text);
    this.element.classList.toggle("wordy", text.length > WORDY);
  }

  arrange(wanted) {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, card] of this.cards) {
      if (!ids.has(id)) {
        card.element.remove();
        this.cards.delete(id);
      }
    }
    let place = this.list.firstElementChild;
    for (const each of wanted) {
      const card = this.cards.get(each.id) ?? new Card(this.template.content.firstElementChild.cloneNode(true));
      if (card.element === place) place = place.nextElementSibling;
      else this.list.insertBefore(card.element, place);
      card.take(each);
      this.add(card);
    }
    this.list.classList.toggle("many", wanted.length >= MANY);
    this.width = 0;
    this.measure();
  }

  // A list that is hidden has no width; what it holds is looked at when it is back.
  measure() {
    const { clientWidth } = this.list;
    if (clientWidth && clientWidth !== this.width) measure([...this.cards.values()]);
    this.width = clientWidth;
  }

  add(card) {
    this.cards.set(card.id, card);
  }

  // Where all is over, nobody could put it back.
  spotlight({ spotlight, cards, ended }) {
    const middle = ended ? null : spotlight;
    const number = cards.findIndex(({ id }) => id === middle);
    this.put(this.cards.get(middle) ?? null);
    // One after the other, without going back in between.
    for (const [name, id] of [["before", cards[number - 1]?.id], ["after", cards[number + 1]?.id]]) {
      const button = this.middle.querySelector(`[data-${name}]`);
      if (!button) continue;
      button.hidden = number < 0 || cards.length < 2;
      button.disabled = !id;
      button.value = id ?? "";
    }
  }

  // The card in the middle, or none; as long as it stays the same it is not touched.
  put(card) {
    const text = this.middle.querySelector("[data-middle-text]");
    const mark = card?.mark ?? "";
    this.element.classList.toggle("has-middle", Boolean(card));
    this.middle.hidden = !card;
    this.middle.querySelector("[data-middle-name]").textContent = card?.element.querySelector("[data-name]").textContent ?? "";
    for (const { element, id } of this.cards.values()) element.classList.toggle("in-middle", id === card?.id);
    if (card && this.middle.dataset.middle === mark) return;
    this.middle.dataset.middle = mark;
    text.replaceChildren(...(card ? card.text.cloneNode(true).childNodes : []));
    this.middle.classList.toggle("brief", text.children.length === 1 && text.textContent.length <= BRIEF);
  }

  show(name, isShown) {
    this.element.querySelector(`[data-${name}]`).hidden = !isShown;
  }

  write(name, text) {
    const element = this.element.querySelector(`[data-${name}]`);
    if (element.textContent !== text) element.textContent = text;
  }

  say(sentence) {
    this.announcer.textContent = sentence;
  }
}
