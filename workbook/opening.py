"""Opening a cohort: from a page or from an earlier cohort, with all its dates and facilitators, or not at all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Invitation, Mail, Membership, RoleChange, User

from .dates import Rhythm
from .models import Prompt, Section, Week
from .models.plan import validate_date
from .planned import PlannedWeek, Workbook


@transaction.atomic
def open_cohort(
    *,
    name: str,
    slug: str,
    first_session: datetime,
    workbook: Workbook | None = None,
    source: Cohort | None = None,
    meeting_url: str = "",
    facilitators: Iterable[str] = (),
    session_dates: Sequence[datetime] | None = None,
    invited_by: User | None = None,
    time_zone: str = "Asia/Tokyo",
) -> Cohort:
    """Open a cohort with its weeks and facilitators, in one transaction; who opens it is in charge of it.

    Args:
        workbook, source: what is asked: a page that was read, or an earlier cohort. One of them.
        first_session: aware; the others follow as in the source, or a week apart, unless `session_dates` names all.
        facilitators: e-mail addresses; an unknown one is invited.

    Raises:
        ValidationError: the address is taken, a date is out of order, an address is none; nothing is there then.
    """
    if (workbook is None) == (source is None):
        raise ValueError("A cohort is opened from a workbook or from an earlier cohort.")
    validate_date(first_session)
    cohort = Cohort(name=name, slug=slug, time_zone=time_zone, organizer=invited_by)
    cohort.full_clean()
    cohort.save()
    if source:
        weeks = Week.objects.copy(source, cohort, first_session)
    else:
        weeks = _create_weeks(cohort, workbook.weeks, first_session)
    _settle_dates(cohort, weeks, session_dates, meeting_url)
    for email in dict.fromkeys(address.strip().lower() for address in facilitators):
        _appoint(cohort, email, invited_by)
    return cohort


def _create_weeks(cohort: Cohort, plan: Sequence[PlannedWeek], first_session: datetime) -> list[Week]:
    dates = zip(plan, Rhythm.weekly(len(plan)).lay_out(first_session, cohort.zone), strict=True)
    weeks = Week.objects.bulk_create(
        Week(
            cohort=cohort,
            number=week.number,
            theme=week.theme,
            aim=week.aim,
            session_at=planned.session_at,
            opens_at=planned.opens_at,
        )
        for week, planned in dates
    )
    _create_sections(zip(weeks, plan, strict=True))
    return weeks


def _create_sections(pairs: Iterable[tuple[Week, PlannedWeek]]) -> None:
    planned = [(week, section) for week, plan in pairs for section in plan.sections]
    sections = Section.objects.bulk_create(
        Section(
            week=week,
            kind=section.kind,
            heading=section.heading,
            due=section.due,
            output=section.output,
            subtitle=section.subtitle,
            position=section.position,
        )
        for week, section in planned
    )
    Prompt.objects.bulk_create(
        Prompt(section=section, position=position, text=prompt.text, hint=prompt.hint)
        for section, (_week, plan) in zip(sections, planned, strict=True)
        for position, prompt in enumerate(plan.prompts, start=1)
    )


def _settle_dates(cohort: Cohort, weeks: list[Week], sessions: Sequence[datetime] | None, meeting_url: str) -> None:
    """Give the weeks the chosen dates, if there are any, and the meeting link; refuse what cannot be."""
    if sessions is not None:
        _check_order(sessions, len(weeks))
        rhythm = Rhythm.of([week.session_at for week in weeks], [week.opens_at for week in weeks], cohort.zone)
        for week, session, opens in zip(weeks, sessions, rhythm.opening_days(sessions, cohort.zone), strict=True):
            week.session_at, week.opens_at = session, opens
    for week in weeks:
        week.meeting_url = meeting_url
        week.clean_fields(exclude=["cohort"])
        week.clean()
    Week.objects.bulk_update(weeks, ["session_at", "opens_at", "meeting_url"])


def _check_order(sessions: Sequence[datetime], count: int) -> None:
    for session in sessions:
        validate_date(session)
    if len(sessions) != count:
        raise ValidationError(_("Every one of the %(count)d weeks needs a date.") % {"count": count})
    if any(later <= earlier for earlier, later in pairwise(sessions)):
        raise ValidationError(_("The sessions must follow one another."))


def _appoint(cohort: Cohort, email: str, invited_by: User | None) -> None:
    """Make the person a facilitator of the new cohort; whoever is not there yet is invited by mail."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError(_("“%(address)s” is not an e-mail address.") % {"address": email}) from error
    user = User.objects.filter(email=email).first()
    if user:
        place = Membership.objects.create(user=user, cohort=cohort, role=Membership.Role.FACILITATOR)
        RoleChange.objects.note(place, RoleChange.Deed.BEGAN, invited_by)
        return
    invitation = Invitation.objects.invite(
        created_by=invited_by, cohort=cohort, role=Invitation.Role.FACILITATOR, email=email
    )
    Mail.objects.post_invitation(invitation)
