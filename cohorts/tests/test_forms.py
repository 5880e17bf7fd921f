"""Nicknames."""

import pytest
from django.core.exceptions import ValidationError

from cohorts.forms import NicknameField


@pytest.mark.parametrize("name", ["あ", "みどり", "Ann O'Neil", "髙橋", "👩‍💻ゆう", "x" * 30, "ﾊﾅ・ﾊﾅ", "<b>"])
def test_good_names(name):
    assert NicknameField().clean(name) == name


def test_space_around_is_taken_off():
    assert NicknameField().clean("　みどり \n") == "みどり"


@pytest.mark.parametrize(
    "name",
    ["", "　 ", "x" * 31, "a\nb", "a\r\nBcc: x@example.com", "a\tb", "a\x00b", "a\u202eb", "a\u2028b", "\u200b\u200d"],
)
def test_bad_names(name):
    with pytest.raises(ValidationError):
        NicknameField().clean(name)
