"""今週の様子: this week in each cohort that somebody facilitates or organizes, in numbers."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from cohorts.models import Cohort, Membership, User
from workbook.models import Reading, Response, Section, Week


@dataclass
class Desk:
    """One cohort's week: how many wrote in each section, what is unread and with whom to go on."""

    week: Week
    is_mine: bool = True
    sections: list[tuple[Section, int]] = field(default_factory=list)
    members: int = 0
    first_member: int | None = None
    unread: int = 0
    next_unread: int | None = None

    @property
    def cohort(self) -> Cohort:
        return self.week.cohort


def desks_of(user: User) -> list[Desk]:
    """The desks of the cohorts that the user facilitates, and for organizers of all running and coming ones.

    The next session first. Five queries, however many cohorts.
    """
    mine = set(user.facilitated)
    weeks = [week for week in _weeks_now(user) if week.cohort_id in mine or week.session_ends_at > _long_ago()]
    desks = {week.pk: Desk(week, is_mine=week.cohort_id in mine) for week in weeks}
    _count_members(desks)
    _count_written(desks, user)
    _count_unread(desks, user)
    return sorted(desks.values(), key=lambda desk: (desk.week.session_is_over, desk.week.session_at))


def _long_ago() -> datetime:
    """Cohorts whose last session was before this moment are left to the lists."""
    return timezone.now() - timedelta(days=14)


def _weeks_now(user: User) -> list[Week]:
    """The last opened week of each cohort, or its first one."""
    chosen: dict[int, Week] = {}
    weeks = Week.objects.filter(cohort__in=Cohort.objects.administered_by(user)).select_related("cohort")
    for week in weeks.order_by("cohort", "number"):
        if week.is_open or week.cohort_id not in chosen:
            chosen[week.cohort_id] = week
    return list(chosen.values())


def _count_members(desks: dict[int, Desk]) -> None:
    by_cohort = {desk.week.cohort_id: desk for desk in desks.values()}
    for row in Membership.objects.current().members().filter(cohort__in=by_cohort):
        desk = by_cohort[row.cohort_id]
        desk.members += 1
        desk.first_member = desk.first_member or row.pk


def _count_written(desks: dict[int, Desk], user: User) -> None:
    """A member has written a section when all its boxes are written."""
    rows = Response.objects.progress_for(user).filter(
        prompt__section__week__in=desks,
        membership__left_at=None,
        membership__role=Membership.Role.MEMBER,
        written=True,
    )
    boxes = rows.order_by().values("prompt__section", "membership").annotate(n=Count("pk"))
    full = Counter((row["prompt__section"], row["n"]) for row in boxes)
    sections = Section.objects.filter(week__in=desks).annotate(n=Count("prompts")).order_by("position", "pk")
    for section in sections:
        desks[section.week_id].sections.append((section, full[section.pk, section.n] if section.n else 0))


def _count_unread(desks: dict[int, Desk], user: User) -> None:
    unread = Reading.objects.unread_by(user).filter(prompt__section__week__in=desks)
    for week, membership in unread.values_list("prompt__section__week", "membership"):
        desk = desks[week]
        desk.unread += 1
        desk.next_unread = desk.next_unread or membership
