"""Pages of members: 今週, the worksheet, 全体, one's own words."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.timezone import override as time_zone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from workbook import ics
from workbook.devices import device_label
from workbook.exporter import write_words
from workbook.markdown import render as render_markdown
from workbook.models import AccessRecord, PrivacyPage
from workbook.overview import Overview, OwnWords
from workbook.today import Today
from workbook.weekform import WeekForm
from workbook.worksheet import Worksheet, find_cohort


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """This week: the theme, the session, what is left, and one button."""
    page = Today(request.user)
    context = {"today": page, "nav": "today", "cohort": page.run.cohort if page.run else None}
    with time_zone(page.run.cohort.zone if page.run else None):
        return render(request, "workbook/today.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def week_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The worksheet of a week; a POST saves all its boxes, for browsers without JavaScript."""
    if request.method == "POST":
        return save_week(request, slug, number)
    sheet = Worksheet(request.user, slug, number)
    context = {"worksheet": sheet, "cohort": sheet.cohort, "nav": "week"}
    with time_zone(sheet.cohort.zone):
        if not sheet.week.is_open and sheet.membership:
            return render(request, "workbook/week_closed.html", context)
        sheet.load()
        sheet.record_reading()
        return render(request, "workbook/week.html", context)


def save_week(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Save all boxes of a worksheet; what cannot be saved stays on the page, with the reason."""
    form = WeekForm(request.user, slug, number)
    try:
        saved = form.save(request.POST, device_label(request))
    except OperationalError:
        saved = form.keep(request.POST, _("Cannot save right now. Please press Save once more."))
    if not saved:
        return show_unsaved(request, form, slug, number)
    messages.success(request, _("Saved."))
    return redirect("workbook:week_detail", slug, number)


def show_unsaved(request: HttpRequest, form: WeekForm, slug: str, number: int) -> HttpResponse:
    """The worksheet with what was typed, or the words to copy if it is not open for writing any more."""
    sheet = Worksheet(request.user, slug, number)
    if sheet.membership is None:
        return HttpResponse(_("Organizers see the sheet; only members write in it."), status=405)
    if not sheet.may_write:
        return show_ended(request, sheet)
    context = {"worksheet": sheet, "cohort": sheet.cohort, "nav": "week"}
    with time_zone(sheet.cohort.zone):
        if not sheet.week.is_open:
            typed = [text for name, text in request.POST.items() if name.startswith("text-") and text]
            return render(request, "workbook/week_closed.html", {**context, "typed": typed}, status=422)
        messages.error(request, _("Some boxes are not saved. Please look at the red notes below."))
        sheet.load()
        sheet.show(form.boxes)
        sheet.record_reading()
        return render(request, "workbook/week.html", context, status=422)


def show_ended(request: HttpRequest, sheet: Worksheet) -> HttpResponse:
    """The worksheet of a finished cohort, with the words that came too late to take along."""
    sheet.load()
    sheet.record_reading()
    context = {"worksheet": sheet, "cohort": sheet.cohort, "nav": "week", "typed": sheet.unsaved(request.POST)}
    with time_zone(sheet.cohort.zone):
        return render(request, "workbook/week.html", context, status=422)


@require_GET
def cohort_current(request: HttpRequest) -> HttpResponse:
    """Lead to the overview of the cohort that 今週 shows."""
    run = Today(request.user).run
    return redirect(run.cohort if run else "workbook:today")


@require_GET
def cohort_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """全体: the weeks at a glance and the people."""
    overview = Overview(request.user, slug)
    with time_zone(overview.cohort.zone):
        context = {"overview": overview, "cohort": overview.cohort, "nav": "cohort"}
        return render(request, "workbook/cohort.html", context)


@require_GET
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions for one's own calendar, with the meeting links: for those who take part alone."""
    cohort, membership = find_cohort(request.user, slug)
    if membership is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{ics.file_name(cohort)}"'}
    return HttpResponse(ics.calendar(cohort), content_type=ics.CONTENT_TYPE, headers=headers)


@require_GET
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """All one's own weeks on one page, to read and to print; also after leaving."""
    own = OwnWords(request.user, slug)
    with time_zone(own.cohort.zone):
        context = {"own": own, "cohort": own.cohort if own.is_current else None, "nav": "cohort"}
        return render(request, "workbook/words.html", context)


@require_GET
def words_download(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own weeks as Markdown in the page's format."""
    own = OwnWords(request.user, slug)
    prefetch_related_objects(own.weeks, "sections__prompts")
    with time_zone(own.cohort.zone):
        text = write_words(own.weeks, own.responses, title=own.cohort.name)
    AccessRecord.objects.record_export(request.user, own.membership)
    headers = {"Content-Disposition": f'attachment; filename="{slugify(own.cohort.slug)}.md"'}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)


@login_not_required
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Who reads what, and how long it is kept."""
    page = PrivacyPage.objects.current()
    return render(request, "workbook/privacy.html", {"page": page, "html": render_markdown(page.text, "h2")})
