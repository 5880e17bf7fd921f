"""A mail server that keeps what it took, and breaks at the step that it is told to.

with Mailbox() as box:
    box.fault = lambda step, number: box.DROP if step == "message" else None
    ...
    box.taken  # the Message-IDs of all mails of which the whole text came in
"""

import re
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from typing import Self

STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "message", "answered", "QUIT")
"""`message`: the whole mail is there and not answered yet; `answered`: the sender may know."""

DROP = "drop"
ANSWERS = {"EHLO": "250 mailbox", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "QUIT": "221 bye"}

Fault = Callable[[str, int], str | None]


class Dropped(Exception):
    """The server hangs up without a word."""


class Conversation(socketserver.StreamRequestHandler):
    """One sender's connection."""

    server: "Mailbox"

    def handle(self) -> None:
        try:
            self._step("connect", "220 mailbox")
            for line in self.rfile:
                verb = line[:4].decode(errors="replace").strip().upper()
                self._step(verb, ANSWERS.get(verb, "500 what?"))
                if verb == "DATA":
                    self._take()
                if verb == "QUIT":
                    return
        except (Dropped, OSError):
            return

    def _step(self, step: str, answer: str) -> None:
        if self.server.meet(step) == DROP:
            raise Dropped
        self.wfile.write(f"{answer}\r\n".encode())

    def _take(self) -> None:
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                raise Dropped
            text += line
        self.server.keep(text)
        self._step("message", "250 taken")
        if self.server.meet("answered") == DROP:
            raise Dropped


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on a free port while it is entered."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: Counter[str] = Counter()
        self.texts: list[bytes] = []
        self.fault: Fault = lambda step, number: None
        self._met: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def meet(self, step: str) -> str | None:
        """What the fault says at this step; it is told how often the step has come."""
        with self._lock:
            self._met[step] += 1
            number = self._met[step]
        return self.fault(step, number)

    def keep(self, text: bytes) -> None:
        with self._lock:
            self.taken[re.search(rb"^Message-ID:\s*(\S+)", text, re.M | re.I)[1].decode()] += 1
            self.texts.append(text)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()
