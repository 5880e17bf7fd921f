// Who may read: of two choices the narrower holds. The options of a field stand in the same order.

const ORDER = ["self", "facilitators", "group"];

export function narrower(one, other) {
  return ORDER.indexOf(one) < ORDER.indexOf(other) ? one : other;
}

export function wider(one, other) {
  return ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}

// Chooses `readers`; where the member has chosen here already, the narrower of both.
export function narrow(field, readers, isChosen = true) {
  const now = field.selectedIndex;
  field.value = readers;
  if (isChosen) field.selectedIndex = Math.min(now, field.selectedIndex);
}
