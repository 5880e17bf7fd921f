// Words that were left behind for a box: by this tab before a reload, by a tab that is gone, or in a conflict. One text
// may stand in the field again; every other goes to the server, which keeps it in the history.

import { deliverOne } from "./delivery.js";
import { operationId } from "./save.js";
import { holdSlot, isAbandoned } from "./tabs.js";

export class Leftovers {
  constructor(form, boxes) {
    Object.assign(this, { form, boxes, journal: null });
  }

  // Opens the boxes with what the journal holds for them; sends the rest away, in its own time.
  async open(journal) {
    this.journal = journal;
    const entries = journal ? await journal.unsent() : [];
    const places = journal ? await journal.places() : [];
    const rest = [];
    for (const box of this.boxes.filter((each) => !each.hasJournal && (journal || !each.isReady))) {
      const found = box.wasKept ? [] : await this.entriesOf(box, entries);
      const own = found.find((entry) => box.takes(entry)) ?? null;
      const isFree = box.wasKept || own?.slot === box.slot || !places.some((place) => place.prompt === box.key && place.slot === box.slot);
      box.open(journal, isFree ? box.slot : holdSlot(operationId()), own);
      if (own && own.slot !== box.draft.slot) box.draft.writing?.then(() => box.hasJournal && journal.remove(own)).catch(() => {});
      rest.push(...found.filter((entry) => entry !== own));
    }
    this.sendAll(rest);
  }

  // What the journal holds for a box: this tab's own place, and the places of tabs that are gone.
  async entriesOf(box, entries) {
    const found = [];
    for (const entry of entries.filter((each) => each.prompt === box.key)) {
      if (entry.slot === box.slot) found.unshift(entry);
      else if (box.slot === "" && (await isAbandoned(entry.slot))) found.push(entry);
    }
    return found;
  }

  // The tab that was first for these boxes is gone: what it and others left is looked after here.
  async takeOver(boxes) {
    if (!this.journal) return;
    const isOther = (entry) => boxes.some((box) => box.key === entry.prompt && box.draft.slot !== entry.slot);
    const entries = (await this.journal.unsent()).filter(isOther);
    const left = [];
    for (const entry of entries) if (entry.slot === "" || (await isAbandoned(entry.slot))) left.push(entry);
    await this.sendAll(left);
  }

  // Words typed on while a conflict was shown, which the member does not keep in the box.
  async putAside(box) {
    const entry = { ...box.draft.entry, slot: holdSlot(operationId()), pending: null, isLetGo: true };
    if (!this.journal) return;
    await this.journal.write(entry);
    await this.sendAll([entry]);
  }

  boxOf(entry) {
    return this.boxes.find((box) => box.key === entry.prompt);
  }

  async sendAll(entries) {
    for (const entry of entries) await this.sendAway(entry).catch(() => {}); // it stays for the next time
  }

  async sendAway(entry) {
    const kind = await deliverOne(this.journal, entry, this.form.dataset.csrfCookie);
    if (kind !== "conflict") return;
    const box = this.boxOf(entry);
    if (box.offerAside?.(entry, this.journal)) return; // it stays until she has looked at it
    await this.journal.remove(entry);
    box.tell(this.form.dataset.aside);
  }
}
