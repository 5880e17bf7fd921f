"""Where a new cohort comes from: the questions, the rhythm of the dates, and the people who may come along."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cohorts.admin.scope import is_id
from cohorts.models import Cohort, Membership, User
from workbook.dates import BETWEEN_SESSIONS, Rhythm, at_clock, on_clock
from workbook.importer import bundled, read
from workbook.models import Section, Week
from workbook.planned import PlannedSection, Workbook, WorkbookError

from .draft import Page

BUNDLED, UPLOADED = "bundled", "file"
MOST_RUNS = 30
"""Earlier runs to choose from; an older one is opened again from its own page."""
MINUTES = Week._meta.get_field("session_minutes").default
NOTICE = timedelta(days=7)
"""The first session that is proposed is at least so far away: week 1 opens a week before."""

PAUSE = timedelta(days=1)
"""Between the last session of a run and the first one of the next there is at least a night."""


@dataclass(frozen=True)
class Outline:
    """One week as the preview names it."""

    number: int
    theme: str
    due: str
    minutes: int = MINUTES


class Origin:
    """What an organizer has chosen to begin with, and what she may choose from.

    Args:
        chosen: the id of an earlier cohort, BUNDLED or UPLOADED; whatever is none of these is none of hers.
        page: the file for UPLOADED.

    `problem` says, once somebody has looked, why nothing can be read there.
    """

    def __init__(self, user: User, chosen: str | None, page: Page | None = None) -> None:
        self.user, self.page, self.problem = user, page, ""
        self.runs = {str(run.pk): run for run in self._runs(chosen or "")}
        self.chosen = next(iter(self.runs), BUNDLED) if chosen is None else chosen

    def _runs(self, chosen: str) -> list[Cohort]:
        """The newest ones that have weeks, and the chosen one however old it is."""
        mine = Cohort.objects.administered_by(self.user).filter(Exists(Week.objects.filter(cohort=OuterRef("pk"))))
        newest = list(mine.order_by("-created_at", "-pk")[:MOST_RUNS])
        if is_id(chosen) and int(chosen) not in {run.pk for run in newest}:
            newest += mine.filter(pk=chosen)
        return newest

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Value and words of everything that may be chosen."""
        return [
            *((pk, _("As in “%(name)s”") % {"name": run.name}) for pk, run in self.runs.items()),
            (BUNDLED, _("The workbook that comes with Hisho (four weeks)")),
            (UPLOADED, _("A file of my own")),
        ]

    @property
    def cohort(self) -> Cohort | None:
        """The earlier cohort that was chosen."""
        return self.runs.get(self.chosen)

    @cached_property
    def workbook(self) -> Workbook | None:
        """What the bundled page or the file asks; None for an earlier cohort. Raises WorkbookError."""
        if self.chosen == BUNDLED:
            return bundled()
        if self.chosen == UPLOADED:
            if self.page is None:
                raise WorkbookError(_("Please choose a file."))
            return read(self.page.content)
        return None

    @cached_property
    def weeks(self) -> list[Week]:
        """The weeks of the earlier cohort, with their sections."""
        return list(self.cohort.weeks.order_by("number").prefetch_related("sections")) if self.cohort else []

    @property
    def outlines(self) -> list[Outline]:
        """All weeks that the new cohort will have. Raises WorkbookError."""
        if self.workbook:
            return [Outline(week.number, week.theme, _due(week.sections)) for week in self.workbook.weeks]
        return [
            Outline(week.number, week.theme, _due(week.sections.all()), week.session_minutes) for week in self.weeks
        ]

    @property
    def rhythm(self) -> Rhythm:
        """How its dates follow the first session. Raises WorkbookError."""
        if not self.cohort:
            return Rhythm.weekly(len(self.outlines))
        sessions, opens = [week.session_at for week in self.weeks], [week.opens_at for week in self.weeks]
        return Rhythm.of(sessions, opens, self.cohort.zone)

    @cached_property
    def people(self) -> list[Membership]:
        """Who takes part in the earlier cohort today."""
        if not self.cohort:
            return []
        places = self.cohort.memberships.filter(left_at=None, user__is_active=True)
        return list(places.select_related("user").order_by("joined_at", "pk"))

    @property
    def leaders(self) -> list[User]:
        """Who facilitates the earlier cohort."""
        return [place.user for place in self.people if place.is_facilitator]

    @property
    def members(self) -> list[User]:
        return [place.user for place in self.people if not place.is_facilitator]

    def next_first_session(self) -> datetime | None:
        """When a next run may begin: at the earlier one's weekday and hour, after its end, with time to invite."""
        if not self.weeks:
            return None
        zone, clock = self.cohort.zone, on_clock(self.weeks[0].session_at, self.cohort.zone)
        earliest = on_clock(max(timezone.now() + NOTICE, self.weeks[-1].session_at + PAUSE), zone)
        return at_clock(clock - (clock - earliest) // BETWEEN_SESSIONS * BETWEEN_SESSIONS, zone)


def _due(sections: Iterable[Section | PlannedSection]) -> str:
    """By when one's own thoughts are asked for, in the workbook's words."""
    return next((section.due for section in sections if section.kind == Section.Kind.REFLECTION), "")
