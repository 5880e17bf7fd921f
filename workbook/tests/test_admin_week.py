"""The week's own page: how long its session is and where, for facilitators also when. An old page undoes nothing."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from cohorts.models import Cohort
from tests.editing import page_of, week_of
from workbook.dates import opening_days
from workbook.models import Prompt, Week
from workbook.moving import move_sessions
from workbook.tests.opening_page import fields_of

LINK = "https://zoom.example.com/j/2"


def text(moment, zone=None):
    return timezone.localtime(moment, zone).strftime("%Y-%m-%dT%H:%M")


def save(client, week, **changes):
    """Open the page, type these changes, save."""
    return client.post(page_of(week), {**fields_of(client.get(page_of(week))), **changes})


def errors_of(response):
    return response.context["adminform"].form.errors


def move(cast, number, **by):
    """Somebody else moves one session, on the page of all dates."""
    weeks = list(cast.cohort.weeks.order_by("number"))
    seen = {week.number: week.session_at for week in weeks}
    move_sessions(cast.cohort, {number: seen[number] + timedelta(**by)}, rest=False, seen=seen)


def dates(cast):
    return list(cast.cohort.weeks.order_by("number").values_list("opens_at", "session_at", "sequence"))


@pytest.mark.parametrize("who", ["organizer", "facilitator"])
def test_a_week_can_be_saved_as_it_is(client, cast, who):
    client.force_login(getattr(cast, who))
    before = Week.objects.values().get(pk=week_of(cast).pk)
    assert save(client, week_of(cast)).status_code == 302
    assert Week.objects.values().get(pk=week_of(cast).pk) == before


@pytest.mark.parametrize("who", ["organizer", "facilitator"])
def test_a_new_link_from_an_old_page_moves_no_session(client, cast, who):
    client.force_login(getattr(cast, who))
    old = fields_of(client.get(page_of(week_of(cast))))
    move(cast, 2, days=1)
    after = [row[:2] for row in dates(cast)]
    assert client.post(page_of(week_of(cast)), {**old, "meeting_url": LINK}).status_code == 302
    assert week_of(cast).meeting_url == LINK
    assert [row[:2] for row in dates(cast)] == after


def test_organizers_are_led_to_the_page_of_all_dates(organizer, cast):
    week = week_of(cast)
    page = organizer.get(page_of(week))
    assert {"session_at", "opens_at", "theme", "prompts-0-text"}.isdisjoint(fields_of(page))
    for part in ("dates/#week-2", f"editor/#week-{week.pk}"):
        assert f"/admin/cohorts/cohort/{cast.cohort.pk}/{part}" in page.content.decode()
    before = dates(cast)
    changes = {"session_at": "2099-01-01T21:00", "opens_at": "2020-01-01T00:00", "session_minutes": "90", "theme": "x"}
    assert save(organizer, week, **changes).status_code == 302
    assert [row[:2] for row in dates(cast)] == [row[:2] for row in before]
    assert (week_of(cast).session_minutes, week_of(cast).theme, week_of(cast).sequence) == (90, week.theme, 1)


def test_they_may_open_a_week_earlier_but_not_after_its_session(organizer, cast):
    week, now = week_of(cast, 4), timezone.now()
    assert save(organizer, week, opens_at=text(now)).status_code == 302
    assert week_of(cast, 4).is_open
    assert "opens_at" not in fields_of(organizer.get(page_of(week)))
    late = save(organizer, week_of(cast, 3), opens_at="2099-01-01T00:00")
    assert "opens_at" in errors_of(late)


def test_an_old_opening_day_is_told(organizer, cast):
    old = fields_of(organizer.get(page_of(week_of(cast, 4))))
    move(cast, 4, days=1)
    typed = {**old, "opens_at": text(week_of(cast, 4).opens_at - timedelta(hours=3))}
    response = organizer.post(page_of(week_of(cast, 4)), typed)
    assert "opens_at" in errors_of(response)
    assert organizer.post(page_of(week_of(cast, 4)), fields_of(response)).status_code == 302
    assert text(week_of(cast, 4).opens_at) == typed["opens_at"]


# --- The facilitator's part ----------------------------------------------------------------------


def test_she_corrects_time_and_link_and_nothing_else(facilitator, cast):
    week = week_of(cast)
    later = (week.session_at + timedelta(hours=1)).replace(second=0, microsecond=0)
    others = {"theme": "x", "aim": "x", "opens_at": "2020-01-01T00:00", "number": 9, "cohort": cast.other.pk}
    prompts = {"prompts-TOTAL_FORMS": 1, "prompts-INITIAL_FORMS": 0, "prompts-0-text": "x"}
    changes = {"session_at": text(later), "meeting_url": LINK, **others, **prompts}
    assert save(facilitator, week, **changes).status_code == 302
    changed = week_of(cast)
    assert (changed.session_at, changed.meeting_url, changed.cohort) == (later, LINK, cast.cohort)
    assert (changed.theme, changed.aim, changed.opens_at) == (week.theme, week.aim, week.opens_at)
    assert changed.sequence > week.sequence
    assert not Prompt.objects.filter(text="x").exists()


def test_her_move_takes_the_opening_day_along_and_is_noted(facilitator, cast):
    weeks = list(cast.cohort.weeks.order_by("number"))
    before = opening_days([week.session_at for week in weeks], cast.cohort.zone)[2]
    Week.objects.filter(pk=weeks[2].pk).update(opens_at=before)
    week = week_of(cast)
    save(facilitator, week, session_at=text(week.session_at + timedelta(days=1)))
    assert week_of(cast, 3).opens_at == before + timedelta(days=1)
    entry = LogEntry.objects.get(object_id=str(cast.cohort.pk), content_type__model="cohort")
    assert entry.user == cast.facilitator
    assert "→" in entry.change_message


def test_an_old_session_is_told_with_the_one_of_now(facilitator, cast):
    old = fields_of(facilitator.get(page_of(week_of(cast))))
    move(cast, 2, days=1)
    after = dates(cast)
    typed = {**old, "session_at": text(week_of(cast).session_at + timedelta(hours=2))}
    response = facilitator.post(page_of(week_of(cast)), typed)
    (told,) = errors_of(response)["session_at"]
    assert timezone.localtime(after[1][1]).strftime("%-m月%-d日") in told
    assert dates(cast) == after
    assert facilitator.post(page_of(week_of(cast)), fields_of(response)).status_code == 302
    assert text(week_of(cast).session_at) == typed["session_at"]


@pytest.mark.parametrize("days", [-30, -9, 8, 30])
def test_her_session_stays_between_its_neighbours(facilitator, cast, days):
    week, before = week_of(cast, 3), dates(cast)
    response = save(facilitator, week, session_at=text(week.session_at + timedelta(days=days)), meeting_url=LINK)
    assert "session_at" in errors_of(response)
    assert dates(cast) == before
    assert week_of(cast, 3).meeting_url != LINK


def test_what_is_past_or_finished_stays(facilitator, cast):
    week = week_of(cast)
    old = {**fields_of(facilitator.get(page_of(week))), "session_at": text(week.session_at + timedelta(hours=2))}
    assert "session_at" not in fields_of(facilitator.get(page_of(week_of(cast, 1))))
    Cohort.objects.filter(pk=cast.cohort.pk).update(finished_at=timezone.now())
    assert "session_at" not in fields_of(facilitator.get(page_of(week)))
    assert "session_at" in errors_of(facilitator.post(page_of(week), old))
    assert week_of(cast).session_at == week.session_at


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "zoom"])
def test_a_link_is_a_link(facilitator, cast, url):
    response = save(facilitator, week_of(cast), meeting_url=url)
    saved = week_of(cast).meeting_url
    assert saved.startswith("https://")
    assert "javascript" not in saved or response.status_code == 200


def test_times_are_the_cohorts(facilitator, cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    zone, week = ZoneInfo("Europe/Berlin"), week_of(cast, 4)
    assert fields_of(facilitator.get(page_of(week)))["session_at"] == text(week.session_at, zone)
    day = text(week.session_at + timedelta(days=1), zone)[:10]
    assert save(facilitator, week, session_at=f"{day}T21:00").status_code == 302
    assert week_of(cast, 4).session_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") == f"{day}T21:00"


def test_queries(facilitator, cast, django_assert_num_queries):
    facilitator.get(page_of(week_of(cast)))
    for number in (2, 3):
        with django_assert_num_queries(8):
            facilitator.get(page_of(week_of(cast, number)))
