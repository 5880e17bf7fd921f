"""だれが読んだか: who has read, searched and exported one's words, and what changed who may."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Value, Window
from django.db.models.functions import Lag
from django.http import Http404
from django.utils.translation import gettext as _

from cohorts.models import Membership, RoleChange, User

from .models import AccessRecord, Readers, Revision, Week

PAGE = 50


@dataclass(frozen=True)
class Event:
    """One thing that happened, said in a sentence, and where. Never holds words that somebody wrote."""

    at: datetime
    sentence: str
    place: str = ""

    @property
    def day(self) -> date:
        return self.at.date()


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
        return sorted([*self._deeds(), *self._readers(), *self._roles()], key=lambda event: event.at, reverse=True)

    def _event(self, at: datetime, sentence: str, place: str = "") -> Event:
        return Event(at.astimezone(self.cohort.zone), sentence, place)

    def _deeds(self) -> Iterator[Event]:
        rows = AccessRecord.objects.filter(membership=self.membership).order_by("-pk")
        names = ("created_at", "deed", "actor", "actor__nickname", "week__number", *_asked("prompt__"))
        for at, deed, actor, name, *where in rows.values_list(*names):
            sentence = _own_deed(deed) if actor == self.user.pk else _deed(deed, *where)
            yield self._event(at, sentence % {"name": name}, _place(*where))

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
