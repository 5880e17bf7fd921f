"""When the weeks of a run lie: told from its first session, on the clocks of its time zone. Knows no database.

Moments are in UTC: two moments of one zone are compared by what clocks show, and in autumn clocks show an hour twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

BETWEEN_SESSIONS = timedelta(days=7)
OPEN_BEFORE_FIRST = timedelta(days=7)


def on_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in the zone show at a moment, without a zone of its own."""
    return moment.astimezone(zone).replace(tzinfo=None)


def at_clock(clock: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in the zone show this; the first one if they show it twice.

    A time that they skip when summer begins becomes as much later as they skip.
    """
    return clock.replace(tzinfo=zone).astimezone(UTC)


def opening_days(sessions: Sequence[datetime], zone: ZoneInfo) -> list[datetime]:
    """When each week opens: at midnight after the session before it, the first one seven days before its own.

    A week never opens after its own session, however close two sessions are.
    """
    if not sessions:
        return []
    first = on_clock(sessions[0], zone).date() - OPEN_BEFORE_FIRST
    days = [first, *(on_clock(session, zone).date() + timedelta(days=1) for session in sessions[:-1])]
    midnights = (at_clock(datetime.combine(day, time()), zone) for day in days)
    return [min(pair) for pair in zip(midnights, (at.astimezone(UTC) for at in sessions), strict=True)]


@dataclass(frozen=True)
class Planned:
    """The dates of one week. `is_fixed`: chosen by hand; `is_skipped`: clocks do not show the hour that was meant."""

    session_at: datetime
    opens_at: datetime
    is_fixed: bool = False
    is_skipped: bool = False


@dataclass(frozen=True)
class Rhythm:
    """How the sessions of a run follow its first one, and when its weeks open.

    `after`: how far each session is from the first one, on the clock. `leads`: how long before its session a week
    opens, where somebody chose that; None where it opens by the rule.
    """

    after: tuple[timedelta, ...]
    leads: tuple[timedelta | None, ...]

    @classmethod
    def weekly(cls, count: int) -> Self:
        """Once a week, opening by the rule."""
        return cls(tuple(number * BETWEEN_SESSIONS for number in range(count)), (None,) * count)

    @classmethod
    def of(cls, sessions: Sequence[datetime], opens: Sequence[datetime], zone: ZoneInfo) -> Self:
        """The rhythm of a run that has its dates already."""
        clocks = [on_clock(session, zone) for session in sessions]
        dates = zip(clocks, opens, opening_days(sessions, zone), strict=True)
        leads = (None if chosen == rule else clock - on_clock(chosen, zone) for clock, chosen, rule in dates)
        return cls(tuple(clock - clocks[0] for clock in clocks), tuple(leads))

    @property
    def uneven(self) -> list[bool]:
        """For each session, whether it is not a week after the one before, at the same hour."""
        before = (timedelta(0) - BETWEEN_SESSIONS, *self.after)
        return [after - last != BETWEEN_SESSIONS for after, last in zip(self.after, before, strict=False)]

    def clocks(self, first: datetime, zone: ZoneInfo) -> list[datetime]:
        """What clocks are meant to show at each session."""
        begin = on_clock(first, zone)
        return [begin + after for after in self.after]

    def sessions(self, first: datetime, zone: ZoneInfo) -> list[datetime]:
        """The moments of all sessions, the first one at `first` (aware)."""
        later = [at_clock(clock, zone) for clock in self.clocks(first, zone)[1:]]
        return [first.astimezone(UTC), *later][: len(self.after)]

    def opening_days(self, sessions: Sequence[datetime], zone: ZoneInfo) -> list[datetime]:
        """When the weeks of these sessions open."""
        days = zip(sessions, self.leads, opening_days(sessions, zone), strict=True)
        return [
            rule if lead is None else min(at_clock(on_clock(at, zone) - lead, zone), at.astimezone(UTC))
            for at, lead, rule in days
        ]

    def lay_out(self, first: datetime, zone: ZoneInfo, fixed: Mapping[int, datetime] | None = None) -> list[Planned]:
        """All dates from the first session on; `fixed` holds those chosen by hand, by their place from 0."""
        fixed, meant = fixed or {}, self.clocks(first, zone)
        sessions = [fixed.get(place, at).astimezone(UTC) for place, at in enumerate(self.sessions(first, zone))]
        return [
            Planned(at, opens, place in fixed, place not in fixed and on_clock(at, zone) != meant[place])
            for place, (at, opens) in enumerate(zip(sessions, self.opening_days(sessions, zone), strict=True))
        ]


def planned_sessions(first: datetime, count: int, zone: ZoneInfo) -> list[datetime]:
    """`count` moments a week apart from `first` on, at the same time on the zone's clocks, summer time or not."""
    return Rhythm.weekly(count).sessions(first, zone)
