"""What a member may know of those who read her words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import override as time_zone
from django.views.decorators.http import require_GET

from workbook.readings import Readings


@require_GET
def readings(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has read, searched or exported what of one's own, and when; also after leaving."""
    own = Readings(request.user, slug)
    with time_zone(own.cohort.zone):
        cohort = own.cohort if own.is_current else None
        context = {"own": own, "page": own.page(request.GET.get("page")), "cohort": cohort, "nav": "cohort"}
        return render(request, "workbook/readings.html", context)
