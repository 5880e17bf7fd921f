"""What a page's head tells the scripts about whoever is signed in."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html

register = template.Library()
META = '<meta name="user" content="{}" data-csrf-cookie="{}">'


@register.simple_tag(takes_context=True)
def signed_in_meta(context: dict[str, Any]) -> str:
    """Who is signed in, empty for nobody. Pages made without a request know nothing, and say nothing."""
    user = getattr(context.get("request"), "user", None)
    if user is None:
        return ""
    return format_html(META, user.pk or "", settings.CSRF_COOKIE_NAME)
