// Says how old the page is while the server cannot be reached, and why nothing comes any more.

const SECOND = 1_000;
const PATIENCE = 5 * SECOND; // a single slow answer is nothing to speak of
const UNITS = [["hour", 3600], ["minute", 60], ["second", 1]];

export class Age {
  constructor(element) {
    this.element = element;
    this.line = element.querySelector("[data-age-line]");
    this.link = element.querySelector("[data-age-link]");
  }

  // As `onTrouble` of a Watch is called.
  trouble(kind, since) {
    Object.assign(this, { kind, since });
    clearInterval(this.clock);
    if (kind === "lost") this.clock = setInterval(() => this.show(), SECOND);
    this.show();
  }

  // The server answers again.
  well() {
    clearInterval(this.clock);
    this.kind = "";
    this.show();
  }

  show() {
    const { lost, signedOut, gone } = this.element.dataset;
    const isLate = this.kind && (this.kind !== "lost" || Date.now() - this.since >= PATIENCE);
    this.element.hidden = !isLate;
    this.link.hidden = this.kind !== "signed_out";
    // Its first words are spoken, its growing older is not.
    this.line.setAttribute("aria-live", this.isTold ? "off" : "polite");
    const sentences = { lost: lost.replace("{age}", this.kind === "lost" ? ago(Date.now() - this.since) : ""), signed_out: signedOut, gone };
    const text = isLate ? sentences[this.kind] : "";
    if (this.line.textContent !== text) this.line.textContent = text;
    this.isTold = Boolean(isLate);
  }
}

// “3 minutes ago”, in the page's language.
export function ago(milliseconds) {
  const { lang } = document.documentElement;
  const seconds = Math.max(1, Math.floor(milliseconds / SECOND));
  const [unit, size] = UNITS.find((each) => seconds >= each[1]);
  const text = new Intl.RelativeTimeFormat(lang).format(-Math.floor(seconds / size), unit);
  return lang.startsWith("ja") ? text.replace(" ", "") : text;
}
