"""Fields of forms that other packages made."""

from django import template
from django.forms import BoundField

register = template.Library()


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """The field without the placeholder that repeats its label: it looks filled in, and is gone when one writes."""
    field.field.widget.attrs.pop("placeholder", None)
    return field
