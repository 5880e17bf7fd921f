"""One person, one tab: she never conflicts with herself, and what comes twice or late changes nothing."""

import random

from .ledger import HISTORY, rows, verdict
from .plans import LATE_TWIN, LOSE, SWALLOW, TWICE, chance, saves
from .proxy import FaultProxy
from .writer import Line, Writers

LOSSES = {LOSE: 0.19, SWALLOW: 0.01, TWICE: 0.05, LATE_TWIN: 0.05}
"""A fifth of the answers is dropped; the tab hears of most at once, of some after waiting in vain."""
WAIT = 0.5


def test_no_conflict_with_oneself(on_postgresql, ledger, figure, scale):
    """All boxes of one person at once, each with one save under way; then everything once more in any order."""
    here, person = on_postgresql, on_postgresql.members[0]
    boxes = [(person, prompt) for prompt in here.prompts]
    count = scale(12, 500)
    with FaultProxy(here.port, chance(3, LOSSES, only=saves)) as proxy:
        with Writers(here, ledger, boxes, port=proxy.port, count=count, timeout=WAIT) as writers:
            pass
        lost = sum(fault in {LOSE, SWALLOW} for _request, fault in proxy.seen)
        assert lost >= 0.15 * len(proxy.seen)
    found, met = verdict(ledger, here.database), writers.figures
    figure("saves of one person in one tab", met.sent, "≥ 5,000")
    figure("answers to them that were dropped", lost)
    figure("false conflicts in them", met.conflicts + found.branches, "= 0")
    assert found.wrong == met.strange == []
    assert met.conflicts == found.branches == 0
    assert met.sent == found.acknowledged == found.kept == count * len(boxes)
    replay_everything(here, person, writers, figure, scale(60, 1000))


def replay_everything(here, person, writers, figure, count):
    """The very bodies of earlier, long after: each gives its first answer again."""
    before = rows(here.database, HISTORY)
    versions = {str(row[2]): row[3] for row in before}
    line = Line(here.port, person)
    bodies = [save for writer in writers.all for save in writer.saves]
    for save in random.Random(4).sample(bodies, count):
        answer = line.save(save, insist=True)
        assert (answer.status, answer.json["version"]) == (200, versions[save.operation])
    line.close()
    assert rows(here.database, HISTORY) == before
    figure("late repeats that changed something", 0, "= 0")
