"""Rounds of requests: bare, ours, bare again, so that a machine that gets slower in between is seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from statistics import median, quantiles
from typing import TYPE_CHECKING

from .client import Answer, Ask, Browser

if TYPE_CHECKING:
    from .pages import Page

P95 = 18
"""The last of the nineteen cuts of `quantiles(n=20)`."""

Clock = Callable[[], float]


@dataclass
class Side:
    """One server with one open connection: its processor time per request, and how long each request took."""

    browser: Browser
    clock: Clock
    cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    last: Answer | None = None

    def warm_up(self, asks: Iterator[Ask], count: int) -> None:
        for ask in islice(asks, count):
            self.last = self.browser.fetch(ask)

    def measure(self, asks: Iterator[Ask], count: int) -> None:
        """One round; adds its processor seconds per request to `cpu`."""
        before = self.clock()
        for ask in islice(asks, count):
            self.last = self.browser.fetch(ask)
            self.seconds.append(self.last.seconds)
        self.cpu.append((self.clock() - before) / count)

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[P95]


@dataclass
class Result:
    """One page after all rounds. In every round the bare side is measured twice."""

    page: "Page"
    ours: Side
    bare: Side

    @property
    def our_cpu(self) -> float:
        """Processor seconds per request: the median over the rounds."""
        return median(self.ours.cpu)

    @property
    def bare_cpu(self) -> float:
        """The same for the bare view, each round being the mean of before and after."""
        return median((before + after) / 2 for before, after in zip(*[iter(self.bare.cpu)] * 2, strict=True))

    @property
    def ratio(self) -> float:
        return self.our_cpu / self.bare_cpu

    @property
    def wobble(self) -> float:
        """How far apart the bare rounds are: the largest by the smallest. Much over 1 means a restless machine."""
        return max(self.bare.cpu) / min(self.bare.cpu)


def measure(result: Result, count: int) -> None:
    """One run: bare, ours, bare."""
    count *= result.page.times
    result.bare.measure(result.page.bare, count)
    result.ours.measure(result.page.ours, count)
    result.bare.measure(result.page.bare, count)


def warm_up(result: Result) -> None:
    """Fill the caches that a server has filled after its first minutes."""
    result.ours.warm_up(result.page.ours, result.page.warm_up)
    result.bare.warm_up(result.page.bare, result.page.warm_up)
