// One box's place in the journal: the newest text is written as fast as the browser can, one write at a time.

const SETTLING = 500;
const STUCK = 3_000; // a browser that never answers keeps nothing
const LEAVING = 10_000; // the next page may come so late, made from a text before the last save

export class Draft {
  constructor(box) {
    this.box = box;
    this.journal = null;
    this.slot = "";
    this.isKept = true; // what is on the screen is in the journal, or with the server
    this.wasKept = false; // it had a journal before, and lost it
    this.hasEntry = false; // something of this box stands in its place
    this.writing = null;
    this.leftAt = 0;
    addEventListener("beforeunload", () => { this.leftAt = Date.now(); });
  }

  // Takes over what stands in its place; what it was not given it never removes.
  open(journal, slot, entry) {
    Object.assign(this, { journal, slot, hasEntry: Boolean(entry) || this.wasKept });
  }

  get entry() {
    const { box } = this;
    return {
      prompt: box.key,
      slot: this.slot,
      url: box.url,
      text: box.field.value,
      readers: box.readers,
      base_version: box.version,
      pending: box.sender.pending,
      follows: box.sender.followed,
      page: box.page,
    };
  }

  get isStuck() { return Boolean(this.writing) && Date.now() - this.began > STUCK; }
  get isSettling() { return Boolean(this.writing) && Date.now() - this.began < SETTLING; }

  keep() {
    this.isKept = !this.journal && !this.box.sender.isUnsent;
    if (!this.journal) return;
    this.waits = true;
    this.writing ??= this.write().finally(() => { this.writing = null; });
  }

  async write() {
    while (this.waits) {
      this.waits = false;
      this.began = Date.now();
      const { isUnsent } = this.box.sender;
      if (!isUnsent && (!this.hasEntry || Date.now() - this.leftAt < LEAVING)) continue; // the next page takes it out
      try {
        await (isUnsent ? this.journal.write(this.entry) : this.journal.remove(this.entry));
        this.hasEntry = isUnsent;
      } catch {
        this.lose();
        return;
      }
    }
    this.isKept = true;
    this.box.show();
  }

  // Full, or taken away: the page says so, sends at once, and looks for a journal again.
  lose() {
    this.journal = null;
    this.wasKept = true;
    this.isKept = !this.box.sender.isUnsent;
    this.box.show();
  }
}
