"""A writer who saves one box as the page does: one request in flight, the same operation until it is answered."""

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from bench.client import CSRF

from .ledger import Ledger, digest
from .server import Person, Site

TIMEOUT = 10
PATIENCE = 180
UNTIL_STOPPED = 1_000_000
RETRY_STATUSES = {429, 503}


@dataclass
class Figures:
    """What all writers together met. `strange` are answers that a page could not make anything of."""

    statuses: Counter = field(default_factory=Counter)
    sent: int = 0
    acknowledged: int = 0
    conflicts: int = 0
    retried: int = 0
    longest_stall: float = 0.0
    strange: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, other: "Figures") -> None:
        with self.lock:
            self.statuses += other.statuses
            self.sent += other.sent
            self.acknowledged += other.acknowledged
            self.conflicts += other.conflicts
            self.retried += other.retried
            self.longest_stall = max(self.longest_stall, other.longest_stall)
            self.strange += other.strange


@dataclass(frozen=True)
class Sent:
    """The body of one save; the same bytes as often as it is sent."""

    operation: str
    prompt: int
    base: int
    text: str
    body: bytes


@dataclass
class Answer:
    """What came back; no status means that nothing did."""

    status: int | None = None
    json: dict = field(default_factory=dict)
    after: float = 0


class Line:
    """One connection of one signed-in person; opened anew after every accident."""

    def __init__(self, port: int, person: Person, timeout: float = TIMEOUT) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        host = f"localhost:{port}"
        self.headers = {
            "Host": host,
            "Origin": f"http://{host}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items()),
            "X-CSRFToken": CSRF,
        }

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes] | None:
        """Status and body, or None when nothing came back."""
        headers = self.headers | ({"Content-Type": kind} if kind else {})
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return None

    def insist(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Ask until there is an answer: the server closes connections that were idle, and machines are slow."""
        for _attempt in range(10):
            if found := self.ask(method, path, body, kind):
                return found
        raise TimeoutError(f"{method} {path} is not answered.")

    def save(self, save: Sent, *, insist: bool = False) -> Answer:
        return self.post(Site.save_path(save.prompt), save.body, insist=insist)

    def post(self, path: str, body: bytes, *, insist: bool = False) -> Answer:
        ask = self.insist if insist else self.ask
        found = ask("POST", path, body, "application/json")
        if found is None:
            return Answer()
        try:
            answer = json.loads(found[1])
        except ValueError:
            answer = {}
        return Answer(found[0], answer if isinstance(answer, dict) else {})

    def close(self) -> None:
        self.connection.close()


def make_save(person: Person, prompt: int, base: int, text: str, readers: str = "facilitators") -> Sent:
    operation = str(uuid.uuid4())
    values = {"operation_id": operation, "base_version": base, "text": text, "readers": readers, "user": person.user}
    body = json.dumps({**values, "sha256": digest(text)}, ensure_ascii=False).encode()
    return Sent(operation, prompt, base, text, body)


def is_confirmed(save: Sent, answer: Answer) -> bool:
    """The only answer after which a page may say 保存しました."""
    said = answer.json
    return (answer.status, said.get("operation_id"), said.get("sha256")) == (200, save.operation, digest(save.text))


def persevere(is_done: Callable[[], bool]) -> int:
    """Try without end, as the page does; how often it was in vain."""
    tries = 0
    while not is_done():
        tries += 1
        time.sleep(min(0.02 * 2**tries, 0.5))
    return tries


class Writer(threading.Thread):
    """Writes version after version into one box, until it is told to stop or has saved `count` texts."""

    readers = "facilitators"

    def __init__(
        self,
        port: int,
        person: Person,
        prompt: int,
        ledger: Ledger,
        count: int,
        *,
        pause: float = 0,
        timeout: float = TIMEOUT,
    ) -> None:
        super().__init__(name=f"writer {person.name} {prompt}", daemon=True)
        self.line = Line(port, person, timeout)
        self.person, self.prompt, self.ledger, self.count, self.pause = person, prompt, ledger, count, pause
        self.stop = threading.Event()
        self.version = 0
        self.figures = Figures()
        self.saves: list[Sent] = []
        self.moments: list[float] = []

    def run(self) -> None:
        try:
            while len(self.saves) < self.count and not self.stop.is_set():
                self.take_a_turn()
                self.stop.wait(self.pause)
        finally:
            self.line.close()

    def take_a_turn(self) -> None:
        self.save(self.new_text())

    def new_text(self) -> str:
        """Like no other."""
        return f"{self.person.name}・{self.prompt}・{len(self.saves)}\n\u3000今日は🌱 {uuid.uuid4()}"

    def deliver(self, save: Sent) -> Answer:
        return self.line.save(save)

    def save(self, text: str) -> None:
        """One text, until it is saved; a member may write a conflict over with her own text."""
        save = make_save(self.person, self.prompt, self.version, text, self.readers)
        self.saves.append(save)
        self.ledger.sent(save.operation, self.prompt, text)
        began = time.monotonic()
        tries = persevere(lambda: self.settled(save, self.deliver(save)))
        self.moments.append(time.monotonic())
        self.figures.sent += 1
        self.figures.retried += tries > 0
        self.figures.longest_stall = max(self.figures.longest_stall, self.moments[-1] - began)

    def settled(self, save: Sent, answer: Answer) -> bool:
        figures = self.figures
        figures.statuses[answer.status] += 1
        if is_confirmed(save, answer):
            self.version = answer.json["version"]
            self.ledger.acknowledged(save.operation, self.version)
            figures.acknowledged += 1
            return True
        if answer.status == 409 and answer.json.get("error") == "conflict":
            figures.conflicts += 1
            self.version = answer.json["version"]
            return True
        if answer.status is not None and (answer.status not in RETRY_STATUSES or "message" not in answer.json):
            figures.strange.append(f"{answer.status} {answer.json}")
        return False


class Writers:
    """A crowd of writers, each in a box of her own; leaving the `with` waits until everybody's last text is saved.

    Raises:
        TimeoutError: somebody still cannot save, long after the faults have ended.
    """

    def __init__(
        self,
        site: Site,
        ledger: Ledger,
        boxes: int | list[tuple[Person, int]],
        *,
        port: int = 0,
        count: int = UNTIL_STOPPED,
        kind: type[Writer] = Writer,
        **manner: Any,
    ) -> None:
        if isinstance(boxes, int):
            boxes = [next(site.boxes) for _number in range(boxes)]
        self.all = [kind(port or site.port, *box, ledger, count, **manner) for box in boxes]
        self.figures = Figures()

    def __enter__(self) -> Self:
        for writer in self.all:
            writer.start()
        return self

    def __exit__(self, kind: type | None, *_error: object) -> None:
        if self.all[0].count == UNTIL_STOPPED or kind:
            self.stop()
        for writer in self.all:
            writer.join(PATIENCE)
            if writer.is_alive() and not kind:
                raise TimeoutError(f"{writer.name} has saved {len(writer.moments)} texts and cannot go on.")
            self.figures.add(writer.figures)

    def stop(self) -> None:
        for writer in self.all:
            writer.stop.set()

    @property
    def saved(self) -> int:
        return sum(len(writer.moments) for writer in self.all)

    def wait_for(self, saved: int) -> None:
        """Until so many more texts are saved."""
        goal, end = self.saved + saved, time.monotonic() + PATIENCE
        while self.saved < goal:
            if time.monotonic() > end:
                raise TimeoutError(f"Only {self.saved} texts are saved.")
            time.sleep(0.01)

    def wait_for_all(self, since: float) -> None:
        """Until everybody has saved something new since that moment."""
        end = time.monotonic() + PATIENCE
        while not all(writer.moments and writer.moments[-1] > since for writer in self.all):
            if time.monotonic() > end:
                raise TimeoutError("Somebody cannot save any more.")
            time.sleep(0.01)

    def all_clear(self, since: float) -> float:
        """Seconds from that moment until everybody has saved a new text again."""
        return max(min(moment for moment in writer.moments if moment > since) for writer in self.all) - since
