"""Who is to be reminded of what, and when: the rules, before anything is put down or sent.

Asked twice: when a mail is written into the outbox, and again when it is about to leave.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Mail, Membership

from .models import Prompt, Response, Section, Week

QUIET_FROM, QUIET_UNTIL = time(22), time(8)
"""Nothing is sent between these, by the clocks of the cohort."""

BEFORE, TOO_LATE = timedelta(hours=36), timedelta(hours=3)
"""The reminder of a session goes out so long before it, and no later than that."""

AFTER = timedelta(days=3)
"""So long the reminder of summary and action may still go out; it is sent once."""

WELCOME = timedelta(days=3)
"""So long after the first week has opened, or after she has joined, a member is told that it begins."""

REACH = timedelta(days=6)
"""No reminder is about a session that lies further away than this, before or after."""

ASKED = {
    Mail.Kind.SESSION: {Section.Kind.REFLECTION},
    Mail.Kind.SUMMARY: {Section.Kind.SUMMARY, Section.Kind.ACTION},
}
"""The sections in which something must still be unwritten."""


def is_quiet(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether people sleep then."""
    return not QUIET_UNTIL <= moment.astimezone(zone).time() < QUIET_FROM


def after_the_night(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the morning after it if people sleep then."""
    local = moment.astimezone(zone)
    if not is_quiet(moment, zone):
        return moment
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, zone)


@dataclass(frozen=True)
class Occasion:
    """One reason to write to a cohort's members: a kind of mail, the week it is about, from when until when.

    `upcoming` is the next session of the cohort, if there is one.
    """

    kind: str
    week: Week
    since: datetime
    until: datetime
    upcoming: Week | None = None

    @property
    def cohort(self) -> Cohort:
        return self.week.cohort

    def is_now(self, now: datetime) -> bool:
        return self.since <= now < self.until and not is_quiet(now, self.cohort.zone)

    def next_moment(self, now: datetime) -> datetime | None:
        """When it goes out from now on; None if that is over."""
        moment = after_the_night(max(now, self.since), self.cohort.zone)
        return moment if moment < self.until else None


@dataclass(frozen=True)
class Reminder:
    """One mail to one member, as things stand."""

    occasion: Occasion
    membership: Membership

    @property
    def kind(self) -> str:
        return self.occasion.kind

    @property
    def key(self) -> str:
        """What it is sent once for: a session at its date, or the beginning. A session that is moved counts anew."""
        if self.kind == Mail.Kind.BEGINS:
            return f"begins:{self.membership.pk}"
        week = self.occasion.week
        day = timezone.localtime(week.session_at, week.cohort.zone).date()
        return f"{self.kind}:{week.pk}:{day}:{self.membership.pk}"


def occasions_of(weeks: list[Week], now: datetime) -> Iterator[Occasion]:
    """All reasons to write to the members of one cohort, by its weeks in order."""
    upcoming = next((week for week in weeks if week.session_ends_at > now), None)
    if upcoming:
        yield Occasion(Mail.Kind.BEGINS, weeks[0], weeks[0].opens_at, weeks[-1].session_ends_at, upcoming)
    for week in weeks:
        zone = week.cohort.zone
        day = timezone.localtime(week.session_at, zone).date()
        eve = datetime.combine(day - timedelta(days=1), time(), zone)
        since = max(eve, week.session_at - BEFORE, week.opens_at)
        yield Occasion(Mail.Kind.SESSION, week, since, week.session_at - TOO_LATE, week)
        morning = max(datetime.combine(day + timedelta(days=1), QUIET_UNTIL, zone), week.session_ends_at)
        yield Occasion(Mail.Kind.SUMMARY, week, morning, morning + AFTER, upcoming)


def _weeks_by_cohort(now: datetime, cohort: int | None) -> Iterator[list[Week]]:
    """The weeks of each running cohort in which something may be due. One query."""
    weeks = Week.objects.filter(cohort__deleted_at=None, cohort__finished_at=None)
    if cohort is None:
        near = Week.objects.filter(
            Q(session_at__range=(now - REACH, now + REACH)) | Q(opens_at__range=(now - WELCOME, now))
        )
        joined = Membership.objects.filter(joined_at__gt=now - WELCOME)
        weeks = weeks.filter(Q(cohort__in=near.values("cohort")) | Q(cohort__in=joined.values("cohort")))
    else:
        weeks = weeks.filter(cohort=cohort)
    ordered = weeks.select_related("cohort").order_by("cohort_id", "number")
    for _cohort, group in groupby(ordered, key=lambda week: week.cohort_id):
        yield list(group)


def occasions(now: datetime, cohort: int | None = None) -> list[Occasion]:
    """All reasons to write, past, present and coming, in one cohort or in all in which one may be present."""
    return [occasion for weeks in _weeks_by_cohort(now, cohort) for occasion in occasions_of(weeks, now)]


class Unwritten:
    """Which members have not written all that is asked in the sections of some weeks. Two queries, none of words."""

    def __init__(self, found: Iterable[Occasion]) -> None:
        weeks = {occasion.week.pk for occasion in found if occasion.kind in ASKED}
        kinds = set().union(*ASKED.values())
        prompts = Prompt.objects.filter(section__week__in=weeks, section__kind__in=kinds)
        self.asked: dict[tuple[int, str], set[int]] = defaultdict(set)
        for pk, week, kind in prompts.values_list("pk", "section__week", "section__kind"):
            self.asked[week, kind].add(pk)
        written = Response.objects.filter(prompt__in=prompts.order_by(), written=True)
        self.written: dict[int, set[int]] = defaultdict(set)
        for membership, prompt in written.values_list("membership", "prompt"):
            self.written[membership].add(prompt)

    def has_left_open(self, membership: int, occasion: Occasion) -> bool:
        asked = set().union(*(self.asked[occasion.week.pk, kind] for kind in ASKED[occasion.kind]))
        return bool(asked - self.written[membership])


def _fits(membership: Membership, occasion: Occasion, now: datetime) -> bool:
    """Whether the occasion concerns somebody who joined when she did."""
    if occasion.kind == Mail.Kind.BEGINS:
        moment = max(now, occasion.since)
        return moment < max(occasion.since, membership.joined_at) + WELCOME
    return occasion.kind != Mail.Kind.SUMMARY or membership.joined_at < occasion.week.session_ends_at


def reminders(found: list[Occasion], now: datetime, member: int | None = None) -> list[Reminder]:
    """What the occasions bring to whom as things stand, sent or not. Three queries.

    Only members of today who want such mails, and have left something open where that is what it is about.
    """
    people = Membership.objects.current().members().filter(cohort__in={occasion.week.cohort_id for occasion in found})
    if member is not None:
        people = people.filter(pk=member)
    by_cohort: dict[int, list[Membership]] = defaultdict(list)
    for membership in people.filter(user__is_active=True).select_related("user", "cohort"):
        by_cohort[membership.cohort_id].append(membership)
    unwritten = Unwritten(found)
    return [
        Reminder(occasion, membership)
        for occasion in found
        for membership in by_cohort[occasion.week.cohort_id]
        if getattr(membership.user, f"mails_{occasion.kind}")
        and _fits(membership, occasion, now)
        and (occasion.kind not in ASKED or unwritten.has_left_open(membership.pk, occasion))
    ]


def due(now: datetime, cohort: int | None = None, member: int | None = None) -> list[Reminder]:
    """What is to be sent now, whether it has been or not. Four queries."""
    return reminders([occasion for occasion in occasions(now, cohort) if occasion.is_now(now)], now, member)
