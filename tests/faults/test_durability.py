"""What the server has confirmed is there, whatever dies: workers, PostgreSQL, answers on their way, the disk.

Everybody saves as the page does, without end; the ledger is compared with the database at the end of each test.
"""

import random
import threading
import time
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from bench.servers import find_postmaster

from .conftest import FULL
from .ledger import verdict
from .plans import CUT, LATE_TWIN, LOSE, RESET, TWICE, Fault, chance, saves
from .proxy import FaultProxy
from .server import frozen, postgresql, site, sqlite
from .writer import Writers

CROWD = 10
RECOVERY = 10
"""Seconds until everybody has saved again after the database accepts connections."""
NETWORK = {
    LOSE: 0.10,
    TWICE: 0.05,
    LATE_TWIN: 0.05,
    RESET: 0.04,
    CUT: 0.04,
    Fault(hold=0.3): 0.06,
    Fault(delay=0.3): 0.06,
}


@pytest.fixture
def judge(ledger, figure):
    """Compare the ledger with the database and note the figures. A lost word, a 500 or a conflict fails the test."""

    def judge(here, writers, *, answered=()):
        found, met = verdict(ledger, here.database), writers.figures
        figure("acknowledged saves", found.acknowledged, "≥ 10,000")
        figure("acknowledged saves missing", len(found.missing), "= 0")
        figure("longest wait for a save, s", round(met.longest_stall, 1))
        assert found.wrong == []
        assert met.strange == []
        assert (met.conflicts, found.branches) == (0, 0)
        assert found.acknowledged == met.sent == found.kept
        assert set(answered) <= set(met.statuses), met.statuses

    return judge


@contextmanager
def every(seconds, deed):
    """Do it again and again in the background."""
    end = threading.Event()

    def repeat():
        while not end.wait(seconds):
            deed()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_killed_workers(database, request, ledger, judge, scale):
    here = request.getfixturevalue(f"on_{database}")
    dice = random.Random(1)
    with Writers(here, ledger, CROWD) as writers, every(0.3, lambda: here.kill_a_worker(dice)):
        time.sleep(scale(2, 20))
    judge(here, writers, answered={200, None})


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_broken_network(database, request, ledger, judge, scale):
    """Answers are dropped, doubled, late, cut; requests are refused, doubled, overtaken."""
    here = request.getfixturevalue(f"on_{database}")
    count = scale(12, 400 if database == "postgresql" else 150)
    with FaultProxy(here.port, chance(2, NETWORK, only=saves)) as proxy:
        with Writers(here, ledger, CROWD, port=proxy.port, count=count) as writers:
            pass
        assert {fault for _request, fault in proxy.seen} >= set(NETWORK)
    judge(here, writers, answered={200, None})


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_database_restarts(mode, on_postgresql, cluster, ledger, judge, figure, scale):
    slowest = 0
    with Writers(on_postgresql, ledger, CROWD) as writers:
        for _time in range(scale(1, 5)):
            writers.wait_for(scale(50, 300))
            cluster.stop(mode)
            time.sleep(0.5)
            cluster.start()
            since = time.monotonic()
            writers.wait_for_all(since)
            slowest = max(slowest, writers.all_clear(since))
    figure(f"writes again after a {mode} restart, s", round(slowest, 1), f"≤ {RECOVERY}")
    judge(on_postgresql, writers, answered={200, 503})
    assert slowest <= RECOVERY


def test_database_hangs(on_postgresql, ledger, judge, scale):
    with Writers(on_postgresql, ledger, CROWD) as writers:
        writers.wait_for(50)
        with frozen(on_postgresql.database):
            time.sleep(scale(2, 12))
        writers.wait_for(50)
    judge(on_postgresql, writers)


def test_deploy_while_people_write(on_postgresql, ledger, judge, figure, scale):
    with Writers(on_postgresql, ledger, scale(20, 50), pause=0.2) as writers:
        for _time in range(scale(1, 3)):
            time.sleep(1)
            on_postgresql.reload()
            time.sleep(scale(2, 8))
        writers.wait_for(scale(20, 1000))
    met = writers.figures
    figure("saves retried because of a deploy, %", round(100 * met.retried / met.sent, 2), "≤ 0.5")
    figure("longest wait for a save in a deploy, s", round(met.longest_stall, 1), "≤ 5")
    judge(on_postgresql, writers)
    if FULL:  # a few saves say nothing about a share, nor a busy machine about a time
        assert met.retried <= 0.005 * met.sent
        assert met.longest_stall <= 5


def test_full_disk_on_postgresql(small_disk, static, tmp_path, ledger, judge, figure):
    """PostgreSQL gives up when it cannot write its log; somebody frees the disk and starts it again."""
    home = small_disk.folder / "postgresql"
    home.mkdir()
    with postgresql(home=home) as cluster, site(cluster.url, tmp_path, static=static) as here:
        with Writers(here, ledger, CROWD) as writers:
            writers.wait_for(50)
            postmaster = find_postmaster(here.database)
            small_disk.fill()
            exhaust(cluster.url, postmaster)
            small_disk.free()
            if not postmaster.is_running():
                cluster.start()
            since = time.monotonic()
            writers.wait_for_all(since)
        figure("writes again after a full disk, s", round(writers.all_clear(since), 1), f"≤ {RECOVERY}")
        judge(here, writers, answered={200, 503})
    assert writers.all_clear(since) <= RECOVERY


def exhaust(url: str, postmaster: psutil.Process) -> None:
    """Ask for one more file of the log, until PostgreSQL has given up over it."""
    end = time.monotonic() + 20
    while postmaster.is_running() and time.monotonic() < end:
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                connection.execute("SELECT pg_switch_wal()")
        except psycopg.Error:
            time.sleep(0.1)
    assert not postmaster.is_running()


def test_full_disk_on_sqlite(small_disk, static, tmp_path, ledger, judge, figure):
    folder = small_disk.folder
    with site(sqlite(folder), tmp_path, static=static) as here:
        with Writers(here, ledger, CROWD) as writers:
            writers.wait_for(50)
            small_disk.fill()
            wait_until(lambda: all(writer.figures.statuses[503] for writer in writers.all))
            small_disk.free()
            since = time.monotonic()
            writers.wait_for_all(since)
        figure("writes again after a full disk, s", round(writers.all_clear(since), 1), f"≤ {RECOVERY}")
        judge(here, writers, answered={200, 503})
    assert writers.all_clear(since) <= RECOVERY


def wait_until(condition) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
