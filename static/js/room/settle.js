// Lets a list change calmly: what moves glides to its new place, what is new comes up gently. How long that takes
// stands in the style (`--move`), where nothing moves for those who asked for that.

const placeOf = (element) => element.getBoundingClientRect();

export function settle(list, change) {
  const before = new Map([...list.children].map((child) => [child, placeOf(child)]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  for (const child of list.children) child.getAnimations().forEach((each) => each.cancel());
  change();
  // What is put elsewhere in the page loses the focus.
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  const duration = parseFloat(getComputedStyle(list).getPropertyValue("--move")) || 0;
  if (!duration || !list.getClientRects().length) return;
  for (const child of list.children) glide(child, before.get(child), duration);
}

function glide(child, was, duration) {
  const is = placeOf(child);
  const comes = [{ opacity: 0, transform: "translateY(.75rem)" }, { opacity: 1, transform: "none" }];
  if (!was) child.animate(comes, { duration: duration * 1.5, easing: "ease-out" });
  else if (was.x !== is.x || was.y !== is.y) {
    const way = `translate(${was.x - is.x}px, ${was.y - is.y}px)`;
    child.animate([{ transform: way }, { transform: "none" }], { duration, easing: "ease-in-out" });
  }
}
