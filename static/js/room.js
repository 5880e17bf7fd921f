// The room of a session, for who facilitates.

import "./device.js";
