// One text of the group on the stage. What the server sent as HTML is what the page's own templates would hold.

export class Card {
  // `element`: a card of the page, or a copy of the template's.
  constructor(element) {
    this.element = element;
    this.text = element.querySelector("[data-text]");
    this.button = element.querySelector("[data-open]");
    if (!this.button?.form) this.button?.addEventListener("click", () => this.unfold());
  }

  get id() { return this.element.dataset.card; }

  get version() { return Number(this.element.dataset.version); }

  get mark() { return `${this.id}.${this.version}`; }

  // `html` comes only with what the page does not hold yet.
  take({ id, version, name, mine, html }) {
    const { dataset } = this.element;
    if (html !== undefined && (dataset.card !== id || this.version !== version)) this.text.innerHTML = html;
    else if (this.version !== version) throw new Error("A text is missing.");
    Object.assign(dataset, { card: id, version });
    this.write("[data-name]", name ?? "");
    const own = this.element.querySelector("[data-mine]");
    if (own) own.hidden = !mine;
    if (this.button?.form) this.button.value = id;
  }

  write(place, text) {
    const element = this.element.querySelector(place);
    if (element.textContent !== text) element.textContent = text;
  }

  unfold() {
    const isOpen = this.element.classList.toggle("open");
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.button.textContent = isOpen ? this.button.dataset.less : this.button.dataset.more;
  }
}

// Where not all of a text is seen, a button says so; for a line or two nothing is cut off. All cards together: first
// everything is looked at, then everything is changed.
export function measure(cards) {
  const closed = cards.filter(({ element }) => !element.classList.contains("open"));
  for (const { element } of closed) element.classList.remove("whole");
  const heights = closed.map(({ text }) => [text.scrollHeight - text.clientHeight, parseFloat(getComputedStyle(text).lineHeight)]);
  closed.forEach(({ element }, place) => {
    const [hidden, line] = heights[place];
    element.classList.toggle("long", hidden > 2 * line);
    element.classList.toggle("whole", hidden > 0 && hidden <= 2 * line);
  });
}
