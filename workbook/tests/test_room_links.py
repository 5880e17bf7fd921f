"""From the day of the session on, the way into its room is where one looks for it."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from workbook.models import Week

pytestmark = pytest.mark.django_db
SESSION = datetime(2026, 11, 18, 12, tzinfo=UTC)  # 21:00 in Tokyo
EVENING_BEFORE, MIDNIGHT = "2026-11-17T14:59:00+00:00", "2026-11-17T15:00:00+00:00"


@pytest.fixture
def week(cast):
    """The first week, with its session on one evening in Tokyo; the others follow."""
    week = cast.cohort.weeks.get(number=1)
    week.opens_at = datetime(2026, 11, 11, tzinfo=UTC)
    week.session_at = SESSION
    week.save()
    Week.objects.filter(cohort=cast.cohort, number__gt=1).update(opens_at=datetime(2026, 11, 20, tzinfo=UTC))
    return week


def has_link(client, user, page, week):
    client.force_login(user)
    return reverse("workbook:room", args=[week.cohort.slug, week.number]) + '"' in client.get(page).content.decode()


@pytest.mark.parametrize(("moment", "is_there"), [(EVENING_BEFORE, False), (MIDNIGHT, True), ("2026-11-19", True)])
def test_the_room_is_linked_from_the_day_of_the_session_on(client, cast, week, moment, is_there):
    with time_machine.travel(moment, tick=False):
        for page in ("/", week.get_absolute_url()):
            assert has_link(client, cast.member, page, week) is is_there


def test_who_only_looks_is_not_led_there(client, cast, week):
    with time_machine.travel(MIDNIGHT, tick=False):
        assert not has_link(client, cast.organizer, week.get_absolute_url(), week)
