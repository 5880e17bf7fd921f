"""今週の様子: what the start page of the admin shows."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template

from cohorts.admin.scope import moment as say
from workbook.admin.desk import Desk, desks_of
from workbook.models import Draft

register = template.Library()


@register.simple_tag(takes_context=True)
def desks(context: dict[str, Any]) -> list[Desk]:
    """One desk for each cohort that the user facilitates or, as an organizer, sees running."""
    return desks_of(context["request"].user)


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
