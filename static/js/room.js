// The room of a session as it is shared with all: who facilitates steers it; without that, it is only looked at.

import { Age } from "./room/age.js";
import { Ending } from "./room/ending.js";
import { Fold } from "./room/fold.js";
import { Keys } from "./room/keys.js";
import { People } from "./room/people.js";
import { Stage } from "./room/stage.js";
import { Steering } from "./room/steer.js";
import { Timer } from "./room/timer.js";
import { Watch } from "./room/watch.js";

const NOBODY = { people: [], here: 0, all: 0, closing: null, counts: { writing: 0, written: 0, all: 0 } };

class RoomPage {
  constructor(page) {
    const { stateUrl, user } = page.dataset;
    const element = page.querySelector("[data-stage]");
    const bar = page.querySelector("[data-steering-bar]");
    const now = () => this.watch.now();
    this.page = page;
    this.stage = new Stage(element);
    this.age = new Age(page.querySelector("[data-age]"));
    this.watch = new Watch(stateUrl, {
      user: Number(user),
      always: Boolean(bar),
      have: () => this.stage.held(),
      onState: (state) => this.take(state),
      onTrouble: (kind, since) => this.trouble(kind, since),
    });
    const timer = page.querySelector("[data-timer]");
    this.timer = new Timer(timer, now, () => this.stage.say(timer.dataset.over));
    if (bar) this.steer(element, bar, now);
    this.watch.start();
  }

  steer(element, bar, now) {
    this.keys = new Keys(element, bar);
    this.ending = new Ending(element.querySelector("[data-ending]"), now);
    this.people = new People(bar);
    this.steering = new Steering(bar, this.page.dataset.csrfCookie, () => this.stage.held(), () => this.watch.ask());
    this.parts = [this.steering, this.people, this.ending];
    if (bar.querySelector("[data-fold]")) this.fold = new Fold(bar);
  }

  take(state) {
    if (this.parts && !("steered" in state)) return this.leave();
    this.age.well();
    this.stage.take(state);
    this.timer.set(state.closing ? null : state.timer?.ends_at); // one time is enough
    for (const part of this.parts ?? []) part.show(state);
    this.keys?.follow(state);
    this.page.dataset.taken = "";
  }

  trouble(kind, since) {
    this.age.trouble(kind, since);
    if (kind === "lost") return;
    this.stage.clear();
    if (!this.parts) return;
    this.people.show(NOBODY);
    this.ending.show(NOBODY);
    this.steering.credit(null);
  }

  // Her role has ended, and she takes part still: another page is hers.
  leave() {
    this.watch.stop();
    location.reload();
  }
}

const page = document.querySelector("[data-room]");
if (page) new RoomPage(page);
