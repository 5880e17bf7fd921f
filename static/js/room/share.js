// One's own text to the question of the moment: one tap shows it to the group, another one takes it back to whoever read
// it before. It goes the way of every save: the choice of readers in the box below is what counts.

const GROUP = "group";
const nameOf = (box) => `hisho-before-${box.form.dataset.user}-${box.key}`; // in this tab, also when the page is opened anew

function recall(box) {
  try {
    return sessionStorage.getItem(nameOf(box));
  } catch {
    return null;
  }
}

// Not by this button alone: she may have chosen in the box itself.
function remember(box) {
  if (box.readers === GROUP) return;
  try {
    sessionStorage.setItem(nameOf(box), box.readers);
  } catch {}
}

export class Share {
  // `boxes` are those of the sheet.
  constructor(panel, boxes) {
    Object.assign(this, { panel, boxes, state: null });
    for (const box of boxes) {
      remember(box);
      box.readersField.addEventListener("change", () => remember(box));
    }
    this.button = this.part("button");
    this.button.addEventListener("click", () => this.pressed());
    this.part("write").addEventListener("click", () => this.write());
    this.part("look").addEventListener("click", () => this.look());
  }

  part(name) { return this.panel.querySelector(`[data-share-${name}]`); }

  get box() { return this.boxes.find((box) => box.key === this.state?.asked?.id); }

  get card() { return this.state?.cards.find((card) => card.mine); }

  take(state) {
    this.state = state;
    this.show();
  }

  // Whether the server knows more of this box than the page: it was changed on another device.
  get isBehind() {
    const { box, card, state } = this;
    if (!box || box.conflict || box.sender.isUnsent) return false;
    const isGone = box.savedReaders === GROUP && box.held === "written" && state.may_hear && !card;
    return isGone || (card?.version ?? 0) > box.version;
  }

  show() {
    const { box } = this;
    this.panel.hidden = !box || box.field.readOnly;
    if (this.panel.hidden) return;
    const text = box.text.trim();
    const isShared = box.readers === GROUP;
    this.put(this.part("text"), text.replace(/\n{2,}/g, "\n")); // its first lines
    this.part("text").hidden = !text;
    this.part("none").hidden = Boolean(text);
    this.button.hidden = !text && !isShared;
    this.button.setAttribute("aria-pressed", String(isShared));
    this.part("look").hidden = !isShared || !this.card;
    this.put(this.part("line"), text || isShared ? this.sentence(box, isShared) : "");
  }

  sentence(box, isShared) {
    const say = this.panel.dataset;
    const isHeld = (box.conflict ?? { readers: box.savedReaders }).readers === GROUP; // by the server
    const isOut = box.sender.isUnsent && box.sender.widest === GROUP; // it may be, though nobody said so
    if (!isShared) return isHeld || isOut || this.card ? say.going : say.now.replace("{readers}", () => box.readersField.selectedOptions[0].text);
    if (!isHeld) return box.conflict ? say.unsettled : say.onItsWay;
    if (box.held !== "written") return say.unwritten;
    if (!this.state.may_hear) return say.later;
    if (!this.card) return say.onItsWay;
    return this.state.is_named ? say.named : say.unnamed;
  }

  put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  pressed() {
    const { box } = this;
    if (!box || box.field.readOnly) return;
    remember(box); // another device may have chosen since
    box.readersField.value = box.readers === GROUP ? recall(box) ?? "facilitators" : GROUP;
    box.readersField.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
  }

  write() {
    const { element, field } = this.box;
    element.closest("details")?.setAttribute("open", "");
    field.focus();
  }

  look() {
    const card = document.querySelector(`[data-card="${this.card.id}"]:not(.in-middle)`) ?? document.querySelector("[data-middle]");
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "center" });
  }
}
