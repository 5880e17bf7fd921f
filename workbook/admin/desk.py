"""今週の様子: one cohort, its week and what waits in it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.utils import timezone

from cohorts.models import Cohort, Membership
from workbook.models import Section, Week

from .chart import Strip
from .notice import notice
from .runs import long_ago

GRACE = timedelta(days=3)
"""So long after the beginning nobody is said not to have begun."""
NAMED = 12
"""So many names stand on the start page; the others are counted."""


@dataclass
class Desk:
    """One cohort's week: how many wrote in each section, what is unread, and with whom to go on."""

    week: Week
    weeks: list[Week]
    """All of the cohort's, in order."""
    is_mine: bool = True
    sections: list[tuple[Section, int]] = field(default_factory=list)
    starters: Counter[int] = field(default_factory=Counter)
    """How many members have written anything in a week, by its id."""
    members: int = 0
    first_member: int | None = None
    unread: int = 0
    next_unread: int | None = None
    unread_before: int = 0
    next_before: tuple[int, int] | None = None
    drafts: int = 0
    first_draft: tuple[int, int] | None = None
    silent: list[Membership] = field(default_factory=list)
    not_begun: list[Membership] = field(default_factory=list)
    invitations: int = 0
    troubles: int = 0

    @property
    def cohort(self) -> Cohort:
        return self.week.cohort

    @property
    def has_words(self) -> bool:
        """Whether there is anything in this week that she may read."""
        return getattr(self.week, "has_words", False)

    @property
    def waiting(self) -> int:
        """How many texts wait to be read, of all weeks."""
        return self.unread + self.unread_before

    @property
    def is_over(self) -> bool:
        """Whether the cohort was finished or the last session was long ago: nothing presses any more."""
        return self.cohort.finished_at is not None or max(week.session_ends_at for week in self.weeks) < long_ago()

    @property
    def is_coming(self) -> bool:
        """Whether its first week is still to open."""
        return not any(week.is_open for week in self.weeks)

    @property
    def has_run(self) -> bool:
        """Whether it has been open for long and there is a session still to come."""
        begun = min(week.opens_at for week in self.weeks) < long_ago()
        return begun and any(not week.session_has_begun for week in self.weeks)

    @property
    def is_past_its_beginning(self) -> bool:
        return min(week.opens_at for week in self.weeks) < timezone.now() - GRACE

    @cached_property
    def strip(self) -> Strip:
        return Strip(self.weeks, self.starters, self.members)

    @cached_property
    def notice(self) -> str:
        """What to post in the salon's chat."""
        sections = [section for section, _written in self.sections]
        return notice(self.week, sections, {one.pk: written for one, written in self.sections}, self.members)

    @property
    def named(self) -> list[Membership]:
        return self.not_begun[:NAMED]

    @property
    def unnamed(self) -> int:
        return len(self.not_begun) - len(self.named)
