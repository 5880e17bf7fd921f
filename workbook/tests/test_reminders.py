"""When which reminder goes out, and to whom. What happens in all orders is lived through in `tests/faults`."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cohorts.models import Cohort, Membership
from tests.cast import add_weeks, join, make_users, prompt_of, write
from workbook.models import Section
from workbook.reminders import after_the_night, due, is_quiet, occasions

TOKYO = ZoneInfo("Asia/Tokyo")
SESSION = datetime(2026, 12, 2, 21, tzinfo=TOKYO)


def tokyo(day, hour, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=TOKYO)


@pytest.fixture
def cohort(db):
    cohort = Cohort.objects.create(name="冬のコホート", slug="winter")
    add_weeks(cohort, {1: SESSION, 2: SESSION + timedelta(days=7)})
    return cohort


@pytest.fixture
def member(cohort):
    return join_at(cohort, make_users("member")["member"], datetime(2026, 11, 20, tzinfo=UTC))


def join_at(cohort, user, moment, role="member"):
    membership = join(cohort, user, role)
    Membership.objects.filter(pk=membership.pk).update(joined_at=moment)
    membership.refresh_from_db()
    return membership


def kinds(now):
    return [(str(one.kind), one.occasion.week.number) for one in due(now)]


@pytest.mark.parametrize(
    ("clock", "quiet"), [((21, 59), False), ((22, 0), True), ((0, 0), True), ((7, 59), True), ((8, 0), False)]
)
def test_people_sleep_at_night(clock, quiet):
    assert is_quiet(tokyo(2, *clock).astimezone(UTC), TOKYO) is quiet


def test_what_falls_into_the_night_waits_for_the_morning():
    assert after_the_night(tokyo(2, 23), TOKYO) == tokyo(3, 8)
    assert after_the_night(tokyo(2, 3), TOKYO) == tokyo(2, 8)
    assert after_the_night(tokyo(2, 12), TOKYO) == tokyo(2, 12)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (tokyo(1, 8, 59), []),
        (tokyo(1, 9), [("session", 1)]),
        (tokyo(1, 22), []),
        (tokyo(2, 8), [("session", 1)]),
        (tokyo(2, 17, 59), [("session", 1)]),
        (tokyo(2, 18), []),
        (tokyo(2, 21, 30), []),
        (tokyo(3, 7, 59), []),
        (tokyo(3, 8), [("summary", 1)]),
        (tokyo(5, 21, 59), [("summary", 1)]),
        (tokyo(6, 8), []),
        (tokyo(8, 9), [("session", 2)]),
    ],
)
def test_the_day_before_and_the_morning_after(member, now, found):
    assert kinds(now) == found


@pytest.mark.parametrize(("hour", "first"), [(9, tokyo(1, 8)), (23, tokyo(1, 11)), (1, tokyo(1, 8))])
def test_never_earlier_than_the_day_before(cohort, member, hour, first):
    """Of a session in the morning, 36 hours before is the day before the day before: that would not be tomorrow."""
    cohort.weeks.filter(number=1).update(session_at=tokyo(2, hour))
    moments = [datetime(2026, 11, 30, tzinfo=TOKYO) + timedelta(minutes=30 * step) for step in range(96)]
    assert next(moment for moment in moments if kinds(moment) == [("session", 1)]) == first


def test_only_what_is_unwritten_is_reminded_of(cohort, member):
    write(member, prompt_of(cohort), "あ")
    assert kinds(tokyo(1, 12)) == [("session", 1)]  # one of two questions is still open
    write(member, prompt_of(cohort, position=2), "い")
    assert kinds(tokyo(1, 12)) == []
    write(member, prompt_of(cohort, kind=Section.Kind.SUMMARY), "う")
    assert kinds(tokyo(3, 12)) == [("summary", 1)]
    write(member, prompt_of(cohort, kind=Section.Kind.ACTION), "え")
    assert kinds(tokyo(3, 12)) == []


def test_what_is_begun_is_not_written(cohort, member):
    for position in (1, 2):
        write(member, prompt_of(cohort, position=position), "- ")
    assert kinds(tokyo(1, 12)) == [("session", 1)]


@pytest.mark.parametrize("change", ["left", "facilitator", "off", "locked", "finished", "deleted"])
def test_who_is_never_reminded(cohort, member, change):
    if change == "left":
        member.close()
    elif change == "facilitator":
        Membership.objects.update(role="facilitator")
    elif change == "off":
        type(member.user).objects.update(mails_session=False)
    elif change == "locked":
        type(member.user).objects.update(is_active=False)
    else:
        Cohort.objects.update(**{f"{change}_at": tokyo(1, 0)})
    assert kinds(tokyo(1, 12)) == []


def test_each_kind_has_a_switch_of_its_own(cohort, member):
    type(member.user).objects.update(mails_summary=False)
    assert (kinds(tokyo(1, 12)), kinds(tokyo(3, 12))) == ([("session", 1)], [])


def test_a_week_that_is_not_open_is_not_reminded_of(cohort, member):
    cohort.weeks.filter(number=1).update(opens_at=tokyo(2, 12))
    assert kinds(tokyo(2, 11)) == []
    assert ("session", 1) in kinds(tokyo(2, 12))


def test_a_cohort_begins_when_its_first_week_opens(cohort, member):
    opens = SESSION - timedelta(days=7)
    assert kinds(opens - timedelta(minutes=1)) == []
    assert kinds(opens) == [("begins", 1)]
    assert kinds(opens + timedelta(days=2, hours=23)) == [("begins", 1)]
    assert kinds(opens + timedelta(days=3)) == []


def test_who_joins_later_hears_of_the_next_session(cohort):
    join_at(cohort, make_users("late")["late"], tokyo(5, 12))
    found = due(tokyo(5, 12, 1))
    assert [(str(one.kind), one.occasion.upcoming.number) for one in found] == [("begins", 2)]
    assert kinds(tokyo(8, 13)) == [("session", 2)]


def test_cohorts_opened_at_the_same_moment_are_kept_apart(cohort):
    other = Cohort.objects.create(name="もうひとつ", slug="other", created_at=cohort.created_at)
    add_weeks(other, {1: SESSION, 2: SESSION + timedelta(days=7)})
    join_at(cohort, make_users("late")["late"], tokyo(5, 12))
    assert kinds(tokyo(5, 12, 1)) == [("begins", 1)]


def test_who_joins_after_the_last_session_hears_of_none(cohort):
    join_at(cohort, make_users("late")["late"], tokyo(10, 9))
    assert kinds(tokyo(10, 9)) == []


def test_a_session_that_is_moved_counts_anew(cohort, member):
    first = due(tokyo(1, 12))[0].key
    cohort.weeks.filter(number=1).update(session_at=SESSION + timedelta(hours=1))
    assert due(tokyo(1, 12))[0].key == first
    cohort.weeks.filter(number=1).update(session_at=SESSION + timedelta(days=1))
    assert kinds(tokyo(1, 12)) == []
    assert due(tokyo(2, 12))[0].key != first


def test_the_clock_is_the_cohorts(cohort, member):
    """In New York it is the evening of the same day, and people there sleep later."""
    Cohort.objects.update(time_zone="America/New_York")
    cohort.weeks.filter(number=1).update(session_at=datetime(2026, 12, 2, 19, tzinfo=ZoneInfo("America/New_York")))
    assert kinds(datetime(2026, 12, 1, 7, 59, tzinfo=ZoneInfo("America/New_York"))) == []
    assert kinds(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("America/New_York"))) == [("session", 1)]


def test_a_week_may_have_other_sections(cohort, member):
    Section.objects.filter(week__number=1, kind=Section.Kind.ACTION).update(kind="later")
    write(member, prompt_of(cohort, kind=Section.Kind.SUMMARY), "う")
    assert kinds(tokyo(3, 12)) == []


def test_a_cohort_without_weeks_has_no_occasion(db):
    assert occasions(tokyo(1, 12), Cohort.objects.create(name="空", slug="empty").pk) == []


@pytest.mark.parametrize("members", [1, 3, 30])
def test_queries(cohort, members, django_assert_num_queries):
    for number, user in enumerate(make_users(*[f"m{n}" for n in range(members)]).values()):
        write(join(cohort, user), prompt_of(cohort), f"あ{number}")
    with django_assert_num_queries(4):
        assert len(due(tokyo(1, 12))) >= members
