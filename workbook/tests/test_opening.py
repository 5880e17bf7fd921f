"""Opening a cohort: dates on the cohort's clocks, facilitators, and never half of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from cohorts.models import Cohort, Invitation, Mail, Membership
from tests.cast import make_week
from workbook.dates import opening_days, planned_sessions
from workbook.importer import bundled
from workbook.models import Prompt, Response, Section, Week
from workbook.opening import open_cohort
from workbook.planned import PlannedWeek

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 12, 2, 21, 0, tzinfo=TOKYO)


def opened(**changes):
    options = {"name": "冬", "slug": "winter", "first_session": FIRST, "workbook": bundled()}
    return open_cohort(**{**options, **changes})


def clock(moment, zone):
    return moment.astimezone(zone).strftime("%a %H:%M")


def test_planned_sessions_are_a_week_apart():
    sessions = planned_sessions(FIRST, 4, TOKYO)
    assert sessions[0] == FIRST
    assert [later - earlier for earlier, later in pairwise(sessions)] == [timedelta(days=7)] * 3


def test_planned_sessions_keep_the_time_over_summer_time():
    first = datetime(2026, 10, 21, 19, 0, tzinfo=BERLIN).astimezone(UTC)
    sessions = planned_sessions(first, 3, BERLIN)
    assert [clock(session, BERLIN) for session in sessions] == ["Wed 19:00"] * 3
    assert sessions[1].astimezone(UTC) - sessions[0].astimezone(UTC) == timedelta(days=7, hours=1)


def test_a_week_opens_the_day_after_the_session_before():
    days = opening_days(planned_sessions(FIRST, 3, TOKYO), TOKYO)
    assert [clock(day, TOKYO) for day in days] == ["Wed 00:00", "Thu 00:00", "Thu 00:00"]
    assert [day.astimezone(TOKYO).day for day in days] == [25, 3, 10]


def test_a_week_never_opens_after_its_session():
    noon, evening = FIRST.replace(hour=12), FIRST
    assert opening_days([noon, evening], TOKYO)[1] == evening
    assert opening_days([], TOKYO) == []


def test_open_cohort_from_the_workbook(db):
    cohort = opened(meeting_url="https://zoom.example.com/j/1")
    weeks = list(cohort.weeks.with_prompts())
    assert tuple(map(PlannedWeek.of, weeks)) == bundled().weeks
    assert [week.session_at for week in weeks] == planned_sessions(FIRST, 4, TOKYO)
    assert {week.meeting_url for week in weeks} == {"https://zoom.example.com/j/1"}
    assert Section.objects.count() == 16
    assert Prompt.objects.count() == 20


def test_opening_takes_as_many_queries_for_one_week_as_for_four(db, django_assert_num_queries):
    plan = bundled()
    for number, weeks in enumerate((plan.weeks[:1], plan.weeks[:3], plan.weeks)):
        with django_assert_num_queries(8):
            opened(slug=f"c{number}", workbook=type(plan)(weeks))


def test_chosen_dates_win(db):
    dates = [FIRST + timedelta(days=days) for days in (0, 9, 14, 30)]
    weeks = list(opened(session_dates=dates).weeks.all())
    assert [week.session_at for week in weeks] == dates
    assert weeks[2].opens_at == datetime(2026, 12, 12, tzinfo=TOKYO)


@pytest.mark.parametrize("days", [(0, 7, 14), (0, 14, 7, 21), (0, 0, 7, 14)])
def test_dates_that_cannot_be_leave_nothing(db, days):
    with pytest.raises(ValidationError):
        opened(session_dates=[FIRST + timedelta(days=day) for day in days])
    assert not Cohort.objects.exists()


def test_facilitators_are_appointed_or_invited(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        cohort = opened(facilitators=["Facilitator@example.com", "new@example.com ", "new@example.com"])
    assert list(cohort.memberships.values_list("user", "role")) == [(cast.facilitator.pk, "facilitator")]
    invitation = Invitation.objects.get(cohort=cohort)
    mail = Mail.objects.get(invitation=invitation)
    assert (invitation.role, invitation.email, mail.to) == ("facilitator", "new@example.com", "new@example.com")
    assert mail.key == f"invitation:{invitation.pk}:{invitation.nonce}"
    assert len(callbacks) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "ours"},
        {"slug": "冬 の"},
        {"name": ""},
        {"time_zone": "Asia/Nowhere"},
        {"meeting_url": "javascript:alert(1)"},
        {"facilitators": ["facilitator@example.com", "not an address"]},
        {"first_session": datetime(1, 1, 1, tzinfo=TOKYO)},
        {"first_session": datetime(9999, 12, 31, 23, tzinfo=TOKYO)},
        {"session_dates": [FIRST + timedelta(days=days) for days in (0, 7, 14)] + [datetime.max.replace(tzinfo=TOKYO)]},
    ],
)
def test_nothing_is_half_opened(cast, wrong):
    with pytest.raises(ValidationError):
        opened(**wrong)
    assert Cohort.objects.count() == 2
    assert Week.objects.count() == 8
    assert not Invitation.objects.exists()
    assert Membership.objects.filter(user=cast.facilitator).count() == 1


def test_one_origin_is_needed(cast):
    for origins in ({"workbook": None}, {"source": cast.cohort}):
        with pytest.raises(ValueError, match="from a workbook or"):
            opened(**origins)


def test_copy_moves_all_dates_by_one_difference_and_takes_no_words(cast):
    source = cast.cohort
    source.weeks.update(sequence=3)
    before = Response.objects.count()
    target = opened(workbook=None, source=source)
    old, new = list(source.weeks.with_prompts()), list(target.weeks.with_prompts())
    assert list(map(PlannedWeek.of, old)) == list(map(PlannedWeek.of, new))
    assert {later.session_at - earlier.session_at for earlier, later in zip(old, new, strict=True)} == {
        FIRST - old[0].session_at
    }
    assert {week.session_at - week.opens_at for week in new} == {timedelta(days=7)}
    assert {week.sequence for week in new} == {0}
    assert Response.objects.count() == before
    assert not Response.objects.filter(prompt__section__week__cohort=target).exists()
    assert list(source.weeks.all()) == old


def test_copy_keeps_weekday_and_time_over_summer_time(db):
    source = Cohort.objects.create(name="秋", slug="autumn", time_zone="Europe/Berlin")
    for number, moment in enumerate(planned_sessions(datetime(2026, 6, 3, 19, 30, tzinfo=BERLIN), 3, BERLIN), 1):
        make_week(source, number, moment)
    target = Cohort.objects.create(name="冬", slug="winter", time_zone="Europe/Berlin")
    new = Week.objects.copy(source, target, datetime(2026, 10, 21, 19, 30, tzinfo=BERLIN))
    assert [clock(week.session_at, BERLIN) for week in new] == ["Wed 19:30"] * 3
    assert [clock(week.opens_at, BERLIN) for week in new] == ["Wed 19:30"] * 3
    assert Week.objects.copy(Cohort.objects.create(name="空", slug="empty"), target, FIRST) == []


def test_copy_takes_the_same_queries_for_one_week_and_for_four(cast, django_assert_num_queries):
    for number, count in enumerate((1, 3, 4)):
        source = Cohort.objects.create(name="元", slug=f"from{number}")
        for week in range(1, count + 1):
            make_week(source, week, FIRST + timedelta(days=7 * week))
        target = Cohort.objects.create(name="先", slug=f"to{number}")
        with django_assert_num_queries(6):
            Week.objects.copy(source, target, FIRST)
