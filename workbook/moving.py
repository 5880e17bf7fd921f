"""Moving sessions of a run that is under way: what is past stays, and what is open to writing stays open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort

from .dates import Rhythm, at_clock, on_clock
from .models import Week
from .models.plan import validate_date


class DatesChanged(ValueError):
    """Somebody else has moved a session since these dates were shown."""


@dataclass(frozen=True)
class Move:
    """The dates of one week, as they were and as they will be. `is_skipped`: clocks do not show the hour meant."""

    week: Week
    was_at: datetime
    opened_at: datetime
    session_at: datetime
    opens_at: datetime
    is_skipped: bool = False

    @property
    def has_moved(self) -> bool:
        """Whether the session will be at another time."""
        return self.session_at != self.was_at

    @property
    def opens_anew(self) -> bool:
        """Whether the week will open on another day."""
        return self.opens_at != self.opened_at


def plan_moves(
    weeks: Sequence[Week], chosen: Mapping[int, datetime], zone: ZoneInfo, *, rest: bool, now: datetime
) -> list[Move]:
    """All weeks of a run, in order, with the dates that they would have.

    Args:
        chosen: new sessions by the number of their week. Of a week whose session has begun none is taken.
        rest: whether the weeks after a moved one move by the same difference on the clock; else they stay.
    """
    sessions, skipped = _moved_sessions(weeks, chosen, zone, rest=rest, now=now)
    rhythm = Rhythm.of([week.session_at for week in weeks], [week.opens_at for week in weeks], zone)
    moves, last_moved = [], False
    for week, at, is_skipped, opens in zip(weeks, sessions, skipped, rhythm.opening_days(sessions, zone), strict=True):
        has_moved = at != week.session_at
        stays = week.opens_at <= now or not (has_moved or last_moved)
        opens_at = week.opens_at if stays else opens
        moves.append(Move(week, week.session_at, week.opens_at, at, opens_at, is_skipped))
        last_moved = has_moved
    return moves


def _moved_sessions(
    weeks: Sequence[Week], chosen: Mapping[int, datetime], zone: ZoneInfo, *, rest: bool, now: datetime
) -> tuple[list[datetime], list[bool]]:
    """The sessions to be, and for each whether clocks skip the hour that was meant."""
    difference, sessions, skipped = timedelta(0), [], []
    for week in weeks:
        at, meant = week.session_at, None
        if at > now and week.number in chosen:
            at = chosen[week.number].astimezone(UTC)
            difference = on_clock(at, zone) - on_clock(week.session_at, zone)
        elif at > now and rest and difference:
            meant = on_clock(at, zone) + difference
            at = at_clock(meant, zone)
        sessions.append(at)
        skipped.append(meant is not None and on_clock(at, zone) != meant)
    return sessions, skipped


def faults_of(moves: Sequence[Move], now: datetime) -> dict[int, str]:
    """What is wrong with the new dates, by the number of the week."""
    found = {}
    for move in moves:
        try:
            validate_date(move.session_at)
        except ValidationError as error:
            found[move.week.number] = " ".join(error.messages)
        if move.has_moved and move.session_at <= now:
            found[move.week.number] = _("This moment is past already.")
    for before, move in pairwise(moves):
        if move.session_at <= before.session_at and (before.has_moved or move.has_moved):
            found.setdefault(move.week.number, _("This session must be after the one before."))
    return found


@transaction.atomic
def move_sessions(
    cohort: Cohort, chosen: Mapping[int, datetime], *, rest: bool, seen: Mapping[int, datetime]
) -> list[Move]:
    """Move the sessions of a cohort; calendars are told. Gives the weeks whose dates changed.

    Args:
        chosen, rest: as in `plan_moves`.
        seen: the sessions, by the number of their week, from which the new dates were chosen.

    Raises:
        DatesChanged: they are others by now; nothing is moved then.
        ValidationError: a date cannot be; nothing is moved then.
    """
    now, weeks = timezone.now(), list(Week.objects.select_for_update().filter(cohort=cohort).order_by("number"))
    if {week.number: week.session_at for week in weeks} != dict(seen):
        raise DatesChanged
    moves = plan_moves(weeks, chosen, cohort.zone, rest=rest, now=now)
    if faults := faults_of(moves, now):
        raise ValidationError(list(faults.values()))
    changed = [move for move in moves if move.has_moved or move.opens_anew]
    for move in changed:
        move.week.session_at, move.week.opens_at = move.session_at, move.opens_at
        move.week.sequence += move.has_moved
    Week.objects.bulk_update([move.week for move in changed], ["session_at", "opens_at", "sequence"])
    return changed
