// One box's place in the journal: the newest text is written as fast as the browser can, one write at a time.

const SETTLING = 500;
const LEAVING = 10_000; // the next page may come so late, made from a text before the last save

export class Draft {
  constructor(box) {
    this.box = box;
    this.journal = null;
    this.slot = "";
    this.isKept = true; // what is on the screen is in the journal, or with the server
    this.writing = null;
    this.leftAt = 0;
    addEventListener("beforeunload", () => { this.leftAt = Date.now(); });
  }

  open(journal, slot) {
    this.journal = journal;
    this.slot = slot;
  }

  get entry() {
    const { box } = this;
    return {
      prompt: box.prompt,
      slot: this.slot,
      url: box.url,
      text: box.field.value,
      readers: box.readers,
      base_version: box.version,
      pending: box.sender.pending,
    };
  }

  get isSettling() { return Boolean(this.writing) && Date.now() - this.began < SETTLING; }

  keep() {
    this.isKept = !this.journal && !this.box.dirty;
    if (!this.journal) return;
    if (!this.writing) this.began = Date.now();
    this.waits = true;
    this.writing ??= this.write().finally(() => { this.writing = null; });
  }

  async write() {
    while (this.waits) {
      this.waits = false;
      const isUnsent = this.box.dirty || this.box.sender.pending;
      if (!isUnsent && Date.now() - this.leftAt < LEAVING) continue; // the next page takes it out
      try {
        await (isUnsent ? this.journal.write(this.entry) : this.journal.remove(this.entry));
      } catch {
        this.journal = null; // full, or taken away: the page says so and sends at once
        this.isKept = !this.box.dirty;
        this.box.show();
        return;
      }
    }
    this.isKept = true;
    this.box.show();
  }
}
