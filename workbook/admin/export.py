"""How far the members of a cohort are, as a table for spreadsheets: what is written, never what it says; who came."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cohorts.models import Cohort, Membership, User
from workbook.models import Attendance, Response, Section

FORMULA = re.compile(r"^[\s\0]*[=+\-@＝＋－＠−]|^[\t\r\n\0]")
"""What a spreadsheet would take for a formula, were it not for an apostrophe before it."""

Cells = list[str | int]


class ProgressExport:
    """For the cohort's pages in the office: its progress to take away. For organizers alone."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_GET(self.progress_view))
        return [path("<int:pk>/progress.csv", view, name="cohorts_cohort_progress"), *super().get_urls()]

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who has written what, as CSV that opens in Excel with its Japanese whole."""
        cohort = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if cohort is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="{slugify(cohort.slug)}-progress.csv"'}
        return HttpResponse(progress_csv(request.user, cohort), content_type="text/csv; charset=utf-8", headers=headers)


def progress_csv(user: User, cohort: Cohort) -> bytes:
    """UTF-8 with a byte order mark, every cell quoted, none of them a formula. Four queries."""
    file = io.StringIO(newline="")
    table = csv.writer(file, quoting=csv.QUOTE_ALL)
    table.writerows([harmless(cell) for cell in row] for row in progress_rows(user, cohort))
    return file.getvalue().encode("utf-8-sig")


def harmless(cell: Any) -> str:
    """A cell that no spreadsheet computes: names come from outside."""
    text = str(cell)
    return f"'{text}" if FORMULA.match(text) else text


def progress_rows(user: User, cohort: Cohort) -> Iterator[Cells]:
    """The head, one row for each member of today in the order of joining, and how many wrote in each section.

    After the sections stands, week by week, who took part in the session.
    """
    sections = list(_sections(cohort))
    weeks = list({one.week_id: one.week for one in sections}.values())
    headings = [f"{one.week.label} {one.heading}" for one in sections]
    sessions = [_("%(week)s session") % {"week": week.label} for week in weeks]
    yield [_("Nickname"), _("joined"), _("Sections written"), *headings, *sessions]
    members = list(_members(cohort))
    boxes, came = _count_boxes(user, cohort), _attended(user, cohort)
    for member in members:
        states = [_state(boxes[member.pk, section.pk], section.boxes) for section in sections]
        joined = timezone.localtime(member.joined_at, cohort.zone).date().isoformat()
        there = [_("Took part") if (member.pk, week.pk) in came else "" for week in weeks]
        yield [str(member.user), joined, sum(state == _("Written") for state in states), *states, *there]
    written = [sum(0 < one.boxes <= boxes[member.pk, one.pk] for member in members) for one in sections]
    there = [sum((member.pk, week.pk) in came for member in members) for week in weeks]
    yield [_("How many wrote or took part"), "", "", *written, *there]


def _sections(cohort: Cohort) -> Iterable[Any]:
    """All sections in the order of the page, each with its week and the number of its `boxes`."""
    here = Section.objects.filter(week__cohort=cohort).select_related("week").annotate(boxes=Count("prompts"))
    return here.order_by("week__number", "position", "pk")


def _members(cohort: Cohort) -> Iterable[Membership]:
    here = Membership.objects.current().members().filter(cohort=cohort)
    return here.select_related("user").order_by("joined_at", "pk")


def _count_boxes(user: User, cohort: Cohort) -> Counter[tuple[int, int]]:
    """How many boxes are written, by membership and section."""
    written = Response.objects.progress_for(user).filter(membership__cohort=cohort, written=True)
    return Counter(written.order_by().values_list("membership", "prompt__section"))


def _attended(user: User, cohort: Cohort) -> set[tuple[int, int]]:
    """Who took part in which session, by membership and week."""
    here = Attendance.objects.progress_for(user).filter(membership__cohort=cohort)
    return set(here.order_by().values_list("membership", "week"))


def _state(written: int, boxes: int) -> str:
    if written and written >= boxes:
        return _("Written")
    return _("Begun") if written else ""
