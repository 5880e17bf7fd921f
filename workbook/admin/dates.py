"""Moving the sessions of a cohort: all dates on one page, before and after beside each other, then one button."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.admin.scope import LocalMoment, moment
from cohorts.models import Cohort, User
from workbook.models import Week
from workbook.models.plan import validate_date
from workbook.moving import DatesChanged, Move, faults_of, move_sessions, plan_moves

from .doubts import Date, find_doubts

PAGE, PART = "admin/cohorts/cohort/dates.html", "admin/cohorts/cohort/dates_rows.html"
ALL, ONE = "all", "one"


class DatesForm(forms.Form):
    """One box for each session that is still to come, and whether those after a moved one move along."""

    rest = forms.ChoiceField(
        label=gettext_lazy("Do the later sessions move too?"),
        choices=[
            (ALL, gettext_lazy("Yes, by the same difference")),
            (ONE, gettext_lazy("No, only the one that I change")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )

    def __init__(self, weeks: list[Week], data: Any = None) -> None:
        super().__init__(data)
        for week in weeks:
            old = timezone.localtime(week.session_at)
            box = forms.DateTimeField(initial=old, widget=LocalMoment, validators=[validate_date])
            self.fields[f"session-{week.number}"] = box
            seen = forms.DateTimeField(initial=week.session_at, required=False, widget=forms.HiddenInput)
            self.fields[f"was-{week.number}"] = seen

    @property
    def all_move(self) -> bool:
        return self.data.get("rest", ALL) != ONE


@dataclass
class Row:
    """One week as the page shows it: what it was, what it would be, and what there is to say."""

    move: Move
    box: forms.BoundField | None = None
    seen: forms.BoundField | None = None
    error: str = ""
    warnings: list[str] = field(default_factory=list)

    @property
    def week(self) -> Week:
        return self.move.week


class Moving:
    """The page's state: the weeks, what was typed, and what would follow from it."""

    def __init__(self, cohort: Cohort, data: Any = None) -> None:
        self.cohort, self.now = cohort, timezone.now()
        self.weeks = list(cohort.weeks.order_by("number"))
        coming = [week for week in self.weeks if week.session_at > self.now]
        self.form = DatesForm(coming, data)
        self.is_open = bool(coming) and cohort.finished_at is None
        self.chosen = {week.number: at for week in coming if (at := self._typed(week))}
        self.moves = plan_moves(self.weeks, self.chosen, cohort.zone, rest=self.form.all_move, now=self.now)
        self.rows = self._rows({week.number for week in coming})

    def _typed(self, week: Week) -> datetime | None:
        """What was chosen for a week; None if its box was left as it is. Seconds cannot be typed, so they stay."""
        at = self._clean(f"session-{week.number}")
        return None if at is None or at == week.session_at.replace(second=0, microsecond=0) else at

    def _clean(self, name: str) -> datetime | None:
        return self.form.cleaned_data.get(name) if self.form.is_bound and not self.form.errors.get(name) else None

    def _rows(self, coming: set[int]) -> list[Row]:
        faults, rows = faults_of(self.moves, self.now), []
        for move in self.moves:
            number = move.week.number
            row = Row(move, error=faults.get(number, ""))
            if number in coming and self.is_open:
                row.box, row.seen = self.form[f"session-{number}"], self.form[f"was-{number}"]
                row.error = " ".join(row.box.errors) or row.error
            rows.append(row)
        self._doubt([row for row in rows if row.box])
        return rows

    def _doubt(self, rows: list[Row]) -> None:
        emails = list(self.cohort.memberships.current().facilitators().values_list("user__email", flat=True))
        dates = [Date(row.move.session_at, row.week.session_minutes, row.move.is_skipped) for row in rows]
        for row, found in zip(rows, find_doubts(dates, emails, self.cohort.zone, self.cohort), strict=True):
            row.warnings = found

    @property
    def changes(self) -> list[Move]:
        """The weeks that would be otherwise."""
        return [move for move in self.moves if move.has_moved or move.opens_anew]

    @property
    def is_ready(self) -> bool:
        return self.is_open and bool(self.changes) and not any(row.error for row in self.rows)

    @property
    def seen(self) -> dict[int, datetime]:
        """The sessions that the page showed when she began; for a week without a box, those of now."""
        typed = {week.number: self._clean(f"was-{week.number}") for week in self.weeks}
        return {week.number: typed[week.number] or week.session_at for week in self.weeks}

    @property
    def shown(self) -> str:
        """A short sign for everything that is to be seen before the button is pressed."""
        told = [(move.session_at, move.opens_at) for move in self.moves]
        return hashlib.sha256(repr((told, [row.warnings for row in self.rows])).encode()).hexdigest()[:16]


class Dates:
    """For the cohort's pages in the office: all its sessions, to be moved. For organizers alone."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.dates_view)
        return [path("<id:pk>/dates/", view, name="cohorts_cohort_dates"), *super().get_urls()]

    def dates_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Raises Http404 for whom the cohort is none of hers."""
        cohort = self.get_object(request, str(pk)) if self.has_change_permission(request) else None
        if cohort is None:
            raise Http404
        with timezone.override(cohort.zone):
            return dates_view(request, cohort, {**self.admin_site.each_context(request), "opts": self.opts})


def dates_view(request: HttpRequest, cohort: Cohort, context: dict[str, Any]) -> HttpResponse:
    """Its buttons: `check` shows what would be, `move` does it. A script asks for the `part` that follows the boxes."""
    moving = Moving(cohort, request.POST or None)
    if "move" in request.POST and moving.is_ready:
        response = _move(request, moving)
        if response:
            return response
    template = PART if "part" in request.GET else PAGE
    context = {**context, "title": _("Dates"), "subtitle": str(cohort), "cohort": cohort, "moving": moving}
    return TemplateResponse(request, template, context).render()


def _move(request: HttpRequest, moving: Moving) -> HttpResponse | None:
    """Move the sessions, if she has seen what follows, and it is still what follows."""
    if request.POST.get("shown") != moving.shown:
        messages.warning(request, _("There is something new about the dates. Please look once more; then move them."))
        return None
    try:
        with transaction.atomic():
            moves = move_sessions(moving.cohort, moving.chosen, rest=moving.form.all_move, seen=moving.seen)
            note_moves(request.user, moving.cohort, moves)
    except DatesChanged:
        messages.error(request, _("Somebody else has moved a session meanwhile. These are the dates of now."))
        return redirect("admin:cohorts_cohort_dates", moving.cohort.pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, _("The dates are changed. Calendars follow by themselves."))
    return redirect("admin:cohorts_cohort_dates", moving.cohort.pk)


def note_moves(user: User, cohort: Cohort, moves: list[Move]) -> None:
    """Write before and after into the cohort's history."""
    note = "; ".join(_noted(move, cohort.zone) for move in moves)
    LogEntry.objects.log_actions(user.pk, [cohort], CHANGE, note, single_object=True)


def _noted(move: Move, zone: ZoneInfo) -> str:
    """One week's change, for the cohort's history."""
    before, after = (move.was_at, move.session_at) if move.has_moved else (move.opened_at, move.opens_at)
    told = _("%(week)s: %(before)s → %(after)s") if move.has_moved else _("%(week)s opens: %(before)s → %(after)s")
    return told % {"week": move.week.label, "before": moment(before, zone), "after": moment(after, zone)}
