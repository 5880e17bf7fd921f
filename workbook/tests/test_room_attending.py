"""When a member says that she took part: on the day of the session and the next one. Who facilitates may always."""

from datetime import datetime, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from workbook.models import Attendance, Week
from workbook.tests.watcher import Watcher

pytestmark = pytest.mark.django_db
REASON = "You can say this on the day of the session and the day after it."
LAST = time(23, 59, 59)
SESSIONS = {
    (1, time.min): False,  # tomorrow, in its first second
    (0, LAST): True,
    (0, time.min): True,
    (-1, LAST): True,
    (-1, time.min): True,
    (-2, LAST): False,
    (-30, LAST): False,
}
"""In how many days the session is, at what time, and whether she may."""


@pytest.fixture
def member(cast):
    return Watcher(cast.member, cast.cohort)


def hold(cohort, days, clock, zone="Asia/Tokyo"):
    """The session is in so many days, as they are counted where the cohort lives."""
    cohort.time_zone = zone
    cohort.save()
    day = timezone.localdate(timezone=cohort.zone) + timedelta(days=days)
    session_at = datetime.combine(day, clock, cohort.zone)
    Week.objects.filter(cohort=cohort, number=1).update(session_at=session_at, opens_at=session_at - timedelta(days=7))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Niue"])
@pytest.mark.parametrize(("session", "may"), SESSIONS.items(), ids=str)
def test_from_the_sessions_day_to_the_end_of_the_next(session, may, zone, cast, member):
    hold(cast.cohort, *session, zone)
    assert member.poll() == 200
    assert member.state["may_attend"] is may
    answer = member.attend()
    assert answer.status_code == (200 if may else 422)
    assert (answer.json().get("message") == gettext(REASON)) is not may
    assert Attendance.objects.exists() is may


@pytest.mark.parametrize("days", [2, -30])
def test_who_facilitates_corrects_on_any_day(days, cast):
    hold(cast.cohort, days, time.min)
    leader = Watcher(cast.facilitator, cast.cohort)
    assert leader.attend("1", membership=cast.membership.pk).status_code == 200
    assert leader.attend("1").json()["may_attend"]
    assert Attendance.objects.filter(is_present=True).count() == 2


@pytest.mark.parametrize(("days", "may"), [(0, True), (-2, False)])
def test_button_is_there_on_these_days_alone(days, may, client, cast):
    hold(cast.cohort, days, time.min)
    client.force_login(cast.member)
    html = client.get(reverse("workbook:room", args=[cast.cohort.slug, 1])).content.decode()
    assert (" data-attend hidden>" in html) is not may
    assert (" data-attend>" in html) is may


def test_reason_is_said_without_a_script(client, cast):
    hold(cast.cohort, -2, time.min)
    client.force_login(cast.member)
    answer = client.post(reverse("workbook:room_attend", args=[cast.cohort.slug, 1]), {"present": "1"})
    assert answer.status_code == 302
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [gettext(REASON)]
    assert not Attendance.objects.exists()
