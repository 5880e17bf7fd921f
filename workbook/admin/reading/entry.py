"""One text as a facilitator sees it: the words, what was said about them, who has read them, a box to answer."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from cohorts.models import Membership, User
from workbook import history
from workbook.admin.forms import AnswerForm
from workbook.models import Draft, Feedback, FormerWording, Prompt, Readers, Reading, Response, Revision
from workbook.models.words import is_readable

LONG, LINES = 1_600, 60
"""Signs and lines of a text that is higher than a screen or two."""


@dataclass
class Entry:
    """One question and one member. What is not for the reader's eyes is not in here."""

    prompt: Prompt
    membership: Membership
    exists: bool = False
    response: Response | None = None
    feedback: list[Feedback] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    answering: list[User] = field(default_factory=list)
    draft: Draft | None = None
    stranded: Draft | None = None
    """Her comment on words that are not open to her any more: hers to copy, nobody else's."""
    form: AnswerForm | None = None
    since: history.Entry | None = None
    """What changed since her own last comment."""

    @property
    def key(self) -> str:
        """The last part of its address on every page that shows it."""
        return f"{self.membership.pk}-{self.prompt.pk}"

    @property
    def has_something(self) -> bool:
        """Whether there are words to read, or comments on words that were there, or are not open any more."""
        return self.response is not None or bool(self.feedback) or self.stranded is not None

    @property
    def last_feedback(self) -> int:
        """The id of the newest comment; 0 if there is none."""
        return max((said.pk for said in self.feedback), default=0)

    @property
    def is_long(self) -> bool:
        """Whether its words would fill more than a screen or two, and are folded at first."""
        text = self.response.text
        return len(text) > LONG or text.count("\n") > LINES

    @property
    def text(self) -> str:
        """What stands in the box: what was just typed and could not be sent, or the comment she has begun."""
        if self.form.is_bound:
            return self.form["text"].value() or ""
        return self.draft.text if self.draft else ""

    @property
    def is_unsaved(self) -> bool:
        """Whether the box holds something that the server does not."""
        return self.form.is_bound and self.text != (self.draft.text if self.draft else "")

    def answered_by(self, reader: User) -> Feedback | None:
        """Her last comment."""
        return next((said for said in reversed(self.feedback) if said.author_id == reader.pk), None)


class Filling:
    """Puts into entries what one facilitator may know. Six queries however many there are, and one if words changed
    since she commented on them."""

    def __init__(self, reader: User, entries: Iterable[Entry], **where: Any) -> None:
        """`where` narrows responses down to those that the entries are about."""
        self.reader = reader
        self.where = where
        self.entries = {(entry.membership.pk, entry.prompt.pk): entry for entry in entries}

    def fill(self) -> None:
        for entry, response in self._placed(self._find_responses(), ""):
            entry.response, entry.exists = response, True
            entry.form = AnswerForm(response, self.reader)
        FormerWording.objects.tell(entry.response for entry in self.entries.values() if entry.response)
        for entry, feedback in self._placed(self._find_feedback(), "revision__response__"):
            entry.feedback.append(feedback)
        for entry, reading in self._placed(self._find_readings()):
            entry.readings.append(reading)
        for entry, draft in self._placed(Draft.objects.beside(self.reader)):
            entry.answering.append(draft.author)
        for entry, draft in self._placed(Draft.objects.held_by(self.reader)):
            if entry.response:
                entry.draft = draft
            else:  # the member has emptied her box, or keeps it to herself now
                entry.stranded = draft
        self._compare()

    def _placed(self, rows: QuerySet[Any], path: str = "response__") -> Iterator[tuple[Entry, Any]]:
        """The rows of the entries, each with its entry; `path` leads to the response that a row is about."""
        place = attrgetter(*(f"{path}{name}".replace("__", ".") for name in ("membership_id", "prompt_id")))
        if path:
            rows = rows.select_related(path.removesuffix("__")).defer(f"{path}text")
        for row in rows.filter(**{f"{path}{name}": value for name, value in self.where.items()}):
            if entry := self.entries.get(place(row)):
                yield entry, row

    def _find_responses(self) -> QuerySet[Response]:
        """What she may read, each with `shown_id`, the revision that holds the shown text."""
        shown = Revision.objects.filter(response=OuterRef("pk"), version=OuterRef("version"))
        readable = Response.objects.answerable_by(self.reader).exclude(text="")
        marked = Reading.objects.mark(readable.with_wording(), self.reader)
        return marked.annotate(shown_id=Subquery(shown.values("pk")))

    def _find_feedback(self) -> QuerySet[Feedback]:
        return Feedback.objects.readable_by(self.reader).select_related("author").defer("revision__text")

    def _find_readings(self) -> QuerySet[Reading]:
        """Those of the others, of words that she may read herself."""
        others = Reading.objects.filter(is_readable(self.reader, "response__")).exclude(reader=self.reader)
        return others.select_related("reader").order_by("read_at", "pk")

    def _compare(self) -> None:
        """Only words that were for others then, and are today."""
        answered = {}
        for entry in self.entries.values():
            said = entry.answered_by(self.reader)
            if said and entry.response and said.revision.version != entry.response.version:
                answered[said.revision_id] = entry
        deadline = time.monotonic() + history.SECONDS
        for revision in Revision.objects.filter(pk__in=answered).exclude(readers=Readers.SELF):
            entry = answered[revision.pk]
            if revision.text != entry.response.text:
                entry.since = since(revision, entry.response, deadline)


def since(before: Revision, response: Response, deadline: float) -> history.Entry:
    """From an earlier text to today's. Compared at once: what the page takes to be rendered is not counted."""
    today = Revision(version=response.version, text=response.text, readers=response.readers)
    entry = history.Entry(response, today, before, [], deadline)
    entry.found  # noqa: B018 - computes it
    return entry
