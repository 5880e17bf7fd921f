"""What speaks against a date, in words, to stand beside it: nothing of it forbids."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.admin.scope import moment
from cohorts.models import Cohort
from workbook.clashes import Clash, find_clashes
from workbook.dates import on_clock
from workbook.daysoff import day_off


@dataclass(frozen=True)
class Date:
    """A session that is planned. `is_skipped`: clocks do not show the hour that was meant."""

    session_at: datetime
    minutes: int
    is_skipped: bool = False

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.session_at, self.session_at + timedelta(minutes=self.minutes)


def find_doubts(
    dates: Sequence[Date],
    emails: Collection[str],
    zone: ZoneInfo,
    apart_from: Cohort | None = None,
    away: Callable[[date], str] = day_off,
) -> list[list[str]]:
    """For each date what there is to look at. One query, none without emails.

    Args:
        emails: who would lead these sessions.
        away: names what keeps people away on a day.
    """
    clashes = find_clashes(emails, [planned.span for planned in dates], apart_from)
    return [
        [*_own(planned, zone, away), *(_told(clash, zone) for clash in found)]
        for planned, found in zip(dates, clashes, strict=True)
    ]


def _own(planned: Date, zone: ZoneInfo, away: Callable[[date], str]) -> list[str]:
    name = away(on_clock(planned.session_at, zone).date())
    found = [_("A day off in Japan: %(name)s") % {"name": name}] if name else []
    if planned.is_skipped:
        found.append(_("Clocks are put forward at that hour, so this one begins at another time."))
    if planned.session_at <= timezone.now():
        found.append(_("This moment is past already."))
    return found


def _told(clash: Clash, zone: ZoneInfo) -> str:
    return _("At the same time as “%(cohort)s” with %(people)s (%(when)s)") % {
        "people": "、".join(clash.people),
        "cohort": clash.week.cohort.name,
        "when": moment(clash.week.session_at, zone),
    }
