"""What the main pages cost next to a bare Django view: queries, bytes, processor time, latency. `make bench` calls it.

Then an hour of a session: the same answers alone and while thirty members write. Then the organizers' pages, of a
salon with few cohorts and of one with thousands.

Both projects run under gunicorn on one PostgreSQL that is filled with many cohorts. Processor time is that of the
whole tree of processes, the database with it. In each run a bare round stands before and after ours; the ratio is
that of the medians over all runs. Linux or macOS; nothing is left behind.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import servers
from postgres import free_port

COHORTS, MEMBERS = 100, 20
Ends = list[servers.psutil.Process]


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=60, help="requests per round (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="runs, each of bare, ours, bare (%(default)s)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only pages that begin with NAME")
    parser.add_argument("--profile", metavar="NAME", help="instead: where a page spends its time, in this process")
    parser.add_argument("--cohorts", type=int, default=COHORTS, help="cohorts to fill (%(default)s)")
    parser.add_argument("--organizers", action="store_true", help="only organizers' pages, of few cohorts and of many")
    parser.add_argument("--hour", action="store_true", help="only the load of a session")
    parser.add_argument("--many", type=int, default=None, help="how many are many (5000)")
    parser.add_argument("--encoding", default=None, help="Accept-Encoding of the requests (gzip, br)")
    return parser.parse_args()


def set_up(env: dict[str, str], cohorts: int) -> None:
    """Django in this process, the tables, the static files, the rows."""
    os.environ.update(env, DJANGO_SETTINGS_MODULE="hisho.settings")
    sys.path.insert(0, str(servers.ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from bench.fill import fill

    began = time.monotonic()
    fill(cohorts, MEMBERS)
    print(f"{cohorts} cohorts of {MEMBERS} members filled in {time.monotonic() - began:.0f} seconds", flush=True)


@contextlib.contextmanager
def both(env: dict[str, str], port: int, folder: Path) -> Iterator[tuple[int, Ends, Ends]]:
    """Both gunicorns: the port of the bare one, and the first processes of ours and of the bare one."""
    bare_port = free_port()
    with (
        servers.gunicorn("hisho.wsgi", port, env, folder / "ours") as ours,
        servers.gunicorn("bench.bare.wsgi", bare_port, env, folder / "bare") as bare,
    ):
        database = servers.find_postmaster(env["DATABASE_URL"])
        if database is None:
            print("The database runs elsewhere: its processor time is NOT counted.")
        beside = [database] if database else []
        yield bare_port, [ours, *beside], [bare, *beside]


def run(options: argparse.Namespace, env: dict[str, str], port: int, folder: Path) -> None:
    from bench import client, inside, measure, pages, people, report, wire
    from django.db import connection

    chosen = pages.chosen(pages.pages(people.find_people()), options.only)
    counts = {page.name: [inside.count_queries(page.ours), inside.count_bare_queries(page.bare)] for page in chosen}
    connection.close()
    encodings = options.encoding or client.ENCODINGS
    with both(env, port, folder) as (bare_port, ours, bare):
        results = [
            measure.Result(
                page,
                measure.Side(client.Browser(port, encodings), lambda: servers.cpu_seconds(ours)),
                measure.Side(client.Browser(bare_port, encodings), lambda: servers.cpu_seconds(bare)),
            )
            for page in chosen
        ]
        for number in range(options.runs + 1):
            for result in results:
                measure.measure(result, options.requests) if number else measure.warm_up(result)
            print(f"run {number} of {options.runs}" if number else "warmed up", flush=True)
        sheet = next((page for page in chosen if page.name.startswith("worksheet")), None)
        weight = wire.weigh(client.Browser(port), next(sheet.ours)) if sheet else None
    print()
    goals = report.Goals()
    report.print_queries(counts, results, goals)
    report.print_times(results, goals)
    if weight:
        report.print_weight(weight, goals)
    report.print_summary(goals)


def run_hour(options: argparse.Namespace, env: dict[str, str], port: int, folder: Path) -> None:
    """A session of thirty, on our own server alone."""
    from bench import hour, report
    from django.db import connection

    found = hour.prepare(options.cohorts, port)
    connection.close()
    with servers.gunicorn("hisho.wsgi", port, env, folder / "hour") as ours:
        database = servers.find_postmaster(env["DATABASE_URL"])
        ends = [ours, *([database] if database else [])]
        measured = hour.measure(found, lambda: servers.cpu_seconds(ends))
    print()
    goals = report.Goals()
    hour.report(found, measured, goals)
    report.print_summary(goals)


def run_profile(options: argparse.Namespace) -> None:
    from bench import inside, pages, people

    found = pages.chosen(pages.pages(people.find_people()), [options.profile])
    for page in found or sys.exit(f"No page begins with “{options.profile}”."):
        print(page.name)
        inside.profile(page.ours, page.warm_up, options.requests)


@contextlib.contextmanager
def salon(cohorts: int, folder: Path) -> Iterator[tuple[dict, int, Ends]]:
    """A database with so many cohorts, what was found in it, and its server: port and first processes."""
    port = free_port()
    with servers.database() as (url, _durable):
        env = servers.environment(url, port, folder / "static")
        command = [sys.executable, "-m", "bench.salon", str(cohorts)]
        found = json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout)
        print(f"{cohorts:,} cohorts of {MEMBERS} members filled in {found['seconds']} seconds", flush=True)
        with servers.gunicorn("hisho.wsgi", port, env, folder / f"salon-{cohorts}") as ours:
            database = servers.find_postmaster(url)
            yield found, port, [ours, *([database] if database else [])]


def run_organizers(options: argparse.Namespace, folder: Path) -> None:
    """The organizers' pages of a young salon, and the same ones after many years."""
    from bench import organizers, report

    sizes = (organizers.FEW, options.many or organizers.MANY)
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(salon(size, folder)) for size in sizes]
        salons = [
            organizers.Salon(seen, port, lambda ends=ends: servers.cpu_seconds(ends)) for seen, port, ends in found
        ]
        organizers.measure(*salons, options.runs)
        print()
        goals = report.Goals()
        organizers.report(*salons, goals)
        report.print_summary(goals)


def run_beside_the_bare_one(options: argparse.Namespace) -> None:
    """The main pages, each beside a bare view."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="hisho-bench-") as folder, servers.database() as (url, durable):
        print("PostgreSQL writes durably (fsync on)" if durable else "PostgreSQL has fsync OFF: saves look too cheap")
        env = servers.environment(url, port, Path(folder) / "static")
        set_up(env, options.cohorts)
        if options.profile:
            run_profile(options)
        elif not options.hour:
            run(options, env, port, Path(folder))
        if options.hour or not (options.only or options.profile):
            run_hour(options, env, port, Path(folder))
        from django.db import connection

        connection.close()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = read_options()
    if not options.organizers:
        run_beside_the_bare_one(options)
    if options.organizers or not (options.only or options.profile or options.hour):
        with tempfile.TemporaryDirectory(prefix="hisho-bench-") as folder:
            run_organizers(options, Path(folder))


if __name__ == "__main__":
    main()
