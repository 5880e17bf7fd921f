"""The board of a week: who wrote what, at a glance, and what of it is to be read. Never the words."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from django.contrib import admin
from django.db.models import Max, TextChoices
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cohorts.models import Membership, User
from workbook.models import Attendance, Draft, Feedback, Prompt, Readers, Reading, Response, Section, Week

from .chart import Chart, count_writers
from .notice import notice
from .runs import long_ago
from .stamp import WRITING

SIGN = '<svg class="sign" aria-hidden="true"><use href="#sign-{}"/></svg>{}'

Place = tuple[int, int]
"""A membership's and a prompt's id."""


class State(TextChoices):
    """What one box of one member is to the facilitator who looks."""

    EMPTY = "empty", gettext_lazy("nothing yet")
    WRITING = "writing", gettext_lazy("being written")
    STARTED = "started", gettext_lazy("begun")
    WRITTEN = "written", gettext_lazy("written")
    UNREAD = "unread", gettext_lazy("unread")
    CHANGED = "changed", gettext_lazy("changed after your comment")
    PRIVATE = "private", gettext_lazy("for herself")


@dataclass
class Cell:
    """One box of one member. `answering` are the other facilitators who write a comment on it now.

    `sign` is its state as HTML, which the many cells of a state share.
    """

    sign: str
    state: State = State.EMPTY
    is_written: bool = False
    is_unread: bool = False
    answering: list[str] = field(default_factory=list)


@dataclass
class Row:
    membership: Membership
    cells: list[Cell]
    came: bool = False
    """Whether she took part in the session."""


@dataclass
class Column:
    """One prompt, with how many members of today wrote there."""

    prompt: Prompt
    written: int


class Board:
    """Members × prompts of a week, and the chart of all weeks. Ten queries, however many there are."""

    def __init__(self, user: User, week_id: int) -> None:
        """Raises Http404 unless the user facilitates the week's cohort."""
        self.user = user
        here = Week.objects.filter(cohort__in=user.facilitated, cohort__weeks=week_id)
        self.weeks = list(here.select_related("cohort").order_by("number").with_prompts())
        self.week = next((week for week in self.weeks if week.pk == week_id), None)
        if self.week is None:
            raise Http404
        self.cohort = self.week.cohort
        self.prompts = [prompt for section in self.week.sections.all() for prompt in section.prompts.all()]
        members, cells, came = self._find_members(), self._find_cells(), self._find_came()
        rows = [Row(one, [cells[one.pk, prompt.pk] for prompt in self.prompts], one.pk in came) for one in members]
        self.rows = [row for row in rows if row.membership.left_at is None]
        self.left = [row for row in rows if row.membership.left_at]

    @cached_property
    def sections(self) -> list[tuple[Section, list[Column]]]:
        """The head of the table: each section with its prompts."""
        written = Counter(place for row in self.rows for place, cell in enumerate(row.cells) if cell.is_written)
        columns = iter([Column(prompt, written[place]) for place, prompt in enumerate(self.prompts)])
        return [(one, list(islice(columns, len(one.prompts.all())))) for one in self.week.sections.all()]

    @cached_property
    def chart(self) -> Chart:
        sections = [section for week in self.weeks for section in week.sections.all()]
        return Chart(self.weeks, count_writers(self.user, sections), len(self.rows))

    @property
    def notice(self) -> str:
        """What to post in the salon's chat about this week; nothing when it is long over, or for nobody."""
        if not self.rows or self.week.session_ends_at < long_ago():
            return ""
        return notice(self.week, list(self.week.sections.all()), self.chart.writers, len(self.rows))

    def _find_members(self) -> list[Membership]:
        """Those of today and those who left, in the order in which they joined."""
        return list(Membership.objects.led_by(self.user).filter(cohort=self.cohort).select_related("user"))

    def _find_cells(self) -> dict[Place, Cell]:
        signs = self.signs
        cells: dict[Place, Cell] = defaultdict(lambda: Cell(signs[State.EMPTY]))
        for place in self._find_private():
            cells[place] = Cell(signs[State.PRIVATE], State.PRIVATE, is_written=True)
        answered, since = self._find_answered(), timezone.now() - WRITING
        for row in self._find_readable():
            state = state_of(row, since, answered.get(row.pk))
            cells[row.membership, row.prompt] = Cell(signs[state], state, row.written, row.is_unread)
        for member, prompt, name in self._find_answering():
            cells[member, prompt].answering.append(name)
        return cells

    def _find_private(self) -> Iterable[Place]:
        """Where something is written for the writer alone. Something that does not count as written is not told."""
        there = Response.objects.progress_for(self.user).filter(prompt__in=self.prompts, readers=Readers.SELF)
        return there.filter(written=True).values_list("membership", "prompt")

    def _find_readable(self) -> Iterable[Any]:
        texts = Response.objects.answerable_by(self.user).filter(prompt__in=self.prompts).exclude(text="")
        marked = Reading.objects.mark(texts, self.user)
        names = ["pk", "membership", "prompt", "written", "version", "updated_at", "is_unread"]
        return marked.values_list(*names, named=True)

    def _find_answered(self) -> dict[int, int]:
        """The responses on which she has commented, each with the last version that she has answered."""
        mine = Feedback.objects.readable_by(self.user).filter(author=self.user)
        here = mine.filter(revision__response__prompt__in=self.prompts).order_by()
        return dict(here.values_list("revision__response").annotate(answered=Max("revision__version")))

    def _find_answering(self) -> Iterable[tuple[int, int, str]]:
        here = Draft.objects.beside(self.user).filter(response__prompt__in=self.prompts)
        return here.values_list("response__membership", "response__prompt", "author__nickname")

    def _find_came(self) -> set[int]:
        """The memberships of who took part in the week's session, as they said themselves or a facilitator noted."""
        here = Attendance.objects.progress_for(self.user).filter(week=self.week)
        return set(here.values_list("membership", flat=True))

    @property
    def came(self) -> int:
        """How many members of today took part in the session."""
        return sum(row.came for row in self.rows)

    @property
    def has_session(self) -> bool:
        """Whether the session has begun, or somebody has said already that she takes part."""
        return self.week.session_has_begun or any(row.came for row in self.everybody)

    @cached_property
    def unread(self) -> int:
        """How many texts wait to be read, of those who left too."""
        return sum(cell.is_unread for row in self.everybody for cell in row.cells)

    @cached_property
    def next_unread(self) -> Membership | None:
        """With whom to go on reading: who joined first."""
        waiting = (row.membership for row in self.everybody if any(cell.is_unread for cell in row.cells))
        return min(waiting, key=lambda one: (one.joined_at, one.pk), default=None)

    @cached_property
    def has_words(self) -> bool:
        """Whether there is anything that she may read."""
        closed = (State.EMPTY, State.PRIVATE)
        return any(cell.state not in closed for row in self.everybody for cell in row.cells)

    @cached_property
    def is_grouped(self) -> bool:
        """Whether a section asks more than one question: then its heading stands above them."""
        return any(len(columns) > 1 for _section, columns in self.sections)

    @property
    def everybody(self) -> list[Row]:
        return [*self.rows, *self.left]

    @property
    def begun(self) -> int:
        """How many members of today have written anything this week."""
        return sum(any(cell.is_written for cell in row.cells) for row in self.rows)

    @cached_property
    def signs(self) -> dict[State, str]:
        """Each state's sign and word."""
        return {state: format_html(SIGN, state.value, state.label) for state in State}


def state_of(row: Any, since: datetime, answered: int | None) -> State:
    """What a readable text is to her: first of all that somebody is at it, then what is new, then how far it is.

    Args:
        row: a readable response that is not empty, with `is_unread`.
        since: whatever changed after that moment is still being written.
        answered: the version that her last comment answers; None if she has not commented.
    """
    if row.updated_at > since:
        return State.WRITING
    if row.is_unread:
        return State.CHANGED if answered is not None and answered < row.version else State.UNREAD
    return State.WRITTEN if row.written else State.STARTED


@require_GET
def show_board(request: HttpRequest, week_id: int) -> HttpResponse:
    """The board of a week, or its regions alone where the page itself asks for news."""
    board = Board(request.user, week_id)
    title = _("Board of %(week)s") % {"week": board.week.label}
    context = {**admin.site.each_context(request), "title": title, "board": board}
    template = "page.html" if request.is_live else "board.html"
    return TemplateResponse(request, f"admin/workbook/board/{template}", context)
