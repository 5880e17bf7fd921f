"""The earlier versions of one box, in groups of ten minutes: for its writer alone, also after leaving."""

import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.db.models.functions import Length
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cohorts.models import Cohort, User

from .changes import SECONDS as COMPARING
from .changes import Change, changes
from .forms import RestoreForm
from .models import FormerWording, Prompt, Readers, Response, Revision, Week

WINDOW = timedelta(minutes=10)
"""Saves of one device within this time count as one version."""

SHRINK = 200
"""So many characters less than before, and less than half of them: what stood before is a version of its own."""

PAGE = 20
SECONDS = 0.4
"""For comparing all texts of a page. What is not compared by then is shown as replaced."""

ROOM, WHOLE_ROOM = 480, 20_000
"""Characters of changes that are shown of one version: in the list, and on its own page."""

NEAR = 40
"""Characters of unchanged text shown on either side of a change."""

STOPS = "。！？\n"

FIRST = 160
"""Characters shown of the first version, which nothing is compared with."""


class Mark(NamedTuple):
    """A revision without its text."""

    pk: int
    version: int | None
    device: str
    created_at: datetime
    length: int
    sha256: str


@dataclass
class Group:
    """What one device saved within ten minutes, oldest first. The last stands for all."""

    marks: list[Mark]
    longest: int = 0
    """The place of the longest text, among those that are not shorter by far than the version before."""
    before: Mark | None = None

    @property
    def first(self) -> Mark:
        return self.marks[0]

    @property
    def last(self) -> Mark:
        return self.marks[-1]

    def takes(self, mark: Mark) -> bool:
        """Whether this save belongs here. The other side of a conflict stands alone."""
        accepted = self.last.version is not None and mark.version is not None
        return accepted and mark.device == self.first.device and mark.created_at - self.first.created_at < WINDOW

    def add(self, mark: Mark) -> None:
        self.marks.append(mark)
        if mark.length >= self.marks[self.longest].length:
            self.longest = len(self.marks) - 1

    def cut(self, mark: Mark) -> list[Mark] | None:
        """Let go of what followed the longest text, if this save is a much shorter one; None if it is not."""
        length = self.marks[self.longest].length
        if length - mark.length <= SHRINK or mark.length * 2 >= length:
            return None
        end = self.longest + 1
        self.marks, rest = self.marks[:end], self.marks[end:]
        return rest


def grouped(marks: Iterable[Mark]) -> list[Group]:
    """Saves, oldest first, as the versions that a member recognizes. Also each one before a long pause is one."""
    groups: list[Group] = []
    accepted: Mark | None = None
    for mark in marks:
        here = groups[-1] if groups and groups[-1].takes(mark) else None
        rest = here.cut(mark) if here else []
        if rest is None:
            here.add(mark)
        else:
            groups.append(Group([*rest, mark], longest=len(rest)))
    for group in groups:
        group.before = accepted
        accepted = group.last if group.last.version is not None else accepted
    return groups


class Piece(NamedTuple):
    """A part of what is shown of a change: `=`, `-` or `+` with its text, or `…` for `left_out` characters."""

    kind: str
    text: str = ""
    left_out: int = 0

    @property
    def shown(self) -> str:
        """The text; for a change of nothing but white space, a word for it."""
        if self.kind == "=" or self.text.strip():
            return self.text
        return _("(line break)") if "\n" in self.text else _("(space)")


def folded(found: list[Change], room: int = ROOM) -> Iterator[Piece]:
    """Changes with what stands near them. Long pieces are shortened; what exceeds the room is left out."""
    last, longest = len(found) - 1, room // 2
    for place, (kind, text) in enumerate(found):
        if room <= 0:
            yield Piece("…", left_out=sum(len(text) for _kind, text in found[place:]))
            return
        if kind == "=":
            shown = shortened(kind, text, until_stop(text) if place else 0, from_stop(text) if place < last else 0)
        else:
            shown = shortened(kind, text, longest - NEAR, NEAR)
        for piece in shown:
            room -= len(piece.text)
            yield piece


