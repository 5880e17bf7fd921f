"""What to post in the salon's chat about a session: when it is, and how many have written. Counts only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from workbook.models import Section, Week


def notice(week: Week, sections: Sequence[Section], writers: Mapping[int, int], members: int) -> str:
    """A few lines to copy; no names, no words, and no meeting link, because others may read the chat too.

    Args:
        week: with its cohort.
        writers: how many of so many `members` have written each of the week's sections, by id.
    """
    lines = [_after(week) if week.session_is_over else _before(week)]
    section = _asked(sections, is_over=week.session_is_over)
    if not week.is_open:
        lines.append(
            _("You can write from %(day)s on.") % {"day": _day(timezone.localtime(week.opens_at, week.cohort.zone))}
        )
    elif section and members:
        lines.append(_count(writers.get(section.pk, 0), members))
    lines.append(_("Write here: %(url)s") % {"url": settings.BASE_URL + week.get_absolute_url()})
    return "\n".join(lines)


def _before(week: Week) -> str:
    """When the session is, as one says it today."""
    zone = week.cohort.zone
    begins, today = timezone.localtime(week.session_at, zone), timezone.localtime(timezone=zone).date()
    values = {"week": week.label, "time": _clock(begins), "day": _day(begins)}
    if begins.date() == today:
        return _("Our session of %(week)s is today at %(time)s.") % values
    if begins.date() == today + timedelta(days=1):
        return _("Our session of %(week)s is tomorrow at %(time)s.") % values
    return _("Our session of %(week)s is on %(day)s at %(time)s.") % values


def _after(week: Week) -> str:
    return _("Thank you for the session of %(week)s. Now is a good time to sum up and decide.") % {"week": week.label}


def _day(moment: datetime) -> str:
    return formats.date_format(moment, _("l, F j"))


def _clock(begins: datetime) -> str:
    return formats.date_format(begins, _("g:i a") if begins.minute else _("g a"))


def _asked(sections: Sequence[Section], *, is_over: bool) -> Section | None:
    """What matters now: before the session what one brings along, after it what one takes away."""
    kind = Section.Kind.ACTION if is_over else Section.Kind.REFLECTION
    fitting = [section for section in sections if section.kind == kind]
    return next(iter(fitting or sections[-1 if is_over else 0 :][:1]), None)


def _count(written: int, members: int) -> str:
    if not written:
        return _("One line is enough to begin with.")
    if written >= members:
        return _("All %(members)d of us have written.") % {"members": members}
    return _("%(written)d of %(members)d have written so far.") % {"written": written, "members": members}
