// Who may read: of two choices the narrower holds. The options stand from the narrowest to the widest.

// Chooses `readers`; where the member has chosen here already, the narrower of both.
export function narrow(field, readers, isChosen = true) {
  const now = field.selectedIndex;
  field.value = readers;
  if (isChosen) field.selectedIndex = Math.min(now, field.selectedIndex);
}
