"""Breaks the network, the server, the database and the disk on purpose, with full counts. `make faults` calls it.

It runs the tests of `tests/faults`, which `make test` runs with small counts, and prints what they measured beside
the goals. A goal that is missed over all tests together counts as a failure, as a skipped test does.

First those with a browser, then those of the server; nothing runs beside them, because much of it is about time.
Arguments go to both: `-k speed`.
"""

import operator
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from chromium import find_chromium
from test import ROOT, Counts, counts_of, pytest_command

FOLDER = ROOT / "tests" / "faults"
NOTHING_CHOSEN = 5
"""pytest's exit code when the arguments choose nothing of this part."""
RULES = {"=": operator.eq, "≥": operator.ge, "≤": operator.le}
Figures = dict[str, tuple[float, str]]


def parts() -> list[list[str]]:
    """The files with a browser, and all others."""
    browser = {str(file) for file in FOLDER.glob("test_browser_*.py")}
    return [sorted(browser), sorted({str(file) for file in FOLDER.glob("test_*.py")} - browser)]


class Part:
    """One pytest run in a process of its own. What it says is shown line by line."""

    def __init__(self, report: Path, files: list[str], *arguments: str) -> None:
        self.report = report
        report.parent.mkdir()
        arguments = ("-v", "-m", "faults", *files, *arguments)
        command, env = pytest_command(report, *arguments, FAULTS="full", CHROMIUM=str(find_chromium()))
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.show)
        self.reader.start()

    def show(self) -> None:
        for line in self.process.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    def stop(self) -> None:
        """As Ctrl-C does, so that it stops its own servers first."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.reader.join()

    def finish(self) -> Counts:
        """Its counts, at its end."""
        self.reader.join()
        code = self.process.wait()
        return (0, 0) if code == NOTHING_CHOSEN else counts_of(self.report, code)


def run(*arguments: str) -> tuple[int, int, Figures]:
    """What passed, what failed, what was measured."""
    running: list[Part] = []
    counts: list[Counts] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for number, files in enumerate(parts()):
                running.append(Part(Path(folder) / str(number) / "report.xml", files, *arguments))
                counts.append(running[-1].finish())
        finally:
            for part in running:
                part.stop()
        figures = read_figures(part.report for part in running if part.report.exists())
    passed, failed = map(sum, zip(*counts, strict=True))
    return passed, failed, figures


def read_figures(reports: Iterable[Path]) -> Figures:
    """By name: whole numbers added up, of others the largest; with the goal."""
    figures: Figures = {}
    for entry in (entry for report in reports for entry in ElementTree.parse(report).getroot().iter("property")):
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
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and so by the parts
    began = time.monotonic()
    passed, failed, figures = run(*sys.argv[1:])
    print()
    failed += print_board(figures)
    print(f"{time.monotonic() - began:.0f} seconds")
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed or not passed))


if __name__ == "__main__":
    sys.exit(main())
