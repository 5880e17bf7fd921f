"""だれが読んだか: who has read, searched and exported one's words, and what changed who may."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import F, Value, Window
from django.db.models.functions import Lag
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Membership, RoleChange, User

from .models import AccessRecord, Readers, Revision, Week
from .models.records import VISIT

PAGE = 50


class Look(NamedTuple):
    """Who was shown what was written to one question."""

    actor: int
    name: str
    week: int
    question: str


@dataclass(frozen=True)
class Event:
    """One thing that happened, said in a sentence, and where. Never holds words that somebody wrote."""

    at: datetime
    sentence: str
    place: str = ""
    look: Look | None = None

    @property
    def day(self) -> date:
        return self.at.date()

    def goes_with(self, later: "Event") -> bool:
        """Whether both were looks of the same visit: by one person, at one week."""
        if self.look is None or later.look is None or later.at - self.at > VISIT:
            return False
        return (self.look.actor, self.look.week) == (later.look.actor, later.look.week)


class Readings:
    """What happened to one person's words in one cohort; hers to see also after leaving. Four queries."""

    def __init__(self, user: User, slug: str) -> None:
        """Raises Http404 unless the user takes or took part in the cohort."""
        membership = Membership.objects.filter(user=user, cohort__slug=slug).select_related("cohort").first()
        if membership is None:
            raise Http404
        self.user, self.membership, self.cohort = user, membership, membership.cohort
        self.is_current = membership.left_at is None and self.cohort.deleted_at is None

    def page(self, number: str | None) -> Page:
        """The events of one page, newest first, on the cohort's clocks."""
        return Paginator(self._events, PAGE).get_page(number)

    @cached_property
    def _events(self) -> list[Event]:
        events = [*self._deeds(), *self._readers(), *self._roles()]
        return list(_folded(sorted(events, key=lambda event: event.at, reverse=True)))

    def _event(self, at: datetime, sentence: str, place: str = "", look: Look | None = None) -> Event:
        return Event(at.astimezone(self.cohort.zone), sentence, place, look)

    def _deeds(self) -> Iterator[Event]:
        rows = AccessRecord.objects.filter(membership=self.membership).order_by("-pk")
        names = ("created_at", "deed", "actor", "actor__nickname", "week__number", *_asked("prompt__"))
        for at, deed, actor, name, *where in rows.values_list(*names):
            sentence = _own_deed(deed) if actor == self.user.pk else _deed(deed, *where)
            week, question, heading = where
            is_look = deed == AccessRecord.Deed.READ and actor != self.user.pk and heading
            look = Look(actor, name, week, question or heading) if is_look else None
            yield self._event(at, sentence % {"name": name}, _place(*where), look)

    def _readers(self) -> Iterator[Event]:
        """Where the readers are others than in the version before, or than those a new box begins with."""
        rows = Revision.objects.filter(response__membership=self.membership, version__isnull=False)
        before = Lag("readers", default=Value(Readers.FACILITATORS.value))
        changed = rows.annotate(before=Window(before, partition_by=F("response"), order_by="version"))
        names = ("created_at", "readers", "response__prompt__section__week__number", *_asked("response__prompt__"))
        for at, readers, *where in changed.exclude(readers=F("before")).order_by("-pk").values_list(*names):
            sentence = _("You changed who can read it to “%(readers)s”.")
            yield self._event(at, sentence % {"readers": Readers(readers).label}, _place(*where))

    def _roles(self) -> Iterator[Event]:
        changes = RoleChange.objects.facilitators().filter(membership__cohort=self.cohort)
        for change in changes.select_related("membership__user", "actor"):
            yield self._event(change.created_at, *_role(change))


def _folded(events: Iterable[Event]) -> Iterator[Event]:
    """The same events, newest first; who goes through a week question by question has read it once. What happened in
    between parts her looks: it must stay plain what came first."""
    group: list[Event] = []
    for event in events:
        if group and not event.goes_with(group[0]):
            yield _together(group)
            group = []
        group.append(event)
    if group:
        yield _together(group)


def _together(group: list[Event]) -> Event:
    newest = group[0]
    questions = list(dict.fromkeys(event.look.question for event in reversed(group) if event.look))
    if len(questions) < 2:  # noqa: PLR2004
        return newest
    sentence = ngettext("%(name)s read %(count)s question.", "%(name)s read %(count)s questions.", len(questions))
    said = sentence % {"name": newest.look.name, "count": len(questions)}
    return replace(newest, sentence=said, place=_place(newest.look.week, _(", ").join(questions), None))


def _asked(prompt: str) -> tuple[str, str]:
    """What names a question: its text, or the heading of its section."""
    return f"{prompt}text", f"{prompt}section__heading"


def _place(week: int | None, question: str | None, heading: str | None) -> str:
    """“Week 2 · the question”; nothing for all weeks."""
    return " · ".join(filter(None, [week and Week(number=week).label, question or heading]))


def _deed(deed: str, week: int | None, *_question: str | None) -> str:
    return {
        AccessRecord.Deed.READ: _("%(name)s read this.") if week else _("%(name)s read all your weeks."),
        AccessRecord.Deed.SEARCH: _("This came up in a search of %(name)s."),
        AccessRecord.Deed.EXPORT: _("%(name)s exported this as a file."),
    }[deed]


def _own_deed(deed: str) -> str:
    return _("You took your words along as a file.") if deed == AccessRecord.Deed.EXPORT else _("You read this.")


def _role(change: RoleChange) -> tuple[str, str]:
    """What is said of a facilitator who came or went, and who decided it if it was no invitation."""
    who: dict[str, Any] = {"name": change.membership.user.nickname}
    if change.deed == RoleChange.Deed.ENDED:
        sentence = _("%(name)s is no longer a facilitator.")
    elif change.actor_id == change.membership.user_id:
        return _("%(name)s, who organizes, became a facilitator by her own choice.") % who, ""
    else:
        sentence = _("%(name)s became a facilitator.")
    by = _("Decided by: %(name)s (organizer)") % {"name": change.actor.nickname} if change.actor else ""
    return sentence % who, by
