"""The page on which sessions are moved: before and after, a question, one button."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from cohorts.models import Cohort
from tests.cast import join, make_cohort
from workbook.models import Week
from workbook.tests.opening_page import fields_of


def url(cohort):
    return f"/admin/cohorts/cohort/{cohort.pk}/dates/"


def text(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def at(cohort, number):
    """The session of a week, to the minute: no more can be typed."""
    return cohort.weeks.get(number=number).session_at.replace(second=0, microsecond=0)


def looked_at(client, cohort, **changes):
    """The page with these changes typed, and looked at once."""
    data = {**fields_of(client.get(url(cohort))), **changes}
    return fields_of(client.post(url(cohort), {**data, "check": ""}))


def test_every_session_to_come_has_a_box(organizer, cast):
    data = fields_of(organizer.get(url(cast.cohort)))
    assert {name for name in data if name.startswith("session-")} == {"session-2", "session-3", "session-4"}
    assert data["rest"] == "all"
    assert not any(row.move.has_moved or row.error for row in organizer.get(url(cast.cohort)).context["moving"].rows)


def test_before_and_after_stand_side_by_side(organizer, cast):
    old, new = at(cast.cohort, 3), at(cast.cohort, 3) + timedelta(days=1)
    data = {**fields_of(organizer.get(url(cast.cohort))), "session-3": text(new)}
    response = organizer.post(f"{url(cast.cohort)}?part", data)
    page = response.content.decode()
    assert "<html" not in page
    for moment in (old, new, new + timedelta(days=7)):
        assert timezone.localtime(moment).strftime("%-m月%-d日") in page
    moves = response.context["moving"].moves
    assert [move.has_moved for move in moves] == [False, False, True, True]
    assert at(cast.cohort, 3) == old


@pytest.mark.parametrize(("rest", "days"), [("all", [0, 0, 1, 1]), ("one", [0, 0, 1, 0])])
def test_the_rest_moves_as_was_chosen(organizer, cast, rest, days):
    before = [at(cast.cohort, number) for number in range(1, 5)]
    data = looked_at(organizer, cast.cohort, **{"session-3": text(before[2] + timedelta(days=1)), "rest": rest})
    response = organizer.post(url(cast.cohort), {**data, "move": ""})
    assert response["Location"] == url(cast.cohort)
    after = [at(cast.cohort, number) for number in range(1, 5)]
    assert [(new - old).days for old, new in zip(before, after, strict=True)] == days
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (cast.organizer, str(cast.cohort.pk))
    assert entry.change_message.count("→") == sum(days)
    assert "第3週" in entry.change_message


def test_nothing_moves_that_was_not_seen(organizer, cast):
    data = looked_at(organizer, cast.cohort)
    moved = {"session-3": text(at(cast.cohort, 3) + timedelta(days=1)), "move": ""}
    response = organizer.post(url(cast.cohort), {**data, **moved})
    assert response.status_code == 200
    assert not LogEntry.objects.exists()
    assert organizer.post(url(cast.cohort), {**fields_of(response), "move": ""}).status_code == 302


@pytest.mark.parametrize("typed", ["", "いつか", "2020-01-01T10:00", "9999-12-31T23:59"])
def test_mistakes_keep_everything_typed(organizer, cast, typed):
    before = list(cast.cohort.weeks.values())
    data = looked_at(organizer, cast.cohort, **{"session-3": typed, "rest": "one"})
    response = organizer.post(url(cast.cohort), {**data, "move": ""})
    assert [bool(row.error) for row in response.context["moving"].rows][2]
    assert fields_of(response)["session-3"] == typed
    assert fields_of(response)["rest"] == "one"
    assert list(cast.cohort.weeks.values()) == before


def test_what_somebody_else_moved_is_told(organizer, cast):
    data = looked_at(organizer, cast.cohort, **{"session-3": text(at(cast.cohort, 3) + timedelta(days=1))})
    week = cast.cohort.weeks.get(number=4)
    Week.objects.filter(pk=week.pk).update(session_at=week.session_at + timedelta(hours=3))
    again = organizer.post(url(cast.cohort), {**data, "move": ""}, follow=True)
    assert not LogEntry.objects.exists()
    assert at(cast.cohort, 3) == week.session_at.replace(second=0, microsecond=0) - timedelta(days=7)
    assert again.status_code == 200


def test_clashes_stand_beside_the_dates(organizer, cast):
    join(cast.other, cast.facilitator, "facilitator")
    data = looked_at(organizer, cast.cohort)
    rows = organizer.post(url(cast.cohort), data).context["moving"].rows
    assert [any(cast.other.name in text for text in row.warnings) for row in rows] == [False, True, True, True]


def test_what_is_over_is_not_moved(organizer, cast):
    data = looked_at(organizer, cast.cohort, **{"session-3": text(at(cast.cohort, 3) + timedelta(days=1))})
    Cohort.objects.filter(pk=cast.cohort.pk).update(finished_at=timezone.now())
    assert "session-3" not in fields_of(organizer.get(url(cast.cohort)))
    before = at(cast.cohort, 3)
    assert organizer.post(url(cast.cohort), {**data, "move": ""}).status_code == 200
    assert at(cast.cohort, 3) == before
    past = make_cohort("past")
    past.weeks.update(session_at=timezone.now() - timedelta(days=1), opens_at=timezone.now() - timedelta(days=9))
    assert "session-3" not in fields_of(organizer.get(url(past)))


def test_the_page_takes_the_same_queries_for_one_week_and_for_many(organizer, cast, django_assert_num_queries):
    for number, weeks in enumerate((1, 3, 12)):
        cohort = make_cohort(f"run{number}", weeks=weeks + 1)
        join(cohort, cast.facilitator, "facilitator")
        with django_assert_num_queries(8):
            organizer.get(url(cohort))
