"""The dates of a run: for any start, zone, length and days off each one moves, or it is said which does not."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.utils import translation

from workbook.admin.doubts import Date, find_doubts
from workbook.dates import Rhythm, at_clock, on_clock, opening_days
from workbook.daysoff import day_off

CASES = 5_000
ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")


def plain_clock(moment, zone):
    """Apart from the code on trial: what a clock on the wall there shows."""
    return moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None)


def is_shown(clock, zone):
    """Whether clocks ever show this: the way there and back leads to the same place."""
    return plain_clock(clock.replace(tzinfo=zone), zone) == clock


def moment_in(chance, years=(2001, 2095)):
    begin = datetime(years[0], 1, 1, tzinfo=UTC)
    return begin + timedelta(minutes=chance.randrange((years[1] - years[0]) * 525_600))


def earlier_run(chance, zone, count):
    """Sessions of a run as organizers leave it behind: weekly, or with dates that somebody moved."""
    clock = plain_clock(moment_in(chance), zone)
    sessions = []
    for number in range(count):
        shift = timedelta(0) if chance.random() < 0.7 else timedelta(days=chance.randrange(-3, 4), minutes=15)
        sessions.append((clock + timedelta(days=7 * number) + shift).replace(tzinfo=zone).astimezone(UTC))
    return sessions


def opens_of(chance, sessions, zone):
    """Opening days by the rule, or by somebody's own wish."""
    own = [session - timedelta(days=chance.randrange(1, 20), minutes=30) for session in sessions]
    return [
        rule if chance.random() < 0.6 else mine for rule, mine in zip(opening_days(sessions, zone), own, strict=True)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_copying_moves_every_date_or_says_which_it_did_not(seed):
    chance = random.Random(seed)
    for _case in range(CASES // 10):
        zone, target = ZoneInfo(chance.choice(ZONES)), ZoneInfo(chance.choice(ZONES))
        count = chance.randrange(1, 13)
        sessions = earlier_run(chance, zone, count)
        first = moment_in(chance)
        fixed = {place: moment_in(chance) for place in range(1, count) if chance.random() < 0.1}
        planned = Rhythm.of(sessions, opens_of(chance, sessions, zone), zone).lay_out(first, target, fixed)
        assert len(planned) == count
        check_sessions(planned, sessions, first, (zone, target), fixed)
        check_days_off(chance, planned, target)


def check_sessions(planned, sessions, first, zones, fixed):
    zone, target = zones
    begin, old = plain_clock(first, target), [plain_clock(session, zone) for session in sessions]
    assert planned[0].session_at == first
    for place, plan in enumerate(planned[1:], start=1):
        meant = begin + (old[place] - old[0])
        clock = plain_clock(plan.session_at, target)
        if place in fixed:
            assert (plan.session_at, plan.is_fixed, plan.is_skipped) == (fixed[place], True, False)
        elif plan.is_skipped:
            assert clock != meant
            assert not is_shown(meant, target)
        else:
            assert clock == meant
            assert clock.weekday() == (begin + (old[place] - old[0])).weekday()
        assert plan.opens_at <= plan.session_at


def check_days_off(chance, planned, zone):
    """Whatever days people are away, each date on one of them says so, and none other."""
    days = [plain_clock(plan.session_at, zone).date() for plan in planned]
    away = {chance.choice(days) for _day in range(2)} | {date(2026, 1, 1)}
    dates = [Date(plan.session_at, 60) for plan in planned]
    told = find_doubts(dates, (), zone, away=lambda day: f"<{day}>" if day in away else "")
    for day, texts in zip(days, told, strict=True):
        assert any(f"<{day}>" in text for text in texts) == (day in away)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_weekday_stays_the_same_weekday(seed):
    """A copy that begins on the earlier run's weekday and hour keeps both in every week, in every zone."""
    chance = random.Random(1000 + seed)
    for _case in range(250):
        zone = ZoneInfo(chance.choice(ZONES))
        sessions = earlier_run(chance, zone, 6)
        clock = plain_clock(sessions[0], zone) + timedelta(weeks=chance.randrange(1, 60))
        first = clock.replace(tzinfo=zone).astimezone(UTC)
        if not is_shown(clock, zone):
            continue
        for old, plan in zip(sessions, Rhythm.of(sessions, sessions, zone).lay_out(first, zone), strict=True):
            same = plain_clock(old, zone), plain_clock(plan.session_at, zone)
            assert plan.is_skipped or same[0].strftime("%a %H:%M") == same[1].strftime("%a %H:%M")


def test_weekly_is_a_week_apart_and_opens_by_the_rule():
    first = datetime(2026, 12, 2, 21, 0, tzinfo=TOKYO)
    planned = Rhythm.weekly(5).lay_out(first, TOKYO)
    assert [later.session_at - plan.session_at for plan, later in pairwise(planned)] == [timedelta(days=7)] * 4
    assert [plan.opens_at.astimezone(TOKYO).strftime("%m-%d %H:%M") for plan in planned] == [
        "11-25 00:00", "12-03 00:00", "12-10 00:00", "12-17 00:00", "12-24 00:00",
    ]  # fmt: skip
    assert Rhythm.weekly(0).lay_out(first, TOKYO) == []


def test_own_opening_days_come_along_and_the_rule_stays_the_rule():
    sessions = [datetime(2026, 5, 6 + 7 * week, 21, tzinfo=TOKYO).astimezone(UTC) for week in range(3)]
    opens = [sessions[0] - timedelta(days=12), opening_days(sessions, TOKYO)[1], sessions[2] - timedelta(hours=12)]
    planned = Rhythm.of(sessions, opens, TOKYO).lay_out(datetime(2027, 1, 8, 10, tzinfo=BERLIN), BERLIN)
    assert [on_clock(plan.opens_at, BERLIN).strftime("%m-%d %H:%M") for plan in planned] == [
        "12-27 10:00", "01-09 00:00", "01-21 22:00",
    ]  # fmt: skip


def test_uneven_dates_are_named():
    sessions = [datetime(2026, 5, day, 21, tzinfo=TOKYO) for day in (1, 8, 16, 22, 29)]
    assert Rhythm.of(sessions, sessions, TOKYO).uneven == [False, False, True, True, False]
    assert Rhythm.weekly(3).uneven == [False] * 3


def test_an_hour_that_clocks_skip_is_named():
    first = datetime(2026, 3, 22, 2, 30, tzinfo=BERLIN)
    planned = Rhythm.weekly(3).lay_out(first, BERLIN)
    assert [on_clock(plan.session_at, BERLIN).strftime("%m-%d %H:%M") for plan in planned] == [
        "03-22 02:30", "03-29 03:30", "04-05 02:30",
    ]  # fmt: skip
    assert [plan.is_skipped for plan in planned] == [False, True, False]


def test_an_hour_that_clocks_show_twice_is_the_first_one():
    assert at_clock(datetime(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 3), "文化の日"),
        (date(2027, 3, 22), "振替休日"),
        (date(2027, 1, 1), "元日"),
        (date(2027, 1, 2), "年末年始"),
        (date(2026, 12, 31), "年末年始"),
        (date(2026, 8, 12), ""),
        (date(2026, 8, 13), "お盆"),
        (date(2026, 8, 16), "お盆"),
        (date(2026, 8, 17), ""),
        (date(2026, 12, 2), ""),
        (date(2100, 12, 2), ""),
    ],
)
def test_days_off(day, name):
    assert day_off(day) == name


def test_days_off_in_english():
    with translation.override("en"):
        assert day_off(date(2026, 11, 3)) == "Culture Day"
        assert day_off(date(2027, 1, 2)) == "the turn of the year"
