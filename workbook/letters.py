"""What is due goes into the outbox; what each mail says is written when it leaves."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cohorts.emails import Letter, writes
from cohorts.models import Mail
from cohorts.stopping import stop_url

from . import digest, reminders
from .digest import Digest
from .ics import calendar, file_name
from .models import Week
from .reminders import Reminder

MIME_TYPE = "text/calendar"
WITH_CALENDAR = {Mail.Kind.BEGINS, Mail.Kind.SESSION}


def post_due() -> None:
    """Write what is due now into the outbox, each once however often this runs, and by however many at once.

    What was found to be no longer needed and is due again, because somebody changed her mind, is written anew.
    """
    now = timezone.now()
    mails = {one.key: _mail(one) for one in (*reminders.due(now), *digest.due(now))}
    known = Mail.objects.filter(key__in=mails)
    known.filter(state=Mail.State.DROPPED).delete()
    for key in known.values_list("key", flat=True):
        del mails[key]
    Mail.objects.bulk_create(mails.values(), ignore_conflicts=True)


def _mail(one: Reminder | Digest) -> Mail:
    user, cohort = one.membership.user, one.membership.cohort
    context = {"membership": one.membership.pk}
    return Mail(key=one.key, kind=one.kind, to=user.email, recipient=user, cohort=cohort, context=context)


@writes(Mail.Kind.BEGINS, Mail.Kind.SESSION, Mail.Kind.SUMMARY)
def remind(mail: Mail) -> Letter | None:
    """The reminder, if it is still due at this moment."""
    found = reminders.due(timezone.now(), mail.cohort_id, mail.context.get("membership", 0))
    return next((letter_of(one) for one in found if one.key == mail.key), None)


@writes(Mail.Kind.FEEDBACK)
def tell(mail: Mail) -> Letter | None:
    """The comments that she has not seen by this moment, if there are any."""
    member = mail.context.get("membership", 0)
    found = digest.due(timezone.now(), cohort=mail.cohort_id, member=member, but=mail.pk)
    return letter_of(found[0]) if found else None


def letter_of(one: Reminder | Digest, at: datetime | None = None) -> Letter:
    """What it says when it leaves now, or at that moment; with its files and the way to switch such mails off."""
    user, cohort = one.membership.user, one.membership.cohort
    own = _news(one) if isinstance(one, Digest) else _occasion(one, at or timezone.now())
    context = {"nickname": user.nickname, "cohort": cohort.name, "note": cohort.mail_note, "zone": cohort.zone, **own}
    files = [(file_name(cohort), calendar(cohort), MIME_TYPE)] if one.kind in WITH_CALENDAR else []
    return Letter(context, files, stop_url(user, one.kind))


def _occasion(one: Reminder, at: datetime) -> dict[str, object]:
    """The words of a reminder: the week it is about, or for the beginning the session that comes next."""
    occasion = one.occasion
    week = occasion.upcoming if one.kind == Mail.Kind.BEGINS else occasion.week
    zone = week.cohort.zone
    page = week if week.opens_at <= at else occasion.week
    return {
        "week": week,
        "is_today": timezone.localdate(week.session_at, zone) == timezone.localdate(at, zone),
        "is_late": occasion.week != week,
        "url": settings.BASE_URL + page.get_absolute_url(),
    }


def _news(one: Digest) -> dict[str, object]:
    """The words of a digest: who commented, and the page on which it stands."""
    weeks: dict[int, Week] = {}
    for comment in one.comments:
        week = comment.revision.response.prompt.section.week
        weeks[week.pk] = week
    week.cohort = one.membership.cohort
    page = week.get_absolute_url() if len(weeks) == 1 else reverse("workbook:today")
    names = list(dict.fromkeys(comment.author.nickname for comment in one.comments))
    return {"names": names, "url": settings.BASE_URL + page}
