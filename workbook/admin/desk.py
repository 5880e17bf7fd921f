"""今週の様子: this week in each cohort that somebody facilitates or organizes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohorts.models import Cohort, Membership, User
from workbook.models import Draft, Reading, Response, Section, Week

from .chart import count_writers

LONG = timedelta(days=14)
"""After so long it is kind to ask how somebody is, and a cohort that is over leaves the start page."""


@dataclass
class Desk:
    """One cohort's week: how many wrote in each section, what is unread, and with whom to go on."""

    week: Week
    is_mine: bool = True
    sections: list[tuple[Section, int]] = field(default_factory=list)
    members: int = 0
    first_member: int | None = None
    unread: int = 0
    next_unread: int | None = None
    unread_before: int = 0
    next_before: tuple[int, int] | None = None
    has_words: bool = False
    """Whether there is anything in this week that she may read."""
    drafts: int = 0
    first_draft: tuple[int, int] | None = None
    is_running: bool = False
    silent: list[Membership] = field(default_factory=list)

    @property
    def cohort(self) -> Cohort:
        return self.week.cohort

    @property
    def waiting(self) -> int:
        """How many texts wait to be read, of all weeks."""
        return self.unread + self.unread_before

    @property
    def is_over(self) -> bool:
        """Whether the last session was long ago: nothing presses any more."""
        return self.week.session_ends_at < _long_ago()


def desks_of(user: User) -> list[Desk]:
    """The desks of the cohorts that the user facilitates, and for organizers of all running and coming ones.

    The next session first, cohorts that are over last. Eight queries, however many cohorts.
    """
    mine = set(user.facilitated)
    desks = {cohort: desk for cohort, desk in _desks_now(user) if cohort in mine or not desk.is_over}
    for cohort, desk in desks.items():
        desk.is_mine = cohort in mine
    members = _count_members(desks)
    _count_written(desks, user)
    _count_unread(desks, user)
    _count_drafts(desks, user)
    _find_silent(desks, members, user)
    return sorted(desks.values(), key=lambda desk: (desk.is_over, desk.week.session_is_over, desk.week.session_at))


def _long_ago() -> datetime:
    return timezone.now() - LONG


def _desks_now(user: User) -> Iterator[tuple[int, Desk]]:
    """The last opened week of each cohort, or its first one."""
    weeks = Week.objects.filter(cohort__in=Cohort.objects.administered_by(user)).select_related("cohort")
    words = Response.objects.answerable_by(user).exclude(text="").filter(prompt__section__week=OuterRef("pk"))
    weeks = weeks.annotate(has_words=Exists(words)).order_by("cohort_id", "number")
    for cohort, group in groupby(weeks, key=attrgetter("cohort_id")):
        row = list(group)
        now = next((week for week in reversed(row) if week.is_open), row[0])
        has_run = min(week.opens_at for week in row) < _long_ago()
        is_running = has_run and any(not week.session_has_begun for week in row)
        yield cohort, Desk(now, has_words=now.has_words, is_running=is_running)


def _count_members(desks: dict[int, Desk]) -> list[Membership]:
    """The members of today, in the order in which they joined."""
    here = Membership.objects.current().members().filter(cohort__in=desks).select_related("user")
    members = list(here.only("cohort", "joined_at", "user__nickname", "user__email"))
    for membership in members:
        desk = desks[membership.cohort_id]
        desk.members += 1
        desk.first_member = desk.first_member or membership.pk
    return members


def _count_written(desks: dict[int, Desk], user: User) -> None:
    here = Section.objects.filter(week__in=[desk.week for desk in desks.values()])
    sections = here.select_related("week").order_by("position", "pk").prefetch_related("prompts")
    writers = count_writers(user, sections)
    for section in sections:
        desks[section.week.cohort_id].sections.append((section, writers[section.pk]))


def _count_unread(desks: dict[int, Desk], user: User) -> None:
    """What waits in this week, and what came late into the weeks before."""
    unread = Reading.objects.unread_by(user).filter(membership__cohort__in=desks)
    names = ["membership__cohort", "membership", "prompt__section__week__number"]
    for cohort, membership, number in unread.values_list(*names):
        desk = desks[cohort]
        if number == desk.week.number:
            desk.unread += 1
            desk.next_unread = desk.next_unread or membership
        else:
            desk.unread_before += 1
            desk.next_before = desk.next_before or (membership, number)


def _count_drafts(desks: dict[int, Desk], user: User) -> None:
    """Her comments that nobody has got yet."""
    names = ["response__membership__cohort", "response__membership", "response__prompt__section__week__number"]
    drafts = Draft.objects.of(user).filter(response__membership__cohort__in=desks).order_by("updated_at", "pk")
    for cohort, membership, number in drafts.values_list(*names):
        desk = desks[cohort]
        desk.drafts += 1
        desk.first_draft = desk.first_draft or (membership, number)


def _find_silent(desks: dict[int, Desk], members: list[Membership], user: User) -> None:
    """Members of hers in whose boxes nothing has changed for long, while the cohort was running and they were in it.

    What they keep for themselves counts too: it is enough that something happens. In the order of joining.
    """
    running = [cohort for cohort, desk in desks.items() if desk.is_mine and desk.is_running]
    changes = Response.objects.progress_for(user).filter(membership__cohort__in=running, updated_at__gt=_long_ago())
    heard_of = set(changes.order_by().values_list("membership", flat=True).distinct())
    for membership in members:
        if membership.cohort_id in running and membership.joined_at < _long_ago() and membership.pk not in heard_of:
            desks[membership.cohort_id].silent.append(membership)
