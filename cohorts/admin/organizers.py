"""The organizers: who they are, what is in their charge, and the way out of the role."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Cohort, User
from cohorts.organizers import CannotEnd, end_organizing

from .scope import is_id

SHOWN = 10
"""The last changes below the list."""


def organizers_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The list; a POST ends the role of one of them."""
    if request.method == "POST":
        return _end(request)
    people = list(User.objects.organizers().order_by("nickname", "pk"))
    counts = Cohort.objects.unfinished().filter(organizer__in=people).order_by().values("organizer")
    charges = dict(counts.annotate(n=Count("pk")).values_list("organizer", "n"))
    rows = [(person, charges.get(person.pk, 0)) for person in people]
    about_people = LogEntry.objects.filter(content_type__app_label="cohorts", content_type__model="user")
    more = {"rows": rows, "changes": about_people.select_related("user").order_by("-pk")[:SHOWN]}
    return TemplateResponse(request, "admin/cohorts/membership/organizers.html", {**context, **more})


def _end(request: HttpRequest) -> HttpResponse:
    pk = request.POST.get("end", "")
    person = User.objects.organizers().filter(pk=pk).first() if is_id(pk) else None
    if person is None:
        raise Http404
    try:
        end_organizing(person, by=request.user)
    except CannotEnd as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("%(name)s is no organizer any more.") % {"name": person})
    gone = person == request.user and not User.objects.organizers().filter(pk=person.pk).exists()
    return HttpResponseRedirect("/" if gone else reverse("admin:cohorts_membership_organizers"))
