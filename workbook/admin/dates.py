"""Moving the sessions of a cohort: all dates on one page, before and after side by side, then one button."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from cohorts.models import Cohort


def dates_view(request: HttpRequest, cohort: Cohort, context: dict[str, Any]) -> HttpResponse:
    """The dates of all weeks of a cohort."""
    return TemplateResponse(request, "admin/cohorts/cohort/dates.html", {**context, "cohort": cohort})
