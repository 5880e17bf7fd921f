"""What can be a name: it stands in one line, in subjects of mails and in headings."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters, line and paragraph separators, and the signs that turn the direction of text around.
TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
FORBIDDEN_CATEGORIES = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
INVISIBLE_CATEGORIES = ("C", "Z", "M")


def validate_one_line(value: str) -> None:
    """Raises ValidationError for what cannot be shown in one line. Emoji are welcome."""
    if any(sign in TURNING or unicodedata.category(sign) in FORBIDDEN_CATEGORIES for sign in value):
        raise ValidationError(_("Please leave out line breaks and special control characters."), code="control")


def validate_nickname(value: str) -> None:
    """Raises ValidationError for what cannot be shown in one line as a name."""
    validate_one_line(value)
    if all(unicodedata.category(sign).startswith(INVISIBLE_CATEGORIES) for sign in value):
        raise ValidationError(_("Please enter a name that can be seen."), code="invisible")
