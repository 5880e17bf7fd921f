"""Who would have to be in two sessions at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cohorts.models import Cohort, Membership

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
    """For each session (begin, end), the sessions at the same time in the people's other cohorts. Two queries."""
    if not sessions or not emails:
        return [[] for _session in sessions]
    people = _people_by_cohort(emails, apart_from)
    begin, end = min(at for at, _end in sessions), max(until for _at, until in sessions)
    weeks = Week.objects.filter(cohort__in=people, session_at__gt=begin - LONGEST, session_at__lt=end)
    others = list(weeks.select_related("cohort").order_by("session_at")) if people else []
    return [
        [
            Clash(tuple(people[week.cohort_id]), week)
            for week in others
            if week.session_at < until and at < week.session_ends_at
        ]
        for at, until in sessions
    ]


def _people_by_cohort(emails: Collection[str], apart_from: Cohort | None) -> dict[int, list[str]]:
    """The nicknames of these people in every running cohort where they take part today."""
    places = Membership.objects.current().filter(user__email__in=emails, cohort__finished_at=None)
    if apart_from:
        places = places.exclude(cohort=apart_from)
    found = defaultdict(list)
    for cohort, nickname in places.values_list("cohort", "user__nickname"):
        found[cohort].append(nickname)
    return dict(found)
