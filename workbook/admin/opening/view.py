"""The page to open a cohort, and the piece of it that follows what is typed."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from . import draft
from .form import OpeningForm, first_data, known_zones, tick_leaders
from .origin import Origin
from .preview import Preview, preview_of

PAGE, PART = "admin/cohorts/cohort/opening.html", "admin/cohorts/cohort/opening_dates.html"
ADD = "admin:cohorts_cohort_add"
CHECKED, REFUSED = "checked", "refused"
"""With what the page is asked for after a button; it complains after `open` alone."""


def opening_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """One form; its buttons say what is to be done: `check`, `reset`, `restart`, `open`.

    What is posted is kept, and shown when the page is asked for again: going back or reloading sends nothing.
    """
    if "restart" in request.POST:
        draft.clear(request)
        return redirect(ADD)
    form, is_kept = _filled(request)
    with timezone.override(form.zone):
        preview = _look(request, form)
        if request.method == "POST":
            return _answer(request, form, preview)
        shown = form if is_kept and REFUSED in request.GET else OpeningForm(form.origin, initial=_plain(form))
        is_restored = is_kept and not {CHECKED, REFUSED} & set(request.GET)
        context |= {"title": _("Open a cohort"), "form": shown, "media": form.media, "preview": preview}
        context |= {"is_restored": is_restored, "page": form.origin.page, "zones": known_zones()}
        return TemplateResponse(request, PAGE, context).render()


def _answer(request: HttpRequest, form: OpeningForm, preview: Preview) -> HttpResponse:
    """Do what the button says, and lead to where it is shown."""
    if "open" not in request.POST:
        return redirect(f"{reverse(ADD)}?{CHECKED}")
    return _open(request, form, preview) or redirect(f"{reverse(ADD)}?{REFUSED}")


@require_POST
def preview_view(request: HttpRequest) -> HttpResponse:
    """What of the page follows from what is typed: the dates, and the people who may come along."""
    form, _is_restored = _filled(request)
    with timezone.override(form.zone):
        preview = _look(request, form)
        shown = OpeningForm(form.origin, initial=_plain(form))
        context = {"form": shown, "preview": preview, "page": form.origin.page}
        return TemplateResponse(request, PART, context).render()


def _filled(request: HttpRequest) -> tuple[OpeningForm, bool]:
    """The form with what was posted, or kept, or what it begins with; and whether it was kept."""
    kept, wanted = draft.kept(request), request.GET.get("source")
    is_kept = request.method != "POST" and kept is not None and wanted in {None, kept.get("source")}
    data = request.POST if request.method == "POST" else kept if is_kept else None
    chosen = wanted if data is None else data.get("source")
    origin = Origin(request.user, chosen, draft.kept_page(request))
    if data is None:
        data = first_data(origin)
    elif data.get("asked") != origin.chosen:
        data = tick_leaders(data, origin)
    return OpeningForm(origin, data, request.FILES), is_kept


def _look(request: HttpRequest, form: OpeningForm) -> Preview:
    """Validate, keep what was posted, and lay out the dates."""
    form.full_clean()
    if request.method == "POST":
        page = form.origin.page if request.FILES.get("file") else None
        draft.keep(request, [name for name in form.fields if name != "file"], page)
    return preview_of(form)


def _plain(form: OpeningForm) -> dict[str, Any]:
    """What the boxes hold, as typed, for a page that does not complain yet."""
    several = {"leads", "guests"}
    return {name: form.data.getlist(name) if name in several else form.data.get(name) for name in form.fields}


def _open(request: HttpRequest, form: OpeningForm, preview: Preview) -> HttpResponse | None:
    """Open the cohort, if there is nothing to mend and nothing that she has not seen."""
    if not form.is_valid() or not preview.is_ready:
        return None
    if not preview.was_shown(request.POST.get("shown", "")):
        messages.warning(
            request, _("There is something new about the dates. Please look once more; then open the cohort.")
        )
        return None
    try:
        opened = form.open(preview.sessions)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    draft.clear(request)
    if opened.is_new:
        # Whom it names would be told here long after: no addresses.
        note = dict(form.origin.choices)[form.origin.chosen]
        LogEntry.objects.log_actions(request.user.pk, [opened.cohort], ADDITION, str(note), single_object=True)
        messages.success(request, _told(opened.cohort.name, opened.invited))
    else:
        messages.info(request, _told_again(opened.cohort.name, opened.invited))
    return redirect("admin:cohorts_cohort_change", opened.cohort.pk)


def _told(name: str, invited: int) -> str:
    if not invited:
        return _("“%(name)s” is open. Now you can invite the members.") % {"name": name}
    text = ngettext(
        "“%(name)s” is open. %(count)d person is invited by mail.",
        "“%(name)s” is open. %(count)d people are invited by mail.",
        invited,
    )
    return text % {"name": name, "count": invited}


def _told_again(name: str, invited: int) -> str:
    told = _("“%(name)s” is open already.") % {"name": name}
    if not invited:
        return told
    text = ngettext("%(count)d person is invited by mail.", "%(count)d people are invited by mail.", invited)
    return f"{told} {text % {'count': invited}}"
