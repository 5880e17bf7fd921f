"""Everything that a change must pass: style, Django's checks, tests on both databases, browser. `make test` calls it.

The last line counts all parts. A part that ran nothing, or skipped something, has failed.
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


def read_report(report: Path) -> Counts:
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    rows = [{name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites]
    total = sum(row["tests"] for row in rows)
    failed = sum(row["failures"] + row["errors"] + row["skipped"] for row in rows)
    return total - failed, failed


def run_all() -> dict[str, Counts]:
    """All parts, in order; the database server lives as long as the parts that need it."""
    browser = str(find_chromium())
    results = {"checks": run_checks()}
    results["tests on SQLite"] = run_tests(*WORKERS, "-m", UNIT, DATABASE_URL="sqlite://:memory:")
    with database_url() as url:
        results["tests on PostgreSQL"] = run_tests(*WORKERS, "-m", UNIT, "--database-only", DATABASE_URL=url)
        results["browser"] = run_tests(*BROWSERS, "-m", "browser and not faults", DATABASE_URL=url, CHROMIUM=browser)
    results["faults"] = run_tests("-m", "faults", "tests/faults", CHROMIUM=browser, FAULTS="small")
    return results


def summary(results: dict[str, Counts], seconds: float) -> int:
    """Print the counts; returns the exit code."""
    print()
    for part, (passed, failed) in results.items():
        print(f"{part}: {passed} passed, {failed} failed" + ("" if passed or failed else " (nothing ran)"))
    print(f"{seconds:.0f} seconds")
    passed, failed = (sum(counts) for counts in zip(*results.values(), strict=True))
    print(f"{passed} passed, {failed} failed")
    return int(any(failed or not passed for passed, failed in results.values()))


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    results = run_all()
    return summary(results, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
