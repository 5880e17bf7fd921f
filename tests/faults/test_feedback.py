"""Comments are words, too: two facilitators answer the same members, and none of it is lost, stale or doubled.

Meanwhile the members write on in the very boxes that are answered, and whatever can break breaks.
"""

import random
import time
from functools import partial

import pytest

from .answerer import Answerer, stray_comments, untold, what_is_shown
from .ledger import DRAFTS, Ledger, verdict
from .plans import chance, comments
from .proxy import FaultProxy
from .test_durability import NETWORK, RECOVERY, every
from .writer import Writers

BOXES = 4
"""Answered by both facilitators at once."""
KILLED = 1.5
"""Seconds between two murders of a worker: on a busy machine the next one is only just there."""


@pytest.fixture
def answering(ledger, tmp_path, figure):
    """`answering(site, break_it)`: both answer while it breaks; then ledger and database are compared."""

    def answer(here, port, break_it):
        places = [next(here.boxes) for _number in range(BOXES)]
        drafts = Ledger(tmp_path / "drafts")
        with Writers(here, ledger, places, pause=0.2) as members:
            members.wait_for_all(0)
            shown = what_is_shown(here, {prompt for _member, prompt in places})
            mine = newest(shown, BOXES)
            with Writers(here, drafts, mine, port=port, kind=partial(Answerer, shown=shown)) as answerers:
                break_it(answerers)
        judge(here, answerers, drafts, figure)
        assert verdict(ledger, here.database).wrong == []

    return answer


def newest(shown, count):
    """The places of the newest responses, for each facilitator."""
    responses = sorted({response for _person, response in shown})[-count:]
    people = {person.user: person for person, _response in shown}
    return [(person, response) for response in responses for person in people.values()]


def judge(here, answerers, drafts, figure):
    found, met = verdict(drafts, here.database, DRAFTS), answerers.figures
    strays = stray_comments(answerers, here.database)
    sent = sum(len(writer.comments) for writer in answerers.all)
    figure("comments sent by two facilitators at once", sent, "≥ 200")
    figure("comments lost, stale or doubled", len(strays), "= 0")
    figure("acknowledged drafts missing", len(found.missing), "= 0")
    drafts.close()
    assert strays == found.wrong == met.strange == []
    assert (met.conflicts, found.branches) == (0, 0)
    assert found.acknowledged == met.sent == found.kept
    assert untold(answerers) == []
    assert sent >= 2 * BOXES


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_broken_network_and_killed_workers(database, request, answering, scale):
    """Answers are dropped, doubled, late, cut; requests are refused, doubled, overtaken; workers are killed."""
    here = request.getfixturevalue(f"on_{database}")
    dice = random.Random(5)

    def break_it(answerers):
        answerers.wait_for(scale(24, 200))

    with FaultProxy(here.port, chance(6, NETWORK, only=comments)) as proxy:
        with every(KILLED, lambda: here.kill_a_worker(dice)):
            answering(here, proxy.port, break_it)
        assert {fault for request, fault in proxy.seen if comments(request)} >= set(NETWORK) or scale(True, False)


def test_database_restarts(on_postgresql, cluster, answering, scale):
    def break_it(answerers):
        for mode in ["fast", "immediate"] * scale(1, 4):
            answerers.wait_for(scale(16, 80))
            cluster.restart(mode)
            since = time.monotonic()
            answerers.wait_for_all(since)
            assert answerers.all_clear(since) <= RECOVERY

    answering(on_postgresql, on_postgresql.port, break_it)