def until_stop(text: str) -> int:
    """How much of a beginning to show: to the last end of a sentence that is near, if that is not too near."""
    end = max(text.rfind(stop, 0, NEAR) for stop in STOPS) + 1
    return end if end >= NEAR // 4 else NEAR


def from_stop(text: str) -> int:
    """How much of an end to show: from the first end of a sentence that is near."""
    starts = [place + 1 for stop in STOPS if (place := text.find(stop, max(0, len(text) - NEAR))) >= 0]
    rest = len(text) - min(starts, default=0)
    return rest if starts and rest >= NEAR // 4 else NEAR


def shortened(kind: str, text: str, head: int, tail: int) -> list[Piece]:
    """The beginning and the end of a text, with the number of characters between them."""
    end = len(text) - tail
    if end - head <= NEAR // 2:
        return [Piece(kind, text)]
    pieces = [Piece(kind, text[:head]), Piece("…", left_out=end - head), Piece(kind, text[end:])]
    return [piece for piece in pieces if piece.text or piece.left_out]


@dataclass
class Entry:
    """One version as the page shows it: when, where, how much and what changed."""

    response: Response
    revision: Revision
    before: Revision | None
    marks: list[Mark]
    deadline: float
    room: int = ROOM
    former: FormerWording | None = None
    """How the question read then, if it was reworded since."""

    @cached_property
    def found(self) -> list[Change]:
        """What changed against the version before."""
        seconds = min(COMPARING, max(0.0, self.deadline - time.monotonic()))
        return changes(self.before.text if self.before else "", self.revision.text, seconds)

    @property
    def is_branch(self) -> bool:
        """Whether it is the other side of a conflict, which never was in the box."""
        return self.revision.version is None

    @property
    def is_current(self) -> bool:
        return self.revision.version == self.response.version

    @property
    def is_same(self) -> bool:
        """Whether the box holds these words today."""
        return self.revision.text == self.response.text

    @property
    def is_unchanged(self) -> bool:
        """Whether the words are those of the version before."""
        return self.before is not None and self.before.text == self.revision.text

    @property
    def has_new_readers(self) -> bool:
        return self.before is not None and not self.is_branch and self.before.readers != self.revision.readers

    @property
    def readers(self) -> str:
        """Who could read it beside the writer, in words. What never was in the box nobody could."""
        return Readers.SELF.label if self.is_branch else self.revision.get_readers_display()

    @property
    def restored_readers(self) -> str:
        """Who may read it after going back: nobody whom it was not meant for, or who cannot read the box today."""
        return Readers.narrower(self.revision.readers, self.response.readers)

    @property
    def readers_to_tell(self) -> str:
        """Those in words, unless they stay as they are. What never was in the box gets readers only then."""
        is_told = self.is_branch or self.restored_readers != self.response.readers
        return Readers(self.restored_readers).label if is_told else ""

    @property
    def began_at(self) -> datetime:
        return self.marks[0].created_at

    @property
    def came(self) -> int:
        return sum(len(text) for kind, text in self.found if kind == "+")

    @property
    def went(self) -> int:
        return sum(len(text) for kind, text in self.found if kind == "-")

    @cached_property
    def pieces(self) -> list[Piece]:
        """What is shown of it; of the first version its beginning, which nothing marks as new."""
        if self.before is None:
            return shortened("=", self.revision.text, FIRST, 0)
        return list(folded(self.found, self.room))

    @property
    def operation_id(self) -> uuid.UUID:
        """A new one for every page, so that pressing the button twice restores once."""
        return uuid.uuid4()


