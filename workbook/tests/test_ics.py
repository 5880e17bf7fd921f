"""The sessions as a calendar file: right across summer time, the same entry when a date moves, nobody's words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from cohorts.models import Cohort
from tests.cast import add_weeks
from workbook.ics import calendar


@pytest.fixture
def berlin(db):
    """Four Wednesdays at 20:00 in a place where the clocks go back between the second and the third."""
    cohort = Cohort.objects.create(name="ベルリン", slug="berlin", time_zone="Europe/Berlin")
    first = datetime(2026, 10, 14, 20, 0, tzinfo=cohort.zone)
    add_weeks(cohort, {number: first + timedelta(weeks=number - 1) for number in range(1, 5)})
    return cohort


def events(cohort):
    return Calendar.from_ical(calendar(cohort)).events


def lines(cohort):
    return calendar(cohort).decode().replace("\r\n ", "").split("\r\n")


def test_every_session_stands_in_it_at_its_moment(berlin):
    found = events(berlin)
    assert [f"テーマ{number}" in str(event["summary"]) for number, event in enumerate(found, start=1)] == [True] * 4
    weeks = list(berlin.weeks.all())
    assert [event.start for event in found] == [week.session_at for week in weeks]
    assert [event.end for event in found] == [week.session_ends_at for week in weeks]


def test_the_clock_says_the_same_across_summer_time(berlin):
    local = [event.start.astimezone(ZoneInfo("Europe/Berlin")) for event in events(berlin)]
    assert [(moment.hour, moment.day) for moment in local] == [(20, 14), (20, 21), (20, 28), (20, 4)]
    assert [event.start.astimezone(UTC).hour for event in events(berlin)] == [18, 18, 19, 19]
    assert [line for line in lines(berlin) if line.startswith("DTSTART")][:1] == ["DTSTART:20261014T180000Z"]


def test_a_moved_session_is_the_same_entry_with_a_higher_number(berlin, settings):
    settings.BASE_URL = "https://salon.example.com"
    before = events(berlin)
    week = berlin.weeks.get(number=2)
    week.session_at += timedelta(days=1)
    week.save()
    after = events(berlin)
    assert [event["uid"] for event in after] == [event["uid"] for event in before]
    assert len({str(event["uid"]) for event in after}) == 4
    assert str(after[1]["uid"]) == f"week-{week.pk}@salon.example.com"
    assert [event["sequence"] for event in after] == [0, 1, 0, 0]
    assert after[1].start - before[1].start == timedelta(days=1)


def test_the_file_is_as_calendars_want_it(berlin):
    raw = calendar(berlin)
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    head = Calendar.from_ical(raw)
    assert (str(head["version"]), str(head["method"])) == ("2.0", "PUBLISH")
    for event in head.events:
        assert {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY"} <= set(event)


def test_signs_with_a_meaning_and_control_signs_do_no_harm(berlin):
    berlin.name = "種まき; 一期, \\ほか"
    berlin.weeks.filter(number=1).update(theme="一行目\nBEGIN:VEVENT\r\nX:\x0b二行目" + "長" * 120)
    found = events(berlin)
    assert len(found) == 4
    assert "種まき; 一期, \\ほか" in str(found[0]["summary"])
    assert "一行目 BEGIN:VEVENT X: 二行目" in str(found[0]["summary"])


def test_links(berlin, settings):
    settings.BASE_URL = "https://salon.example.com"
    berlin.weeks.filter(number=2).update(meeting_url="")
    first, second, *_rest = events(berlin)
    assert str(first["url"]) == str(first["location"]) == "https://zoom.example.com/j/1"
    assert "https://salon.example.com/cohorts/berlin/weeks/1/" in str(first["description"])
    assert "URL" not in second
    assert "LOCATION" not in second


def test_nobody_is_named_in_it(cast):
    text = "\n".join(lines(cast.cohort))
    assert "CANARY" not in text
    assert not [name for name in ("member", "colleague", "facilitator", "organizer") if name in text]


def test_one_query(berlin, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar(berlin)


class TestPage:
    def test_gives_the_file_of_ones_own_cohort(self, member, cast):
        response = member.get("/cohorts/ours/sessions.ics")
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="ours.ics"'
        assert len(Calendar.from_ical(response.content).events) == 4

    def test_stands_on_the_overview_of_those_who_take_part(self, client, member, cast):
        link = 'href="/cohorts/ours/sessions.ics"'
        assert link in member.get("/cohorts/ours/").content.decode()
        client.force_login(cast.organizer)
        assert link not in client.get("/cohorts/ours/").content.decode()

    @pytest.mark.parametrize("role", ["stranger", "removed", "organizer", "superuser", "other_facilitator"])
    def test_is_unknown_to_who_does_not_take_part(self, client, cast, role):
        client.force_login(getattr(cast, role))
        assert client.get("/cohorts/ours/sessions.ics").status_code == 404
