"""Nicknames."""

import pytest
from django.core.exceptions import ValidationError

from cohorts.forms import NicknameField
from cohorts.models import Cohort


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


@pytest.mark.parametrize("name", ["春\r\nBcc: x@example.com", "春\u2028夏", "春\u202e", "春\x00"])
def test_name_of_a_cohort_is_one_line(name):
    with pytest.raises(ValidationError) as caught:
        Cohort(name=name, slug="spring").clean_fields()
    assert "name" in caught.value.message_dict
