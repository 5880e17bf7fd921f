"""One member, several devices and tabs, any order of events: nobody's words are overwritten unseen, none get lost."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from .conftest import FULL
from .devices import READERS, BoxInDatabase, Page, State, narrower
from .server import Site
from .writer import Answer, Line, Sent, is_confirmed, make_save

PAGES = st.sampled_from([0, 1, 0, 1, 2])
TEXTS = st.integers(0, 9)
CHOICES = st.sampled_from(["", "", "", *READERS])
KEEP = st.sampled_from(["mine", "other", "both"])
OUTCOMES = st.sampled_from(["answered", "answered", "answered", "lost", "stuck", "unsent"])


class Devices(RuleBasedStateMachine):
    """Three pages with the same box: two tabs here, one there. Every save is checked against the database."""

    site: Site
    connection: psycopg.Connection
    tally: Counter

    @initialize()
    def open_pages(self):
        person, self.prompt = next(self.site.boxes)
        self.person = person
        self.line = Line(self.site.port, person)
        self.box = BoxInDatabase(self.connection, self.prompt, person.membership)
        self.pages = [Page(), Page(), Page()]
        self.sent: list[tuple[Sent, str]] = []
        self.written = 0
        self.first_answers: dict[str, tuple[int, int]] = {}
        self.delivered: dict[str, str] = {}

    @rule(events=st.lists(st.tuples(PAGES, TEXTS, CHOICES, KEEP, OUTCOMES), min_size=1, max_size=5))
    def write_here_and_there(self, events):
        for event in events:
            self.write(*event)

    def write(self, page, text, readers, keep, outcome):
        """A page with a conflict is settled before anything more is written."""
        here = self.pages[page]
        if here.conflict:
            other = here.conflict["text"]
            here.settle({"mine": here.text, "other": other, "both": f"{here.text}\n\n---\n\n{other}"}[keep])
        else:
            here.text = self.text_for(here, text)
            here.readers = readers or here.readers
        self.save(page, outcome)

    def text_for(self, page: Page, number: int) -> str:
        """Most are new; a few come again and again, so that two devices may hold the same."""
        again = {1: "あ", 2: "い", 3: f"{page.text}。", 4: ""}
        self.written += 1
        return again.get(number, f"今日の気づき {self.written}")

    @precondition(lambda self: any(page.dirty or page.pending for page in self.pages))
    @rule(page=PAGES, outcome=OUTCOMES)
    def save(self, page, outcome):
        """As the page does: what was not answered is sent again before anything newer."""
        here = self.pages[page]
        if here.conflict or outcome == "unsent" or not (here.dirty or here.pending):
            return
        if here.pending is None:
            save = make_save(self.person, self.prompt, here.version, here.text, here.readers)
            here.pending = (save, here.readers)
            self.sent.append(here.pending)
        if outcome != "stuck":
            answer = self.deliver(*here.pending)
            if outcome == "answered":
                here.receive(answer)

    @precondition(lambda self: self.sent)
    @rule(place=st.integers(0, 1000))
    def arrive_late(self, place):
        """Any request of earlier comes (again) now. Nobody reads the answer."""
        self.deliver(*self.sent[place % len(self.sent)])
        self.tally["late"] += 1

    @precondition(lambda self: self.sent)
    @rule(page=PAGES)
    def restart(self, page):
        """Unsent words come back from the journal with what they were based on; else the server's come."""
        here = self.pages[page]
        here.conflict = None
        if here.pending is None and not here.dirty:
            week = next(path for path, prompts in self.site.weeks.items() if self.prompt in prompts)
            status, body = self.line.insist("GET", f"{week}responses/")
            assert status == 200
            here.load(json.loads(body)["boxes"][str(self.prompt)])

    def deliver(self, save: Sent, readers: str) -> Answer:
        before = self.box.state()
        answer = self.line.save(save, insist=True)
        after = self.box.state()
        assert answer.status in {200, 409}, answer
        assert after.faults() == []
        # Equal words on an old base are confirmed without a revision of their own: only what has one is a repeat.
        now = (answer.status, answer.json["version"])
        first = self.first_answers.setdefault(save.operation, now) if after.knows(save.operation) else now
        self.delivered[save.operation] = save.text
        self.tally["requests"] += 1
        self.tally[answer.status] += 1
        if before.knows(save.operation):
            assert after == before, "a repeated operation changed something"
            assert answer.status == first[0]
            assert answer.status == 409 or answer.json["version"] == first[1]
        elif answer.status == 200:
            self.check_accepted(save, answer, before, after)
        else:
            self.check_refused(save, answer, before, after)
        if not before.knows(save.operation):
            fits = save.base == before.version
            assert after.readers == (readers if fits else narrower(readers, before.readers))
        return answer

    def check_accepted(self, save: Sent, answer: Answer, before: State, after: State) -> None:
        assert is_confirmed(save, answer)
        assert before.text in {before.text_at(save.base), save.text}, "a text was overwritten that nobody had seen"
        assert (after.text, after.version) == (save.text, answer.json["version"])

    def check_refused(self, save: Sent, answer: Answer, before: State, after: State) -> None:
        assert before.text not in {before.text_at(save.base), save.text}, "a false conflict"
        assert after.text == before.text == answer.json["text"]
        assert after.version == answer.json["version"]
        assert (save.operation, None, save.text) in after.history

    def teardown(self):
        if not hasattr(self, "line"):
            return
        kept = {row.text for row in self.box.state().history}
        self.tally["texts"] += len(self.delivered)
        self.tally["interleavings"] += len(self.delivered) > 1
        self.line.close()
        assert set(self.delivered.values()) <= kept


