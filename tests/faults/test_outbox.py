"""Mails leave once: whatever dies on the way, whoever sends beside, wherever the mail server hangs up.

Afterwards the ledger of a real mail server is compared with the outbox: nothing came twice, and nothing is called
sent that never came. What nobody knows is called unclear, and an organizer sees it.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress

import psycopg
import pytest
from bench.servers import ROOT, environment

from .mailbox import DROP, STEPS, Mailbox

ALONE = 5
"""Mails of which one sender is killed at each step of one."""


class Senders:
    """Starts processes that run `manage.py send_due_mail`."""

    def __init__(self, database, box, static):
        env = environment(database, box.port, static)
        env |= {"DJANGO_SETTINGS_MODULE": "hisho.settings", "EMAIL_URL": f"smtp://127.0.0.1:{box.port}"}
        self.database = database
        command = [sys.executable, "-m", "tests.faults.outbox"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        self.starter = subprocess.Popen(command, cwd=ROOT, env=env, **pipes)
        self.lock = threading.Lock()

    def ask(self, *words):
        with self.lock:
            print(*words, file=self.starter.stdin, flush=True)
            return json.loads(self.starter.stdout.readline())

    def start(self, count=1):
        return self.ask(count)

    def run(self, count=1):
        """So many at once, to their end."""
        assert set(self.ask("wait", *self.start(count))) == {0}

    def wait(self, pids):
        return self.ask("wait", *pids)

    def waiting(self):
        return self.count("pending")

    def count(self, state):
        return Counter(self.ask("states").values())[state]

    def let_time_pass(self):
        """Eleven minutes for mails whose sender is dead."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("UPDATE cohorts_mail SET claimed_at = claimed_at - interval '11 minutes'")

    def close(self):
        self.starter.communicate(timeout=20)


@pytest.fixture
def box():
    with Mailbox() as box:
        yield box


@pytest.fixture
def senders(on_postgresql, box, static):
    with psycopg.connect(on_postgresql.database, autocommit=True) as connection:
        connection.execute("DELETE FROM cohorts_mail")
        connection.execute(
            "UPDATE cohorts_user SET mails_begins = false, mails_session = false,"
            " mails_summary = false, mails_feedback = false"
        )
    senders = Senders(on_postgresql.database, box, static)
    yield senders
    senders.close()


@pytest.fixture
def judge(senders, box, figure):
    """Compare what the mail server took with what the outbox says; gives the number of unclear mails."""

    def judge(total):
        senders.let_time_pass()
        senders.run()
        states = senders.ask("states")
        kinds = Counter(states.values())
        twice = [name for name, times in box.taken.items() if times > 1]
        lost = [name for name, state in states.items() if state == "sent" and name not in box.taken]
        silent = [name for name, state in states.items() if name in box.taken and state not in {"sent", "unknown"}]
        figure("mails sent under faults", total, "≥ 1,000")
        figure("mails that came twice", len(twice), "= 0")
        figure("mails called sent that never came", len(lost), "= 0")
        figure("mails called unclear", kinds["unknown"])
        assert (twice, lost, silent) == ([], [], [])
        assert len(states) == total
        assert kinds["sent"] + kinds["unknown"] == total, kinds
        return kinds["unknown"]

    return judge


def kill(pids):
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step(step, senders, box, judge, scale):
    """`kill -9` while the server waits with its answer, at the third mail and again at later ones."""
    total = scale(ALONE, 40)
    senders.ask("fill", total)
    victims, sign = [], threading.Event()

    def fault(met, number):
        if met == step and number % 3 == 0:
            sign.wait(10)
            kill(victims)
            return DROP if step != "answered" else None
        return None

    box.fault = fault
    kills = 0
    while senders.waiting() and kills < total:
        sign.clear()
        victims[:] = senders.start()
        sign.set()
        kills += senders.wait(victims) != [0]
    assert kills
    unclear = judge(total)
    assert unclear <= kills


def test_hangs_up_after_the_mail(senders, box, judge, scale):
    """The line breaks when the whole mail is there and not answered: nobody can know, so it is not sent again."""
    total = scale(12, 120)
    senders.ask("fill", total)
    box.fault = lambda step, number: DROP if step == "message" and number % 3 == 0 else None
    senders.run(2)
    assert judge(total) == total // 3
    assert set(box.taken.values()) == {1}
    assert len(box.taken) == total


def test_two_senders_at_once(senders, box, judge, scale):
    total = scale(40, 300)
    senders.ask("fill", total)
    senders.run(2)
    assert judge(total) == 0
    assert len(box.taken) == total


def test_senders_killed_at_any_moment(senders, box, judge, scale):
    """Two at a time, both killed after a moment, until all has left or is unclear; now and then a line breaks."""
    total = scale(24, 400)
    senders.ask("fill", total)
    dice = random.Random(3)
    box.fault = lambda step, number: DROP if dice.random() < 0.01 else None
    kills = 0
    while waiting := senders.waiting():
        goal = box.taken.total() + min(dice.randrange(scale(12, 20)), waiting)
        pids, end = senders.start(2), time.monotonic() + 3
        while box.taken.total() < goal and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, 0.02))
        kill(pids)
        kills += sum(code != 0 for code in senders.wait(pids))
    assert kills
    judge(total)


def test_nobody_answers_for_a_while(senders, box, judge, scale):
    """A server that hangs up at the greeting has taken nothing: the mails wait."""
    total = scale(6, 40)
    senders.ask("fill", total)
    box.fault = lambda step, number: DROP if step == "connect" else None
    senders.run(2)
    assert senders.waiting() == total
    box.fault = lambda step, number: None
    senders.run(2)
    assert judge(total) == 0
