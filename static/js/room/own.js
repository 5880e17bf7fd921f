// The room of a session, for who takes part.

import "../device.js";
