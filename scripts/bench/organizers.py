"""What organizers' pages cost when the salon has run for years, beside the same pages of a young one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median
from typing import Any

from .client import Ask, Browser
from .measure import Clock, Side
from .report import Goals, ms, print_table

FEW, MANY = 50, 5_000
QUERIES, TIMES = 15, 1.3
REQUESTS, WARM_UP = 10, 5


@dataclass
class Salon:
    """One size of the salon: what was found in its database, and its server."""

    found: dict[str, Any]
    port: int
    clock: Clock
    sides: dict[str, Side] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sides = {name: Side(Browser(self.port), self.clock) for name in self.found["paths"]}

    def ask(self, name: str) -> Iterator[Ask]:
        return repeat(Ask(self.found["paths"][name], self.found["session"]))

    def warm_up(self, name: str) -> None:
        self.sides[name].warm_up(self.ask(name), WARM_UP)

    def measure(self, name: str) -> None:
        self.sides[name].measure(self.ask(name), REQUESTS)

    def cpu(self, name: str) -> float:
        return median(self.sides[name].cpu)


def measure(few: Salon, many: Salon, runs: int) -> None:
    """Each page of both in turns, so that a machine that gets slower meanwhile is fair to both."""
    for number in range(runs + 1):
        for name in few.sides:
            for salon in (few, many):
                salon.measure(name) if number else salon.warm_up(name)
        print(f"run {number} of {runs}" if number else "warmed up", flush=True)


def report(few: Salon, many: Salon, goals: Goals) -> None:
    rows = []
    for name in few.sides:
        looks, ratio = many.found["looks"][name], many.cpu(name) / few.cpu(name)
        verdicts = [
            goals.check(f"queries of {name}", looks["queries"], QUERIES),
            goals.check(f"sequential scans of {name}", len(looks["scans"]), 0),
            goals.check(f"processor time of {name}", ratio, TIMES),
        ]
        counts = [str(salon.found["looks"][name]["queries"]) for salon in (few, many)]
        cpu = [ms(few.cpu(name)), ms(many.cpu(name)), f"{ratio:.2f}"]
        missed = "NOT reached" if "NOT reached" in verdicts else "reached"
        rows.append([name, *counts, ", ".join(looks["scans"]) or "none", *cpu, missed])
    head = ["organizers' pages", f"queries, {FEW}", f"{MANY:,}", "scans", f"ms, {FEW}", f"{MANY:,}", "ratio"]
    print_table([*head, f"<= {QUERIES}, none, <= {TIMES}"], rows)
