// The controls can be folded away, so that nothing but the stage is shared. A narrow screen begins without them.

const KEY = "hisho-room-folded";
const NARROW = 704;

export class Fold {
  constructor(bar) {
    this.bar = bar;
    this.button = bar.querySelector("[data-fold]");
    this.question = document.querySelector("[data-asked-text]");
    this.button.hidden = false;
    this.label = this.button.textContent;
    this.button.addEventListener("click", () => this.fold(!this.isFolded, true));
    this.fold((this.kept ?? String(innerWidth < NARROW)) === "true");
  }

  get isFolded() { return "folded" in document.body.dataset; }

  get kept() {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  fold(isFolded, isHers = false) {
    const { top } = this.question.getBoundingClientRect();
    document.body.toggleAttribute("data-folded", isFolded);
    // What is looked at stays in its place while the head of the page comes or goes.
    if (scrollY) scrollBy({ top: this.question.getBoundingClientRect().top - top, behavior: "instant" });
    this.button.setAttribute("aria-expanded", String(!isFolded));
    this.button.textContent = isFolded ? this.button.dataset.unfold : this.label;
    if (!isHers) return;
    try {
      sessionStorage.setItem(KEY, isFolded);
    } catch {
      // Only this page remembers then.
    }
  }
}
