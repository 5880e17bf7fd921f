"""What can go wrong with a request on its way, and plans of what goes wrong when."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One request as it came: `head` ends with the blank line."""

    method: str
    path: str
    head: bytes
    body: bytes


@dataclass(frozen=True)
class Fault:
    """What happens to one request. Without arguments: nothing, it passes."""

    delay: float = 0  # seconds before it is delivered; different ones reorder requests
    hold: float = 0  # seconds before the answer comes back; different ones reorder answers
    rate: int = 0  # bytes per second each way, shared by all connections; 0: as fast as it goes
    reset: bool = False  # RST at once: never delivered
    silent: bool = False  # a black hole: never delivered, never answered
    lose: bool = False  # delivered, but the answer is dropped and the connection reset
    swallow: bool = False  # delivered, but the answer is dropped and the connection hangs
    status: int = 0  # never delivered: something in between answers so, in HTML
    cut: int | None = None  # delivered, but only so many bytes of the answer arrive, then RST
    again: float | None = None  # delivered once more, so many seconds later; nobody sees that answer


PASS = Fault()
SLOW_3G = Fault(delay=0.4, rate=50_000)
SILENT, RESET, LOSE, SWALLOW = Fault(silent=True), Fault(reset=True), Fault(lose=True), Fault(swallow=True)
CUT, TWICE, LATE_TWIN = Fault(cut=20), Fault(again=0), Fault(again=0.5)

Plan = Callable[[Request], Fault]
Only = Callable[[Request], bool]


def saves(request: Request) -> bool:
    """The saving of a box."""
    return request.method == "POST" and request.path.endswith("/response/")


def comments(request: Request) -> bool:
    """The saving of a comment that is not sent yet, and its sending."""
    return request.method == "POST" and request.path.endswith(("/draft/", "/feedback/"))


def anything(_request: Request) -> bool:
    return True


def every(fault: Fault, only: Only = anything) -> Plan:
    """The same for all requests."""
    return lambda request: fault if only(request) else PASS


UNBROKEN = every(PASS)


def script(faults: Iterable[Fault], only: Only = anything, then: Fault = PASS) -> Plan:
    """One fault after the other, one per request."""
    rest = iter(faults)
    return lambda request: next(rest, then) if only(request) else PASS


def chance(seed: int, faults: Mapping[Fault, float], only: Only = anything) -> Plan:
    """Each fault with its probability; the rest passes."""
    dice = random.Random(seed)
    kinds, weights = [*faults, PASS], [*faults.values(), 1 - sum(faults.values())]
    return lambda request: dice.choices(kinds, weights)[0] if only(request) else PASS
