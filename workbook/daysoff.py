"""Days on which people in Japan are away: public holidays, the turn of the year, お盆."""

from datetime import date
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from holidays import HolidayBase, country_holidays

OBON = ((8, 13), (8, 16))
"""Nearly everybody visits her family then; no law says so, and no library knows it."""


def day_off(day: date) -> str:
    """What keeps people away on this day, in words; empty on all other days."""
    language = "ja" if get_language() == "ja" else "en_US"
    if name := _holidays(day.year, "public", language).get(day):
        return name
    if OBON[0] <= (day.month, day.day) <= OBON[1]:
        return _("Obon")
    # Banks are closed from 31 December to 3 January: what everybody calls the turn of the year.
    return _("the turn of the year") if day in _holidays(day.year, "bank", language) else ""


@cache
def _holidays(year: int, category: str, language: str) -> HolidayBase:
    return country_holidays("JP", years=year, categories=(category,), language=language, expand=False)
