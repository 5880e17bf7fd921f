// “I am here”: pressed by oneself, seen by all.

import { press } from "./press.js";

export class Here {
  // `refresh` brings the newest state.
  constructor(panel, csrfCookie, refresh) {
    Object.assign(this, { panel, csrfCookie, refresh });
    this.button = panel.querySelector("[data-me]");
    this.button?.form.addEventListener("submit", (event) => this.submitted(event));
  }

  async submitted(event) {
    event.preventDefault();
    if (this.isSending) return;
    this.isSending = true;
    const { form, value } = this.button;
    const body = new FormData(form);
    body.set("present", value);
    this.mark(value === "1"); // at once; what the server says next is what stands
    const answer = await press(form.action, body, this.csrfCookie).catch(() => null);
    this.isSending = false;
    if (!answer?.ok) this.mark(value !== "1");
    this.panel.querySelector("[data-here-line]").textContent = answer?.ok ? "" : this.panel.dataset.failed;
    this.refresh();
  }

  mark(isHere) {
    this.button.setAttribute("aria-pressed", String(isHere));
    this.button.value = isHere ? "0" : "1";
  }

  // On other days than the session's and the next one there is nothing to say.
  show({ people, here, all, may_attend: mayAttend }) {
    const find = (name) => this.panel.querySelector(`[data-${name}]`);
    const me = people.find((person) => person.me);
    if (this.button) this.button.form.hidden = !mayAttend;
    if (me && this.button && !this.isSending) this.mark(me.present);
    const names = people.filter((person) => person.present).map((person) => person.name);
    find("here").textContent = here;
    find("everybody").textContent = all;
    find("whom").hidden = !names.length;
    if (this.names === names.join("\n")) return;
    this.names = names.join("\n");
    find("here-names").replaceChildren(...names.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  }
}
