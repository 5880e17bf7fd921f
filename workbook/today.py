"""今週: where a person stands today, and the one thing to do next."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohorts.models import Cohort, Membership, User

from .models import Feedback, Prompt, Response, Section, Week
from .worksheet import Box, Sheet, sheets_of

AFTERGLOW = timedelta(days=7)
"""How long after its last session a cohort still counts as running."""


@dataclass
class Run:
    """One cohort of the person, with its weeks."""

    membership: Membership
    weeks: list[Week] = field(default_factory=list)

    @property
    def cohort(self) -> Cohort:
        return self.membership.cohort

    @property
    def phase(self) -> str:
        """`running`, `coming` or `finished`, by the organizers or by the calendar; without weeks it is still coming."""
        now = timezone.now()
        if self.cohort.finished_at:
            return "finished"
        if not self.weeks or self.weeks[0].opens_at > now:
            return "coming"
        return "finished" if self.weeks[-1].session_ends_at + AFTERGLOW < now else "running"

    @property
    def rank(self) -> tuple[int, float]:
        """The running one first, then the coming ones, then the finished ones, latest first."""
        order = ["running", "coming", "finished"].index(self.phase)
        start = self.weeks[0].opens_at.timestamp() if self.weeks else 0.0
        return order, start if self.phase == "coming" else -start

    @property
    def week(self) -> Week | None:
        """The last opened week."""
        return next((week for week in reversed(self.weeks) if week.is_open), None)


class Today:
    """What 今週 shows, in at most five queries after the user."""

    def __init__(self, user: User) -> None:
        self.user = user
        runs = {cohort: Run(membership) for cohort, membership in user.places.items()}
        for week in Week.objects.filter(cohort__in=runs) if runs else []:
            week.cohort = runs[week.cohort_id].cohort
            runs[week.cohort_id].weeks.append(week)
        self.runs = sorted(runs.values(), key=lambda run: run.rank)
        self.run = self.runs[0] if self.runs else None
        self.week = self.run.week if self.run else None
        self.before: Week | None = None
        self.sheets: list[Sheet] = []
        self.left_over: list[Sheet] = []
        self.promise: Response | None = None
        self.last_promise: Response | None = None
        if self.week:
            self._load()

    def _load(self) -> None:
        number = self.week.number
        self.before = next((week for week in reversed(self.run.weeks) if week.number < number), None)
        near = [week.pk for week in (self.before, self.week) if week]
        prompts = list(Prompt.objects.filter(section__week__in=near).in_order())
        boxes = {prompt.pk: Box(prompt) for prompt in prompts}
        mine = Response.objects.filter(membership=self.run.membership, prompt__section__week__in=near)
        for response in mine:
            boxes[response.prompt_id].fill(response)
        sheets = sheets_of(prompts, boxes)
        self.sheets = [sheet for sheet in sheets if sheet.section.week_id == self.week.pk]
        if self.before:
            earlier = [sheet for sheet in sheets if sheet.section.week_id == self.before.pk]
            self.promise = promise_of(earlier)
            self.left_over = [sheet for sheet in earlier if sheet.state != "written"]
        if self.phase == "finished":
            self.last_promise = promise_of(self.sheets)

    @property
    def phase(self) -> str:
        """`none` without a cohort, else that of the first one."""
        return self.run.phase if self.run else "none"

    @property
    def is_facilitator(self) -> bool:
        """Whether she facilitates the cohort that is shown."""
        return self.run.membership.is_facilitator

    @property
    def weight(self) -> str:
        """The writing button is the one primary action, but for facilitators, who read."""
        return "quiet" if self.is_facilitator else "primary"

    @cached_property
    def next_box(self) -> Box | None:
        """The next box to write; before the session that is one's own thoughts only."""
        for sheet in self.sheets:
            if self.is_due(sheet) and sheet.next_box:
                return sheet.next_box
        return None

    @property
    def has_begun(self) -> bool:
        """Whether anything is in this week's boxes."""
        return any(sheet.state != "empty" for sheet in self.sheets)

    def is_due(self, sheet: Sheet) -> bool:
        """Whether it is time for this section: thoughts always, the others once the session has begun."""
        return sheet.section.kind == Section.Kind.REFLECTION or self.week.session_has_begun

    @cached_property
    def rows(self) -> list[tuple[Sheet, bool]]:
        """The week's sections, each with whether it is time for it."""
        return [(sheet, self.is_due(sheet)) for sheet in self.sheets]

    @cached_property
    def days_left(self) -> int:
        """Calendar days until the session, in the cohort's time zone; 0 on the day."""
        zone = self.run.cohort.zone
        return (self.week.session_at.astimezone(zone).date() - timezone.localdate(timezone=zone)).days

    @cached_property
    def left(self) -> list[Cohort]:
        """Cohorts that she left, where her words still stand. One query."""
        hers = Membership.objects.filter(user=self.user).exclude(cohort__in=self.user.joined)
        written = Response.objects.filter(membership=OuterRef("pk"))
        return list(Cohort.objects.filter(memberships__in=hers.filter(Exists(written))))

    @cached_property
    def new_feedback(self) -> list[Feedback]:
        """Comments that she has not seen yet, with the week in which they stand. One query."""
        comments = Feedback.objects.filter(
            seen_at=None, revision__response__membership__in=[run.membership for run in self.runs]
        )
        return list(comments.select_related("author", "revision__response__prompt__section__week__cohort")[:20])


def promise_of(sheets: list[Sheet]) -> Response | None:
    """The action of a week, if it holds own words."""
    for sheet in sheets:
        if sheet.section.kind == Section.Kind.ACTION:
            return next((box.response for box in sheet.boxes if box.state == "written"), None)
    return None
