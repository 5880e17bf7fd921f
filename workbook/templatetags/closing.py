"""おわりの3分: between which moments an open page asks whether it has begun."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.utils import timezone

from workbook.models import Week

register = template.Library()

EARLIER = timedelta(minutes=10)
LATER = timedelta(minutes=90)


class Call(NamedTuple):
    """The session that may call a page to its week, and the moments between which that can be."""

    week: Week
    begins: datetime
    ends: datetime


@register.simple_tag
def closing_of(weeks: Week | Iterable[Week]) -> Call | None:
    """The first session of the weeks, or of one week, that is not long over. No query: they know their cohort."""
    sessions = [weeks] if isinstance(weeks, Week) else weeks
    calls = (Call(week, week.session_at - EARLIER, week.session_ends_at + LATER) for week in sessions)
    return min((call for call in calls if call.ends > timezone.now()), key=lambda call: call.begins, default=None)
