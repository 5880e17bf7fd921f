"""Showing words: rendered Markdown, and in what two texts differ."""

from django import template
from django.utils.safestring import SafeString

from workbook.changes import Change, changes
from workbook.markdown import render

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A text as safe HTML."""
    return render(text)


@register.simple_tag
def differences(one: str, other: str) -> list[Change]:
    """What both texts have (`=`), only the first (`-`), only the second (`+`)."""
    return changes(one, other)
