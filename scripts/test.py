"""Everything that a change must pass: style, Django's checks, tests on both databases, browser. `make test` calls it.

The last line counts all parts. A part that ran nothing, or skipped something, has failed. A few failures of the
browser, which waits for a machine that may be busy, get one second try, alone; what passes then is named. Nothing
else is tried again.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

import smalldisk
from chromium import find_chromium
from postgres import database_url

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
WORKERS = ["-n", "2"]
BROWSERS = ["-n", "3", "--dist", "worksteal"]  # they wait more than they compute
FEW = 3
"""More failures of the browser than these have another cause than a busy machine."""
SOME_FAILED = 1
"""pytest's exit code when all ran and some failed, and not when it was interrupted or broke off."""
UNIT = "not browser and not browsers and not faults"
PRODUCTION = {
    "PRODUCTION": "1",
    "DEBUG": "0",
    "SECRET_KEY": "".join(map(chr, range(48, 123))),
    "SECRET_KEY_FALLBACKS": "",
    "ALLOWED_HOSTS": "hisho.example.com",
    "BASE_URL": "https://hisho.example.com",
    "REQUIRE_STAFF_MFA": "1",
    "TRUSTED_PROXY_COUNT": "1",
    "DATABASE_URL": "sqlite://:memory:",
}
CHECKS = [
    ["-m", "ruff", "check", "--quiet", "."],
    ["-m", "ruff", "format", "--check", "--quiet", "."],
    ["manage.py", "check"],
    ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    ["manage.py", "makemigrations", "--check", "--dry-run"],
]

Counts = tuple[int, int]


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def run_checks() -> Counts:
    """Style and Django's own checks, with the settings of production. One check, one count."""
    codes = []
    for check in CHECKS:
        print("$", *check, flush=True)
        done = subprocess.run([PYTHON, *check], check=False, cwd=ROOT, env=environment(**PRODUCTION))
        codes.append(done.returncode)
    return codes.count(0), len(codes) - codes.count(0)


def run_tests(*arguments: str, **changes: str) -> Counts:
    """One pytest run. A skipped test counts as failed: nothing is left out in silence."""
    with tempfile.TemporaryDirectory() as folder:
        return run_pytest(Path(folder) / "report.xml", *arguments, **changes)


def run_pytest(report: Path, *arguments: str, **changes: str) -> Counts:
    """The same, with a report at that place."""
    command, env = pytest_command(report, *arguments, **changes)
    return counts_of(report, subprocess.run(command, check=False, cwd=ROOT, env=env).returncode)


def pytest_command(report: Path, *arguments: str, **changes: str) -> tuple[list[str], dict[str, str]]:
    """What to run, and its environment. What breaks things on purpose gets a small disk to fill."""
    command, place = [PYTHON, "-m", "pytest", *arguments, f"--junitxml={report}"], {}
    if "FAULTS" in changes:
        command, place = smalldisk.around(command, report.with_name("disk"))
    return command, environment(**changes, **place)


def counts_of(report: Path, code: int) -> Counts:
    """What passed and failed; a run that ended otherwise than well has failed at least once."""
    passed, failed = read_report(report) if report.exists() else (0, 1)
    return passed, max(failed, 1) if code else failed


def run_twice(workers: list[str], *arguments: str, **changes: str) -> tuple[Counts, list[str]]:
    """One pytest run; if only a few failed, exactly these once more, alone. Also names what passed then."""
    with tempfile.TemporaryDirectory() as folder:
        report, again = Path(folder) / "report.xml", Path(folder) / "again.xml"
        arguments = (*arguments, "-o", f"cache_dir={folder}/cache")
        command, env = pytest_command(report, *workers, *arguments, **changes)
        code = subprocess.run(command, check=False, cwd=ROOT, env=env).returncode
        if code != SOME_FAILED or not may_try_again(report):
            return counts_of(report, code), []
        print("\nOnce more, alone:", *sorted(failed_in(read_outcomes(report))), sep="\n", flush=True)
        return both_tries(report, again, run_pytest(again, "-n", "0", "--last-failed", *arguments, **changes))


def may_try_again(report: Path) -> bool:
    """Few, and each of them a test that failed: what was skipped stays skipped at every try."""
    outcomes = read_outcomes(report)
    return 0 < len(failed_in(outcomes)) <= FEW and not any("skipped" in wrong for wrong in outcomes.values())


def both_tries(first: Path, second: Path, counts: Counts) -> tuple[Counts, list[str]]:
    """The counts of both together: what failed at first has passed if the second report says so of it."""
    outcomes, later = read_outcomes(first), read_outcomes(second)
    failed = failed_in(outcomes)
    passed = sorted(name for name in failed if later.get(name) == set())
    left = max(len(failed) - len(passed), counts[1])
    return (len(outcomes) - left, left), passed


def failed_in(outcomes: dict[str, set[str]]) -> set[str]:
    return {name for name, wrong in outcomes.items() if wrong & {"failure", "error"}}


def read_outcomes(report: Path) -> dict[str, set[str]]:
    """What went wrong with each test, which is nothing with most."""
    outcomes: dict[str, set[str]] = {}
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            wrong = {part.tag for part in case} & {"failure", "error", "skipped"}
            outcomes.setdefault(f"{case.get('classname')}::{case.get('name')}", set()).update(wrong)
    return outcomes


def read_report(report: Path) -> Counts:
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    rows = [{name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites]
    total = sum(row["tests"] for row in rows)
    failed = sum(row["failures"] + row["errors"] + row["skipped"] for row in rows)
    return total - failed, failed


def run_all() -> tuple[dict[str, Counts], list[str]]:
    """All parts, in order, and what passed at the second try; the database lives as long as the parts that need it."""
    browser = str(find_chromium())
    results = {"checks": run_checks()}
    results["tests on SQLite"] = run_tests(*WORKERS, "-m", UNIT, DATABASE_URL="sqlite://:memory:")
    with database_url() as url:
        results["tests on PostgreSQL"] = run_tests(*WORKERS, "-m", UNIT, "--database-only", DATABASE_URL=url)
        chosen = ["-m", "browser and not faults"]
        results["browser"], again = run_twice(BROWSERS, *chosen, DATABASE_URL=url, CHROMIUM=browser)
    results["faults"] = run_tests("-m", "faults", "tests/faults", CHROMIUM=browser, FAULTS="small")
    return results, again


def summary(results: dict[str, Counts], seconds: float, again: list[str] | None = None) -> int:
    """Print the counts, and what passed `again`; returns the exit code."""
    print()
    for part, (passed, failed) in results.items():
        print(f"{part}: {passed} passed, {failed} failed" + ("" if passed or failed else " (nothing ran)"))
    if again:
        print(f"{len(again)} passed at the second try, which is worth a look: {', '.join(again)}")
    print(f"{seconds:.0f} seconds")
    passed, failed = (sum(counts) for counts in zip(*results.values(), strict=True))
    print(f"{passed} passed, {failed} failed")
    return int(any(failed or not passed for passed, failed in results.values()))


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    results, again = run_all()
    return summary(results, time.monotonic() - began, again)


if __name__ == "__main__":
    sys.exit(main())
