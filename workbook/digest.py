"""Who is to be told that comments have arrived: once a day at most, of all that she has not seen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Mail, Membership, User

from .models import Feedback
from .reminders import after_the_night

GATHER = timedelta(minutes=30)
"""So long a comment waits for others, and for its reader, before it is told of."""

SETTLED = timedelta(minutes=1)
"""Comments of the last minute belong to the next mail: by then whatever was being stored is stored."""

NEWS = timedelta(days=7)
"""Comments older than this are news no more."""

TOLD = (Mail.State.SENDING, Mail.State.SENT, Mail.State.UNKNOWN)


@dataclass
class Digest:
    """The comments of one cohort of which a member knows nothing yet, oldest first."""

    membership: Membership
    comments: list[Feedback]
    last_told: datetime | None = None
    """When a mail of this kind last went to her, from any cohort."""

    kind = Mail.Kind.FEEDBACK

    @property
    def key(self) -> str:
        return f"feedback:{self.membership.user_id}:{self._day(timezone.now())}"

    def _day(self, moment: datetime) -> str:
        return timezone.localtime(moment, self.membership.cohort.zone).date().isoformat()

    def next_moment(self, now: datetime) -> datetime:
        """When she is told: not on a day on which she was told before, and not at night."""
        zone = self.membership.cohort.zone
        moment = max(now, self.comments[0].created_at + GATHER)
        if self.last_told and self._day(self.last_told) == self._day(moment):
            local = timezone.localtime(moment, zone)
            moment = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return after_the_night(moment, zone)

    def is_now(self, now: datetime) -> bool:
        return self.next_moment(now) <= now


def digests(now: datetime, *, cohort: int | None = None, member: int | None = None, but: int = 0) -> list[Digest]:
    """The untold comments of each member of today who wants such mails; of each person one cohort only.

    A cohort that is finished counts too: the last comments are the ones that come after it.

    Args:
        but: a mail that does not count as told, because it is the one that is about to tell.
    """
    comments = list(_unseen(now, cohort, member))
    told = _told({comment.revision.response.membership.user for comment in comments}, now, but)
    by_member: dict[int, Digest] = {}
    for comment in comments:
        membership = comment.revision.response.membership
        if not _is_told(comment, membership, told[membership.user_id]):
            last = max((moment for _cohort, moment in told[membership.user_id]), default=None)
            by_member.setdefault(membership.pk, Digest(membership, [], last)).comments.append(comment)
    by_person: dict[int, Digest] = {}
    for digest in by_member.values():  # of two cohorts the one whose comment waits longest, the other another day
        by_person.setdefault(digest.membership.user_id, digest)
    return list(by_person.values())


def due(now: datetime, *, cohort: int | None = None, member: int | None = None, but: int = 0) -> list[Digest]:
    """What is to be told now, whether the mail is written already or not. Two queries."""
    return [digest for digest in digests(now, cohort=cohort, member=member, but=but) if digest.is_now(now)]


def _unseen(now: datetime, cohort: int | None, member: int | None) -> Iterable[Feedback]:
    """New comments that their readers have not seen, oldest first, without their text."""
    path = "revision__response__membership"
    rows = Feedback.objects.filter(
        Q(**{f"{path}__left_at": None, f"{path}__cohort__deleted_at": None}),
        Q(**{f"{path}__user__is_active": True, f"{path}__user__mails_feedback": True}),
        seen_at=None,
        created_at__gt=now - NEWS,
        created_at__lte=now - SETTLED,
    )
    if cohort is not None:
        rows = rows.filter(**{f"{path}__cohort": cohort})
    if member is not None:
        rows = rows.filter(**{path: member})
    whole = ("author", f"{path}__user", f"{path}__cohort", "revision__response__prompt__section__week")
    words = ("text", "revision__text", "revision__response__text")
    return rows.select_related(*whole).defer(*words).order_by("created_at", "pk")


def _told(people: set[User], now: datetime, but: int) -> dict[int, list[tuple[int | None, datetime]]]:
    """When each was told of comments, with the cohort; None for mails of a time that did not note it."""
    ids = {person.email: person.pk for person in people}
    mails = Mail.objects.filter(kind=Mail.Kind.FEEDBACK, state__in=TOLD, created_at__gt=now - 2 * NEWS).exclude(pk=but)
    moments = mails.annotate(at=Coalesce("claimed_at", "sent_at", "created_at"))
    known = moments.filter(Q(recipient__in=people) | Q(recipient=None, to__in=ids))
    told: dict[int, list[tuple[int | None, datetime]]] = defaultdict(list)
    for person, to, cohort, at in known.values_list("recipient", "to", "cohort", "at"):
        told[person or ids[to]].append((cohort, at))
    return told


def _is_told(comment: Feedback, membership: Membership, told: list[tuple[int | None, datetime]]) -> bool:
    """Whether a mail went out for this cohort after the comment had settled."""
    here = (at for cohort, at in told if cohort in (None, membership.cohort_id))
    return any(comment.created_at <= at - SETTLED for at in here)