class History:
    """All that was ever saved in one box; texts only of the versions shown.

    Four queries, however much that is, and one if the question was reworded.
    """

    def __init__(self, user: User, prompt_id: int) -> None:
        """Raises Http404 unless the user wrote in this box, or it is open to her."""
        own = Response.objects.filter(prompt=prompt_id, membership__user=user)
        reworded = Exists(FormerWording.objects.filter(prompt=OuterRef("prompt")))
        self.response = own.annotate(is_reworded=reworded).select_related("prompt__section__week__cohort").first()
        open_to_her = Prompt.objects.open_to(user).filter(pk=prompt_id)
        if self.response:
            self.prompt, self.is_open = self.response.prompt, open_to_her.exists()
        else:
            self.prompt = get_object_or_404(open_to_her.select_related("section__week__cohort"))
            self.is_open = True

    @property
    def week(self) -> Week:
        return self.prompt.section.week

    @property
    def running(self) -> Cohort | None:
        """The cohort, if she takes part in it today."""
        return self.week.cohort if self.is_open else None

    @property
    def may_write(self) -> bool:
        """Whether the box takes words: it is open to her, and the cohort has not ended."""
        return self.is_open and self.week.cohort.finished_at is None

    def page(self, number: str | None) -> Page:
        """The entries of one page, newest first."""
        page = Paginator(self._groups[::-1], PAGE).get_page(number)
        deadline = time.monotonic() + SECONDS
        texts = self._texts(page.object_list)
        page.object_list = [self._entry(group, texts, deadline) for group in page.object_list]
        return page

    def entry(self, revision_id: int) -> Entry:
        """One version by itself.

        Raises:
            Http404: it is none of this box.
        """
        for group in self._groups:
            for mark in group.marks:
                if mark.pk == revision_id:
                    alone = Group([mark], before=group.before)
                    return self._entry(alone, self._texts([alone]), time.monotonic() + SECONDS, WHOLE_ROOM)
        raise Http404

    def restore(self, entry: Entry, form: RestoreForm, device: str) -> bool:
        """Save a version anew. Nobody reads it who could not read it then, or cannot read the box today.

        Returns:
            Whether the box holds it now. Otherwise somebody wrote in the box meanwhile, and both texts are kept.

        Raises:
            OperationReused: the page was sent before for another version.
        """
        box = {
            "prompt_id": self.prompt.pk,
            "membership_id": self.response.membership_id,
            "questions": Prompt.objects.beside(self.prompt.pk).asked(),
            "device": device,
        }
        saved = Response.objects.write(form.save_of(entry.revision.text, entry.restored_readers, **box))
        return saved.accepted and saved.version == saved.row.version

    def told(self, entry: Entry) -> str:
        """What is said after restoring."""
        moment = date_format(localtime(entry.revision.created_at), _("F j (D) H:i"))
        said = _("This is the text of %(moment)s again. The one that stood here is kept in the history.")
        told = [said % {"moment": moment}]
        if entry.readers_to_tell:
            then, now = _("It can be read as it could then: %(readers)s."), _("It can be read by: %(readers)s.")
            told.append((now if entry.is_branch else then) % {"readers": entry.readers_to_tell})
        return " ".join(told)

    @cached_property
    def _groups(self) -> list[Group]:
        if self.response is None:
            return []
        return grouped(self._marks)

    @cached_property
    def _marks(self) -> list[Mark]:
        rows = self.response.revisions.order_by("pk").annotate(length=Length("text"))
        return [Mark(*row) for row in rows.values_list(*Mark._fields)]

    @cached_property
    def _said_at(self) -> dict[int, datetime]:
        """By revision, when its words were written: other readers of the same words are no other answer."""
        said: dict[int, datetime] = {}
        before: Mark | None = None
        for mark in self._marks:
            is_same = mark.version is not None and before is not None and mark.sha256 == before.sha256
            said[mark.pk] = said[before.pk] if is_same else mark.created_at
            before = before if mark.version is None else mark
        return said

    @cached_property
    def _wordings(self) -> list[FormerWording]:
        """How the question read before, oldest first."""
        return list(self.prompt.former_wordings.all()) if self.response.is_reworded else []

    def _texts(self, groups: Iterable[Group]) -> dict[int, Revision]:
        shown = {mark.pk for group in groups for mark in (group.last, group.before) if mark}
        return Revision.objects.in_bulk(shown)

    def _entry(self, group: Group, texts: dict[int, Revision], deadline: float, room: int = ROOM) -> Entry:
        revision = texts[group.last.pk]
        before = texts[group.before.pk] if group.before else None
        former = next((one for one in self._wordings if one.replaced_at > self._said_at[revision.pk]), None)
        return Entry(self.response, revision, before, group.marks, deadline, room, former)
