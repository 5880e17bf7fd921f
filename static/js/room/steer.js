// What who facilitates does in the room: every control is a form that also works by itself; here its answer is the next
// state of the room, without a new page. Also shows what is chosen, and who else steered.

import { clockIn } from "../clock.js";
import { press } from "./press.js";

export class Steering {
  // `held` lists what the page holds already, `refresh` brings the newest state.
  constructor(bar, csrfCookie, held, refresh) {
    Object.assign(this, { bar, csrfCookie, held, refresh, say: bar.dataset });
    this.clock = clockIn(this.say.timeZone);
    this.line = bar.querySelector("[data-steer-status]");
    document.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-steer]")) return;
      event.preventDefault();
      this.send(event.target, event.submitter);
    });
  }

  async send(form, button) {
    if (button?.getAttribute("aria-busy") === "true") return;
    const fields = new FormData(form);
    if (button?.name) fields.set(button.name, button.value);
    fields.set("have", this.held().join(",")); // no text comes with the answer that is here already
    button?.setAttribute("aria-busy", "true");
    this.tell(await this.post(form.action, fields));
    button?.removeAttribute("aria-busy");
  }

  // Resolves to the sentence of what went wrong, "" if nothing did.
  async post(url, fields) {
    try {
      const answer = await press(url, fields, this.csrfCookie);
      await this.refresh(); // also where it was refused: what she saw is not what is
      if (answer.ok || answer.type === "opaqueredirect") return "";
      return (await answer.json().catch(() => ({}))).message ?? this.say.failed;
    } catch {
      return this.say.failed;
    }
  }

  tell(sentence) {
    this.line.textContent = sentence;
  }

  show(state) {
    const { bar } = this;
    mark(bar.querySelectorAll("[data-ask]"), "aria-current", (button) => Number(button.value) === state.asked?.id);
    mark(bar.querySelectorAll("[data-names]"), "aria-pressed", (button) => (button.value === "1") === state.is_named);
    mark(bar.querySelectorAll("[data-order]"), "aria-pressed", (button) => button.value === state.order);
    for (const button of bar.querySelectorAll("[data-order][value=name]")) button.disabled = !state.is_named;
    hide(bar.querySelector("[data-unnamed]"), state.is_named);
    hide(bar.querySelector("[data-timer-stop]"), !state.timer);
    hide(bar.querySelector("[data-closing-begin]"), state.closing);
    this.credit(state.steered);
  }

  // The last one wins; the others see who it was.
  credit(steered) {
    const line = this.bar.querySelector("[data-steered]");
    hide(line, !steered || steered.me);
    if (!steered || steered.me) return;
    const text = this.say.steeredBy.replace("{time}", this.clock.format(new Date(steered.at))).replace("{name}", () => steered.name);
    if (line.textContent !== text) line.textContent = text;
  }
}

function mark(buttons, attribute, isChosen) {
  for (const button of buttons) button.setAttribute(attribute, String(Boolean(isChosen(button))));
}

function hide(element, isHidden) {
  if (element) element.hidden = Boolean(isHidden);
}
