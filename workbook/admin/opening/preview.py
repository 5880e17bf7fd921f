"""All dates that a form would give, each with what there is to say about it, before anything is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from workbook.admin.doubts import Date, find_doubts
from workbook.dates import Planned, on_clock
from workbook.models.plan import validate_date

from .form import OpeningForm
from .origin import Outline

LOCAL = "%Y-%m-%dT%H:%M"
"""How a browser's own picker writes a moment."""


@dataclass
class Row:
    """One week: its dates, what the box holds, and the notes; `warnings` are to be looked at."""

    outline: Outline
    planned: Planned
    proposed: str
    typed: str
    warnings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def session_at(self) -> datetime:
        return self.planned.session_at

    @property
    def date(self) -> Date:
        return Date(self.session_at, self.outline.minutes, self.planned.is_skipped)

    @property
    def told(self) -> tuple[str, ...]:
        """What is to be seen before the cohort is opened; what she typed herself she has seen."""
        return self.proposed, self.outline.theme, *self.warnings

    @property
    def opens_now(self) -> bool:
        """Whether members can write as soon as the cohort is open."""
        return self.planned.opens_at <= timezone.now()


@dataclass
class Preview:
    """All weeks; none without a workbook and a first session."""

    rows: list[Row]
    opens_by_rule: bool = True

    @property
    def is_ready(self) -> bool:
        return bool(self.rows) and not any(row.error for row in self.rows)

    @property
    def sessions(self) -> list[datetime]:
        return [row.session_at for row in self.rows]

    @property
    def warnings(self) -> int:
        """How many weeks have something to be looked at."""
        return sum(1 for row in self.rows if row.warnings or row.error)

    @property
    def signs(self) -> set[str]:
        """A short sign for each thing to be seen before the button is pressed: all that the weeks tell."""
        seen = [(row.outline.number, text) for row in self.rows for text in row.told]
        return {hashlib.sha256(repr(one).encode()).hexdigest()[:12] for one in seen}

    @property
    def shown(self) -> str:
        """All signs, for the page to send along."""
        return " ".join(sorted(self.signs))

    def was_shown(self, sent: str) -> bool:
        """Whether a page that sent these signs showed all that there is to see."""
        return self.signs <= set(sent.split())


def preview_of(form: OpeningForm) -> Preview:
    """What the form would open. It must be validated, though not valid; its zone is the current one."""
    first, zone = form.cleaned_data.get("first_session"), form.zone
    if not first or not form.rhythm:
        return Preview([])
    proposed = form.rhythm.lay_out(first, zone)
    typed = [_typed(form.data, week, plan, zone) for week, plan in zip(form.outlines[1:], proposed[1:], strict=True)]
    chosen = dict(enumerate([None, *(read.at for read in typed)]))
    laid = form.rhythm.lay_out(first, zone, {place: at for place, at in chosen.items() if at})
    rows = [
        Row(week, planned, _local(plan.session_at, zone), _local(planned.session_at, zone))
        for week, planned, plan in zip(form.outlines, laid, proposed, strict=True)
    ]
    for row, read in zip(rows[1:], typed, strict=True):
        row.error = read.error
        row.typed = read.text or row.typed
    _check_order(rows)
    _remark(rows, form.rhythm.uneven)
    doubts = find_doubts([row.date for row in rows], form.lead_emails, zone, form.twin)
    for row, found in zip(rows, doubts, strict=True):
        row.warnings = found
    return Preview(rows, opens_by_rule=not any(form.rhythm.leads))


@dataclass(frozen=True)
class _Read:
    """What stood in the box of one date: nothing of one's own (`at` and `text` empty), a moment, or a mistake."""

    at: datetime | None = None
    text: str = ""
    error: str = ""


def _typed(data: Mapping[str, str], week: Outline, planned: Planned, zone: ZoneInfo) -> _Read:
    """A date is one's own if it is not what was proposed, neither now nor when the box was filled."""
    text = data.get(f"session-{week.number}", "").strip()
    proposals = {"", data.get(f"planned-{week.number}", ""), _local(planned.session_at, zone)}
    if text in proposals:
        return _Read()
    try:
        return _Read(forms.DateTimeField(validators=[validate_date]).clean(text), text)
    except ValidationError as error:
        return _Read(text=text, error=" ".join(error.messages))


def _local(at: datetime, zone: ZoneInfo) -> str:
    return on_clock(at, zone).strftime(LOCAL)


def _check_order(rows: list[Row]) -> None:
    for before, row in pairwise(rows):
        if not row.error and row.session_at <= before.session_at:
            row.error = _("This session must be after the one before.")
    for row in rows[1:]:
        try:
            validate_date(row.session_at)
        except ValidationError as error:
            row.error = row.error or " ".join(error.messages)


def _remark(rows: list[Row], uneven: list[bool]) -> None:
    """Say which dates do not simply follow the first one."""
    for row, is_uneven in zip(rows, uneven, strict=True):
        if row.planned.is_fixed:
            row.remarks.append(_("Chosen by hand: stays when the first session moves."))
        elif is_uneven:
            row.remarks.append(_("Not a week after the one before, as in the earlier run."))
