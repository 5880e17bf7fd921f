"""Breaks the network, the server, the database and the disk on purpose, with full counts. `make faults` calls it.

It runs the tests of `tests/faults`, which `make test` runs with small counts, and prints what they measured beside
the goals. A goal that is missed over all tests together counts as a failure, as a skipped test does.
"""

import operator
import signal
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from chromium import find_chromium
from test import run_pytest

RULES = {"=": operator.eq, "≥": operator.ge, "≤": operator.le}
Figures = dict[str, tuple[float, str]]


def run(*arguments: str) -> tuple[int, int, Figures]:
    """All tests of the folder in one process; what passed, what failed, what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        chosen = ["-v", "-m", "faults", "tests/faults", *arguments]
        passed, failed = run_pytest(report, *chosen, FAULTS="full", CHROMIUM=str(find_chromium()))
        return passed, failed, read_figures(report) if report.exists() else {}


def read_figures(report: Path) -> Figures:
    """By name: whole numbers added up, of others the largest; with the goal."""
    figures: Figures = {}
    for entry in ElementTree.parse(report).getroot().iter("property"):
        text, _tab, goal = entry.get("value", "").partition("\t")
        before, _goal = figures.get(entry.get("name", ""), (0, ""))
        value = max(before, float(text)) if "." in text else before + int(text)
        figures[entry.get("name", "")] = (value, goal)
    return figures


def is_met(value: float, goal: str) -> bool:
    """Whether a figure reaches `≥ 10,000` and the like."""
    sign, _space, number = goal.partition(" ")
    return not goal or RULES[sign](value, float(number.replace(",", "")))


def print_board(figures: Figures) -> int:
    """The figures beside their goals; how many miss them."""
    width = max(map(len, figures), default=0)
    missed = 0
    for name, (value, goal) in figures.items():
        met = is_met(value, goal)
        missed += not met
        print(f"{name:{width}}  {value:>10,}  {goal:<10}{'' if met else '  MISSED'}".rstrip())
    return missed


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    passed, failed, figures = run(*sys.argv[1:])
    print()
    failed += print_board(figures)
    print(f"{time.monotonic() - began:.0f} seconds")
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed or not passed))


if __name__ == "__main__":
    sys.exit(main())
