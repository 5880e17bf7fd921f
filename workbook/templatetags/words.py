"""Showing words: rendered Markdown."""

from django import template
from django.utils.safestring import SafeString

from workbook.markdown import render

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A text as safe HTML."""
    return render(text)
