"""Whatever happens, an open page of a room holds after its next question what it may, and not a word more."""

from dataclasses import dataclass, field

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.models import Membership
from tests.cast import join, make_users, prompt_of, write
from tests.reader import rewrite
from workbook.models import Readers, Response, Room
from workbook.tests.watcher import Watcher

NAMES = ("はる", "なつ", "あき")
LEADER = "ふゆ"
EVERYBODY = (*NAMES, LEADER)
QUESTIONS = (1, 2)

who, question = st.sampled_from(EVERYBODY), st.sampled_from(QUESTIONS)
STEPS = st.one_of(
    st.tuples(st.just("write"), who, question, st.sampled_from(("一", "二", "")), st.sampled_from(Readers.values)),
    st.tuples(st.just("share"), who, question, st.sampled_from(Readers.values)),
    st.tuples(st.just("poll"), who),
    st.tuples(st.just("poll"), who),
    st.tuples(st.sampled_from(("leave", "return", "lead", "follow")), who),
    st.tuples(st.just("ask"), question),
    st.tuples(st.just("name"), st.booleans()),
    st.tuples(st.just("show"), who),
    st.tuples(st.sampled_from(("finish", "reopen", "delete", "restore"))),
)


@dataclass
class Ledger:
    """What was done, in plain words, and what follows for a page. Nothing here looks into the database."""

    words: dict = field(default_factory=dict)
    gone: set = field(default_factory=set)
    asked: int = 1
    is_named: bool = True
    is_deleted: bool = False

    def write(self, name, place, text, readers):
        self.words[name, place] = (text, readers)

    def allowed(self, name):
        """The texts, with the names if they are shown; None where there is nothing to be found."""
        if self.is_deleted or name in self.gone:
            return None
        shared = {
            writer: text
            for (writer, place), (text, readers) in self.words.items()
            if place == self.asked and readers == "group" and text and writer not in self.gone
        }
        return sorted((writer if self.is_named else None, text) for writer, text in shared.items())


class Stage:
    """A cohort, its people and their open pages; does a step in the database and in the ledger."""

    def __init__(self, cast):
        self.cast, self.cohort, self.ledger = cast, cast.cohort, Ledger()
        users = make_users(*EVERYBODY)
        self.places = {
            name: join(self.cohort, user, "facilitator" if name == LEADER else "member") for name, user in users.items()
        }
        self.prompts = {place: prompt_of(self.cohort, position=place) for place in QUESTIONS}
        Response.objects.filter(prompt__in=self.prompts.values()).update(written=False)
        self.week = self.prompts[1].section.week_id
        self.pages = {name: Watcher(user, self.cohort) for name, user in users.items()}

    def response(self, name, place):
        return Response.objects.filter(membership=self.places[name], prompt=self.prompts[place]).first()

    def write(self, name, place, text, readers):
        response = self.response(name, place)
        if response:
            rewrite(response, text, readers)
        else:
            write(self.places[name], self.prompts[place], text, readers)
        self.ledger.write(name, place, text, readers)

    def share(self, name, place, readers):
        if (name, place) in self.ledger.words:
            self.write(name, place, self.ledger.words[name, place][0], readers)

    def leave(self, name):
        self.places[name].close()
        self.ledger.gone.add(name)

    def lead(self, name):
        self.appoint(name, "facilitator")

    def follow(self, name):
        self.appoint(name, "member")

    def appoint(self, name, role):
        Membership.objects.filter(pk=self.places[name].pk).update(role=role)

    def steer(self, deed, value):
        Room.objects.steer(self.week, self.cast.facilitator, deed, value)

    def ask(self, place):
        self.steer("ask", self.prompts[place].pk)
        self.ledger.asked = place

    def name(self, is_named):
        self.steer("names", is_named)
        self.ledger.is_named = is_named

    def show(self, name):
        if response := self.response(name, self.ledger.asked):
            self.steer("show", response.pk)

    def delete(self):
        self.cohort.mark_deleted()
        self.ledger.is_deleted = True

    def restore(self):
        self.cohort.restore()
        self.ledger.is_deleted = False

    def do(self, step):
        name, *arguments = step
        verbs = {"finish": self.cohort.finish, "reopen": self.cohort.reopen, "return": self.come_back}
        (verbs.get(name) or getattr(self, name))(*arguments)

    def come_back(self, name):
        self.places[name].reopen()
        self.ledger.gone.discard(name)

    def poll(self, name):
        page, allowed = self.pages[name], self.ledger.allowed(name)
        status = page.poll()
        assert (status == 404) == (allowed is None)
        cards = page.state.get("cards", [])
        held = zip([card["name"] for card in cards], page.shown, strict=True)
        assert sorted(held, key=str) == sorted(allowed or [], key=str)
        assert len(page.texts) == len(cards)
        assert page.state.get("spotlight") in {None, *(card["id"] for card in cards)}


def open_stage(cast):
    """Everybody has shared something and looks at it."""
    stage = Stage(cast)
    stage.steer("order", "name")
    for name in EVERYBODY:
        stage.write(name, 1, f"{name}の文", "group")
    for name in EVERYBODY:
        stage.poll(name)
    return stage


@given(steps=st.lists(STEPS, min_size=8, max_size=24))
@settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_a_page_holds(steps, cast):
    with transaction.atomic():
        stage = open_stage(cast)
        for step in steps:
            stage.do(step)
        for name in EVERYBODY:
            stage.poll(name)
        transaction.set_rollback(True)


def test_the_ledger_allows_something(cast):
    """Or else a page that shows nothing would do."""
    stage = open_stage(cast)
    assert [name for name, _text in stage.ledger.allowed("はる")] == sorted(EVERYBODY)
    stage.name(False)
    stage.share("なつ", 1, "self")
    stage.poll("はる")
    assert len(stage.pages["はる"].shown) == 3
