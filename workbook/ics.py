"""The sessions of a cohort as a calendar file (RFC 5545), for a download and for mails."""

import re
from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cohorts.models import Cohort

from .models import Week

CONTENT_TYPE = "text/calendar; charset=utf-8"
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
"""Signs that no calendar text may hold; a pasted theme may."""


def calendar(cohort: Cohort) -> bytes:
    """All sessions of a cohort, each with its meeting link: for people who take part. One query.

    A session keeps its UID for good, and its SEQUENCE grows when it moves: a calendar that takes the file once more
    moves the entry instead of adding a second one. Moments are in UTC, so that no calendar must know the cohort's
    time zone; it shows them in its own. Nobody's name and nobody's words are in it.
    """
    book = Calendar()
    book.add("prodid", "-//Hisho//Hisho//JA")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", CONTROL.sub(" ", cohort.name))
    book.add("x-wr-timezone", cohort.time_zone)
    for week in cohort.weeks.order_by("number"):
        week.cohort = cohort
        book.add_component(_event(week))
    return book.to_ical()


def file_name(cohort: Cohort) -> str:
    return f"{cohort.slug}.ics"


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def _event(week: Week) -> Event:
    event = Event()
    event.add("uid", f"week-{week.pk}@{_host()}")
    event.add("sequence", week.sequence)
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", week.session_at.astimezone(UTC))
    event.add("dtend", week.session_ends_at.astimezone(UTC))
    names = {"cohort": week.cohort.name, "week": week.label, "theme": week.theme}
    event.add("summary", CONTROL.sub(" ", _("%(cohort)s, %(week)s: %(theme)s") % names))
    event.add("description", _("Your sheet: %(url)s") % {"url": settings.BASE_URL + week.get_absolute_url()})
    if week.meeting_url:
        event.add("url", week.meeting_url)
        event.add("location", week.meeting_url)
    return event
