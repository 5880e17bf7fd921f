"""お知らせ: what a cohort's members are sent, to whom and when."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cohorts.models import Cohort


def reminders_view(request: HttpRequest, cohort: Cohort, context: dict[str, Any]) -> TemplateResponse:
    """Each kind of mail with its text, its next day and those who will get it."""
    context = {**context, "title": _("Mails to the members"), "cohort": cohort}
    return TemplateResponse(request, "admin/cohorts/cohort/reminders.html", context)
