"""The runs of the salon as an organizer sees them: whose turn is next, what waits in each, which are over.

However many there are: each query begins at an index and ends with the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Mail, Membership
from workbook.models import Week

LONG = timedelta(days=14)
"""After so long it is kind to ask how somebody is, and a cohort that is over leaves the start page."""
SHOWN, FINISHED_SHOWN = 10, 10
RECENT = timedelta(days=30)
"""A mail that failed longer ago is not told of any more."""
LAST_PAGE = 1_000


def long_ago() -> datetime:
    return timezone.now() - LONG


@dataclass
class Leaf:
    """One page of a list, and whether there is one before and after it."""

    rows: list[Any]
    number: int
    has_more: bool

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.has_more else None


def leaf_of(rows: QuerySet[Any], number: int, length: int) -> Leaf:
    """One query, and no count of all there are."""
    start = (number - 1) * length
    found = list(rows[start : start + length + 1])
    return Leaf(found[:length], number, len(found) > length)


def page_number(text: str) -> int:
    """Which page an address asks for; the first if it says nothing sensible."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(LAST_PAGE)) else 1
    return min(max(number, 1), LAST_PAGE)


def running_or_coming(without: Iterable[int], number: int) -> Leaf:
    """The ids of all cohorts that are not over, whose next session is soonest first. One query.

    Each cohort stands there once: by its next session, or by its last one when that was not long ago.
    """
    now, beside = timezone.now(), Week.objects.filter(cohort=OuterRef("cohort"))
    is_same, at = Q(session_at=OuterRef("session_at")), OuterRef("session_at")
    sooner = Q(session_at__lt=at) | is_same & Q(number__lt=OuterRef("number"))
    later = Q(session_at__gt=at) | is_same & Q(number__gt=OuterRef("number"))
    is_next = Q(session_at__gte=now) & ~Exists(beside.filter(sooner, session_at__gte=now))
    is_last = Q(session_at__lt=now) & ~Exists(beside.filter(later))
    weeks = Week.objects.filter(session_at__gte=long_ago(), cohort__deleted_at=None, cohort__finished_at=None)
    turns = weeks.filter(is_next | is_last).exclude(cohort__in=without).order_by("session_at", "pk")
    return leaf_of(turns.values_list("cohort", flat=True), number, SHOWN)


def finished(without: Iterable[int], number: int) -> Leaf:
    """The last weeks of the cohorts that are over, each with its cohort and `members`; newest first. One query.

    What runs and what is to come is passed over by a cheap look alone, before anything is asked about other weeks.
    """
    beside = Week.objects.filter(cohort=OuterRef("cohort"))
    by_hand = Cohort.objects.filter(finished_at__isnull=False).order_by().values("pk")
    may_be_over = Q(session_at__lt=long_ago()) | Q(cohort__in=by_hand)
    is_last = ~Exists(beside.filter(number__gt=OuterRef("number")))
    is_over = Q(cohort__finished_at__isnull=False) | ~Exists(beside.filter(session_at__gte=long_ago()))
    members = Membership.objects.members().filter(left_at=None)
    weeks = Week.objects.filter(may_be_over, is_last, is_over, cohort__deleted_at=None).exclude(cohort__in=without)
    weeks = weeks.select_related("cohort").defer("aim").order_by("-session_at", "-pk")
    return leaf_of(weeks.annotate(members=members.number_in("cohort")), number, FINISHED_SHOWN)


def count_invitations(cohorts: Iterable[int]) -> dict[int, int]:
    """How many people have not answered their invitation yet, by cohort."""
    waiting = Invitation.objects.open().filter(cohort__in=list(cohorts)).exclude(email="").order_by()
    return dict(waiting.values_list("cohort").annotate(n=Count("pk")))


def count_troubles(cohorts: Iterable[int]) -> dict[int | None, int]:
    """How many mails failed, are unclear or wait far too long, by cohort; None for those to organizers-to-be.

    Not those that somebody has seen to: the invitation was mailed once more, used, or taken back.
    """
    mended = Mail.objects.filter(invitation=OuterRef("invitation"), pk__gt=OuterRef("pk"))
    done = Q(invitation__revoked_at__isnull=False) | Q(invitation__uses__gte=F("invitation__max_uses"))
    here = Mail.objects.filter(Q(cohort__in=list(cohorts)) | Q(cohort=None), created_at__gte=timezone.now() - RECENT)
    troubled = here.filter(Mail.trouble()).exclude(Exists(mended)).exclude(done)
    return dict(troubled.order_by().values_list("cohort").annotate(n=Count("pk")))
