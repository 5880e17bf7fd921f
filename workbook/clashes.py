"""Who would have to be in two sessions at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, Q

from cohorts.models import Cohort

from .models import Week

LONGEST = timedelta(days=1)
"""No session lasts longer."""


@dataclass(frozen=True)
class Clash:
    """These people (nicknames) have another session at the same time."""

    people: tuple[str, ...]
    week: Week


def find_clashes(
    emails: Collection[str], sessions: Sequence[tuple[datetime, datetime]], apart_from: Cohort | None = None
) -> list[list[Clash]]:
    """For each session (begin, end), the sessions at the same time in the people's other running cohorts. One query."""
    if not sessions or not emails:
        return [[] for _session in sessions]
    near = reduce(or_, (Q(session_at__gt=begin - LONGEST, session_at__lt=end) for begin, end in sessions))
    # All of the membership in one `filter`: each condition is meant of the same person.
    rows = Week.objects.filter(
        near,
        cohort__deleted_at=None,
        cohort__finished_at=None,
        cohort__memberships__user__email__in=emails,
        cohort__memberships__left_at=None,
    ).annotate(person=F("cohort__memberships__user__nickname"))
    others = rows.exclude(cohort=apart_from) if apart_from else rows
    found = list(others.select_related("cohort").order_by("session_at", "pk", "person"))
    return [_in_span(found, begin, end) for begin, end in sessions]


def _in_span(rows: list[Week], begin: datetime, end: datetime) -> list[Clash]:
    """Those that go on between two moments, each once; a row stands there for each person."""
    here = [row for row in rows if row.session_at < end and begin < row.session_ends_at]
    weeks = {row.pk: row for row in here}
    return [Clash(tuple(row.person for row in here if row.pk == pk), week) for pk, week in weeks.items()]