@pytest.fixture
def connection(on_postgresql):
    with psycopg.connect(on_postgresql.database, autocommit=True) as connection:
        yield connection


def test_interleavings(on_postgresql, connection, figure, scale):
    class Here(Devices):
        site, tally = on_postgresql, Counter()

    Here.connection = connection
    count = scale(25, 1000)
    chosen = settings(
        max_examples=2 * count,  # in some, next to nothing is sent
        stateful_step_count=12,
        deadline=None,
        database=None,
        derandomize=not FULL,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=chosen)
    figure("interleavings of two devices", Here.tally["interleavings"], "≥ 1,000")
    figure("silent overwrites in them", 0, "= 0")
    figure("saves in them", Here.tally["requests"])
    figure("conflicts in them, both texts kept", Here.tally[409])
    figure("texts sent in them, all retrievable", Here.tally["texts"])
    assert Here.tally["interleavings"] >= count
    assert min(Here.tally[409], Here.tally["late"]) >= count // 2  # they did meet


def test_the_same_moment(on_postgresql, connection, figure, scale):
    """All hold the same version and save at once: one is taken, the others learn of it, every text is kept."""
    crowd, rounds = 6, scale(10, 200)
    person, prompt = next(on_postgresql.boxes)
    lines = [Line(on_postgresql.port, person) for _number in range(crowd)]
    box, barrier = BoxInDatabase(connection, prompt, person.membership), threading.Barrier(crowd)

    def send(line: Line, save: Sent) -> Answer:
        barrier.wait(30)
        return line.save(save, insist=True)

    with ThreadPoolExecutor(crowd) as pool:
        for number in range(rounds):
            saves = [make_save(person, prompt, number, f"{number} の {place}") for place in range(crowd)]
            answers = list(pool.map(send, lines, saves))
            state = box.state()
            assert sorted(answer.status for answer in answers) == [200] + [409] * (crowd - 1)
            assert [state.text] == [s.text for s, answer in zip(saves, answers, strict=True) if answer.status == 200]
            assert {save.text for save in saves} <= {row.text for row in state.history}
            assert state.faults() == []
            assert all(answer.json["version"] == number + 1 for answer in answers)
    for line in lines:
        line.close()
    figure("saves at the very same moment", crowd * rounds)
