"""今週の様子: what the start page of the admin shows."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone

from cohorts.admin.scope import moment as say
from workbook.admin.office import Office
from workbook.admin.runs import page_number
from workbook.models import Draft

register = template.Library()


@register.simple_tag(takes_context=True)
def office(context: dict[str, Any]) -> Office:
    """The cohorts that the user facilitates or, as an organizer, sees."""
    request = context["request"]
    pages = [page_number(request.GET.get(name, "")) for name in ("page", "finished")]
    return Office(request.user, *pages)


@register.simple_tag(takes_context=True)
def stranded_drafts(context: dict[str, Any]) -> list[Draft]:
    """Her unsent comments on words that are not open to her any more. One query."""
    drafts = Draft.objects.stranded_of(context["request"].user).order_by("updated_at", "pk")
    whole = ("response__membership__user", "response__membership__cohort", "response__prompt__section__week")
    return list(drafts.select_related(*whole).defer("response__text"))


@register.simple_tag
def moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment in the time zone of a cohort."""
    return say(value, zone)


@register.simple_tag
def day(value: datetime, zone: ZoneInfo) -> str:
    """A day, with its year, in the time zone of a cohort."""
    return formats.date_format(timezone.localtime(value, zone), "DATE_FORMAT")
