"""The way out of browsers inside other apps."""

from typing import Any

from django import template

from cohorts.inapp import way_out

register = template.Library()


@register.inclusion_tag("cohorts/way_out.html", takes_context=True)
def open_in_browser(context: dict[str, Any]) -> dict[str, Any]:
    """A note with the way to one's own browser; nothing where the page is open in one."""
    return {"way": way_out(context["request"])}
