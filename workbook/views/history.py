"""The earlier versions of one box: to look at, and to go back to."""

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import override as time_zone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workbook.devices import device_label
from workbook.forms import RestoreForm
from workbook.history import History
from workbook.models import OperationReused


@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was saved in one box, newest first."""
    own = History(request.user, pk)
    with time_zone(own.week.cohort.zone):
        context = {"history": own, "page": own.page(request.GET.get("page")), "cohort": own.running}
        return render(request, "workbook/history.html", context)


@require_GET
def history_revision(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """One version, whole: as it looks, as it was typed, and what changed."""
    own = History(request.user, pk)
    with time_zone(own.week.cohort.zone):
        context = {"history": own, "entry": own.entry(revision), "cohort": own.running}
        return render(request, "workbook/history_revision.html", context)


@require_POST
def history_restore(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """Go back to an earlier version by a new save. What stands in the box by now is never overwritten unseen."""
    own = History(request.user, pk)
    entry = own.entry(revision)
    if not own.may_write:
        if not own.is_open:
            raise Http404
        messages.error(request, _("This cohort has ended: its boxes stay as they are."))
        return redirect("workbook:history", pk)
    form = RestoreForm(request.POST)
    try:
        restored = form.is_valid() and own.restore(entry, form, device_label(request))
    except OperationalError:
        messages.error(request, _("Cannot save right now. Please try again."))
        return redirect("workbook:history", pk)
    except OperationReused:
        restored = False
    if not restored:
        messages.warning(request, _("The box has changed since you opened this page. Please look once more."))
        return redirect("workbook:history", pk)
    with time_zone(own.week.cohort.zone):
        messages.success(request, own.told(entry))
    return redirect(f"{own.week.get_absolute_url()}#box-{pk}")
