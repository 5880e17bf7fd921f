// The parts of a page that follow the server: elements with data-live="name". None stands within another.

import { morph } from "./morph.js";

export const regionsIn = (root) => [...root.querySelectorAll("[data-live]")];

export class Regions {
  constructor(page) {
    this.page = page;
    this.known = new Map(regionsIn(page).map((region) => [region.dataset.live, region]));
    this.sent = new Map(regionsIn(page).map((region) => [region.dataset.live, region.innerHTML]));
  }

  // Make of them what came. One that came no more is emptied and keeps its place: it may come again.
  take(fresh) {
    const came = new Set(regionsIn(fresh).map((region) => region.dataset.live));
    for (const name of this.known.keys()) if (!came.has(name)) this.fill(name, document.createElement("div"));
    for (const region of regionsIn(fresh)) {
      if (this.known.has(region.dataset.live)) this.fill(region.dataset.live, region);
      else this.insert(region, fresh);
    }
  }

  clear() {
    for (const region of this.known.values()) region.replaceChildren();
  }

  // What the reader changed on the page stays until the server has something new to say.
  fill(name, fresh) {
    const html = fresh.innerHTML;
    if (this.sent.get(name) === html) return;
    this.sent.set(name, html);
    const region = this.known.get(name);
    const same = region.cloneNode(false);
    same.append(...fresh.childNodes);
    morph(region, same);
  }

  // A new region comes with whatever is new around it, before what follows it there and is here already.
  insert(region, fresh) {
    let unit = region;
    while (unit.parentElement !== fresh && !this.counterpart(unit.parentElement)) unit = unit.parentElement;
    const parent = unit.parentElement === fresh ? this.page : this.counterpart(unit.parentElement);
    let next = unit.nextElementSibling;
    while (next && !this.counterpart(next)) next = next.nextElementSibling;
    const last = [...parent.children].findLast((child) => child.matches("[data-live]") || regionsIn(child).length);
    parent.insertBefore(unit, next ? this.counterpart(next) : (last?.nextSibling ?? null));
    for (const one of unit === region ? [region] : regionsIn(unit)) {
      this.known.set(one.dataset.live, one);
      this.sent.set(one.dataset.live, one.innerHTML);
    }
  }

  // The element on the page for one that came: both hold the same region, at the same depth.
  counterpart(element) {
    const inside = element.matches("[data-live]") ? [element] : regionsIn(element);
    let came = inside.find((one) => this.known.has(one.dataset.live));
    let here = came && this.known.get(came.dataset.live);
    while (came && came !== element) {
      came = came.parentElement;
      here = here.parentElement;
    }
    return here;
  }
}
