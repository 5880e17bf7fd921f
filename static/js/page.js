// A page on which nobody writes.

import { listenForClosing } from "./called.js";

listenForClosing();
