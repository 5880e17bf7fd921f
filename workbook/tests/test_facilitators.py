"""Two facilitators, two tabs each, one text of a member: whatever the order, every comment is sent once and as written.

What the application does is compared with a few plain lists after every step.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import join, make_user
from tests.reader import rewrite
from workbook.models import Draft, DraftRevision, DraftSave, Feedback, StaleDraft

WHO, TAB = st.integers(0, 1), st.integers(0, 1)
WORDS = st.sampled_from(["", " \n", "すてき", "すてきです", "つづきも"])
STEPS = st.one_of(
    st.tuples(st.just("answer"), WHO, TAB, WORDS),
    st.tuples(st.just("write"), WHO, TAB, WORDS),
    st.tuples(st.just("send"), WHO, TAB),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("read"), WHO, TAB),
    st.tuples(st.just("rewrite")),
)


@dataclass
class Desk:
    """What one facilitator's draft must hold: all its texts, the last one today's; and what her two tabs know of it."""

    texts: list[str] = field(default_factory=list)
    known: list[int] = field(default_factory=lambda: [0, 0])
    every_word: set[str] = field(default_factory=set)

    @property
    def version(self) -> int:
        return len(self.texts)

    @property
    def text(self) -> str:
        return self.texts[-1] if self.texts else ""

    def text_at(self, version: int) -> str:
        return self.texts[version - 1] if version else ""

    def take(self, text: str, base: int) -> bool:
        """A save: whether it is accepted. Equal words, and words that stand as they stood, are no conflict."""
        self.every_word.add(text)
        if base != self.version and text == self.text:
            return True
        if base != self.version and self.text_at(base) != self.text:
            return False
        self.texts.append(text)
        return True


class Room:
    """The two of them, the text, and everything that was ever asked."""

    def __init__(self, cast, people) -> None:
        self.people, self.response = people, cast.shared
        self.revision = cast.shared.revisions.get()
        self.desks = {person.pk: Desk() for person in people}
        self.comments: list[tuple[UUID, int, str]] = []
        self.asked: list[tuple] = []
        self.rewritten = 0

    def do(self, deed, *rest):
        getattr(self, deed)(*rest)
        self.compare()

    def write(self, who, tab, text):
        author = self.people[who].pk
        desk = self.desks[author]
        base = desk.known[tab]
        save = DraftSave(self.response.pk, author, uuid4(), base, text)
        saved = Draft.objects.write(save)
        assert saved.accepted == desk.take(text, base)
        self.asked.append((save, saved.accepted, saved.version))
        if saved.accepted:
            desk.known[tab] = saved.version

    def send(self, who, tab):
        author = self.people[who]
        desk = self.desks[author.pk]
        sending = DraftSave(self.response.pk, author.pk, uuid4(), desk.known[tab], "")
        if desk.known[tab] != desk.version or not desk.text.strip():
            with pytest.raises(StaleDraft):
                Feedback.objects.send(self.revision, author, sending)
            return
        feedback, desk.known[tab] = Feedback.objects.send(self.revision, author, sending)
        self.comments.append((sending.operation_id, author.pk, desk.text))
        desk.texts.append("")
        self.asked.append((sending, feedback.pk, desk.known[tab]))

    def answer(self, who, tab, text):
        """As a page does in which nothing goes wrong."""
        self.read(who, tab)
        self.write(who, tab, text)
        self.send(who, tab)

    def again(self, place):
        """The same request comes once more, long after: the same answer, and nothing changes."""
        if not self.asked:
            return
        save, was, version = self.asked[place % len(self.asked)]
        author = next(person for person in self.people if person.pk == save.author_id)
        if save.operation_id in [operation for operation, *_rest in self.comments]:
            feedback, now = Feedback.objects.send(self.revision, author, save)
            assert (feedback.pk, now) == (was, version)
        elif DraftRevision.objects.filter(operation_id=save.operation_id).exists():  # equal words leave none
            saved = Draft.objects.write(save)
            assert saved.accepted == was
            assert saved.version == version or not was

    def read(self, who, tab):
        """The tab is opened anew."""
        desk = self.desks[self.people[who].pk]
        desk.known[tab] = desk.version

    def rewrite(self):
        """The member goes on; what is said answers what was shown."""
        self.rewritten += 1
        rewrite(self.response, f"書き直した {self.rewritten}")

    def compare(self):
        drafts = dict(Draft.objects.values_list("author", "pk"))
        assert set(drafts) == {author for author, desk in self.desks.items() if desk.texts}
        for author, desk in self.desks.items():
            if desk.texts:
                assert Draft.objects.values_list("text", "version").get(author=author) == (desk.text, desk.version)
            history = DraftRevision.objects.filter(draft__author=author)
            kept = history.filter(version__isnull=False).order_by("version")
            assert list(kept.values_list("version", "text")) == list(enumerate(desk.texts, start=1))
            assert desk.every_word <= set(history.values_list("text", flat=True))
        said = Feedback.objects.order_by("pk").values_list("operation_id", "author", "text")
        assert list(said) == self.comments


@given(steps=st.lists(STEPS, min_size=6, max_size=20))
@settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def check(room, steps):
    with transaction.atomic():
        here = room()
        for step in steps:
            here.do(*step)
        room.comments += here.comments
        transaction.set_rollback(True)


def test_whatever_the_order(cast):
    second = make_user("second")
    join(cast.cohort, second, "facilitator")

    def room():
        cast.shared.refresh_from_db()
        return Room(cast, [cast.facilitator, second])

    room.comments = []
    check(room)
    assert len(room.comments) > 15
