// The room by keyboard: Esc closes a menu, else it puts the card in the middle back; the arrows lead from card to card.
// The focus goes along, where it was she who pressed.

const ARROWS = { ArrowLeft: "before", ArrowRight: "after" };

export class Keys {
  constructor(stage, bar) {
    Object.assign(this, { stage, bar, middle: stage.querySelector("[data-middle]"), shown: "" });
    document.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("click", (event) => this.closeMenus(event.target.closest("[data-menu]")));
    document.addEventListener("submit", (event) => this.remember(event));
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") this.escape();
    const isElsewhere = event.target.matches("input, textarea, select") || event.target.closest("[data-menu][open]");
    const button = !isElsewhere && this.middle.querySelector(`[data-${ARROWS[event.key]}]`);
    if (!button || button.hidden || button.disabled || this.middle.hidden) return;
    event.preventDefault();
    button.click();
  }

  escape() {
    const open = this.bar.querySelector("[data-menu][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (!this.middle.hidden) this.middle.querySelector("[data-back]").click();
  }

  closeMenus(but) {
    for (const menu of this.bar.querySelectorAll("[data-menu][open]")) if (menu !== but) menu.open = false;
  }

  // What was chosen is seen on the stage: the menu with the questions has done its work.
  remember({ target, submitter }) {
    const deed = target.querySelector("[name=deed]")?.value;
    if (deed === "ask" || deed === "timer") this.closeMenus();
    this.isHers = deed === "show" || deed === "hide";
    if (deed === "show" && submitter?.matches("[data-open]")) this.from = submitter.value;
  }

  // After the stage has taken the state over.
  follow({ spotlight }) {
    const before = this.shown;
    this.shown = spotlight ?? "";
    if (this.shown === before || !this.isHers) return;
    this.isHers = false;
    if (this.shown && !before) this.middle.querySelector("[data-back]").focus({ preventScroll: true });
    if (this.shown) this.stage.scrollIntoView({ block: "start" });
    else this.stage.querySelector(`[data-open][value="${before}"]`)?.focus();
  }
}
