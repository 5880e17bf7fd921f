// Asks whether the last minutes of the session have begun, in pages other than the room, while that can be: from shortly
// before the session on, also in a page that was opened long before.

import { Closing } from "./closing.js";
import { Watch } from "./room/watch.js";

const HOUR = 3_600_000; // no timer is trusted for longer: the device may sleep
const MINUTE = 60_000; // somebody may have signed in again

export function listenForClosing() {
  const closing = Closing.onPage();
  if (!closing?.bar.dataset.watch) return;
  const { user, now, from, until, watch: address } = closing.bar.dataset;
  const ahead = Date.parse(now) - Date.now();
  const hear = (state) => closing.hear(state.closing, state.room, () => watch.now());
  const trouble = (kind) => kind === "gone" && hear({ closing: null });
  const watch = new Watch(address, { only: "closing", user: Number(user), onState: hear, onTrouble: trouble });
  let timer = 0;

  const look = () => {
    clearTimeout(timer);
    const time = Date.now() + ahead;
    const wait = Date.parse(from) - time;
    if (time >= Date.parse(until)) return watch.stop();
    timer = setTimeout(look, wait > 0 ? Math.min(wait, HOUR) : MINUTE);
    return wait > 0 ? undefined : watch.start();
  };

  for (const name of ["visibilitychange", "pageshow", "focus"]) addEventListener(name, look);
  look();
}
