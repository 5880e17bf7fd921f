// Makes what is on the page what the server sent, touching as little as possible: an open <details>, the focus, a
// selection and the place scrolled to stay.

const OWN = new Set(["open"]); // the reader's own doing

export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id ?? "") !== (fresh.id ?? "")) {
    old.replaceWith(fresh);
  } else if (old.nodeType === Node.ELEMENT_NODE) {
    takeAttributes(old, fresh);
    takeChildren(old, fresh);
  } else if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

function takeAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !OWN.has(name)) old.setAttribute(name, value);
  }
}

function takeChildren(old, fresh) {
  const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  const known = new Map();
  for (const child of [...old.children]) {
    if (child.id && !wanted.has(child.id)) child.remove();
    else if (child.id) known.set(child.id, child);
  }
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = known.get(child.id);
    // What is moved loses the focus: rather what lies between goes and comes anew.
    while (same && place !== same && place && !known.has(place.id)) place = removed(place);
    if (same && same !== place) old.insertBefore(same, place);
    const here = same ?? place;
    if (!here || (!same && known.has(here.id))) old.insertBefore(child, place);
    else {
      place = here.nextSibling;
      morph(here, child);
    }
  }
  while (place) place = removed(place);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
