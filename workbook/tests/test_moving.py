"""Moving sessions of a run under way: what is past stays, the rest follows or stays, and nothing closes again."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
import time_machine
from django.core.exceptions import ValidationError

from cohorts.models import Cohort
from tests.cast import make_week
from workbook.dates import Rhythm, opening_days
from workbook.models import Week
from workbook.moving import DatesChanged, faults_of, move_sessions, plan_moves

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
NOW = datetime(2027, 3, 10, 11, 0, tzinfo=UTC)
FIRST = datetime(2027, 3, 3, 21, 0, tzinfo=TOKYO)


def run_of(sessions, opens):
    dates = enumerate(zip(sessions, opens, strict=True), start=1)
    return [Week(number=number, session_at=session, opens_at=open_at) for number, (session, open_at) in dates]


def random_run(chance, zone):
    first = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(90 * 525_600))
    planned = Rhythm.weekly(chance.randrange(1, 10)).lay_out(first, zone)
    sessions = [plan.session_at + timedelta(minutes=chance.choice([0, 0, 0, 90, -2000])) for plan in planned]
    rule = opening_days(sessions, zone)
    opens = [
        day if chance.random() < 0.7 else session - timedelta(days=3)
        for day, session in zip(rule, sessions, strict=True)
    ]
    return run_of(sessions, opens), first + timedelta(days=chance.randrange(-10, 70))


def clock(moment, zone):
    return moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize("seed", range(10))
def test_any_move_of_any_run(seed):
    chance = random.Random(seed)
    for _case in range(250):
        zone = ZoneInfo(chance.choice(ZONES))
        weeks, now = random_run(chance, zone)
        days = {week.number: timedelta(days=chance.randrange(-6, 20), minutes=30) for week in weeks}
        chosen = {week.number: week.session_at + days[week.number] for week in weeks if chance.random() < 0.3}
        rest = chance.random() < 0.5
        moves = plan_moves(weeks, chosen, zone, rest=rest, now=now)
        assert [move.week for move in moves] == weeks
        check_sessions(moves, chosen, zone, rest, now)
        check_openings(moves, now)
        check_faults(moves, now)


def check_sessions(moves, chosen, zone, rest, now):
    leader = None
    for move in moves:
        if move.was_at <= now:
            assert move.session_at == move.was_at
        elif move.week.number in chosen:
            assert move.session_at == chosen[move.week.number]
            leader = move
        elif rest and leader:
            difference = clock(leader.session_at, zone) - clock(leader.was_at, zone)
            meant = clock(move.was_at, zone) + difference
            assert (clock(move.session_at, zone) == meant) != move.is_skipped
            assert not move.is_skipped or clock(meant.replace(tzinfo=zone), zone) != meant
        else:
            assert move.session_at == move.was_at


def check_openings(moves, now):
    for before, move in zip([None, *moves], moves, strict=False):
        assert not move.opens_anew or move.opened_at > now
        touched = move.has_moved or (before and before.has_moved)
        assert touched or not move.opens_anew


def check_faults(moves, now):
    """Without faults the dates can be stored: one after the other, none opening after its session, none in the past."""
    if faults_of(moves, now):
        return
    assert all(move.opens_at <= move.session_at for move in moves)
    assert all(not move.has_moved or move.session_at > now for move in moves)
    touched = [pair for pair in pairwise(moves) if any(move.has_moved for move in pair)]
    assert all(before.session_at < after.session_at for before, after in touched)


@pytest.fixture
def cohort(db):
    """The first session is past, week 2 is open, weeks 3 and 4 are to come."""
    cohort = Cohort.objects.create(name="春", slug="spring")
    sessions = [FIRST + timedelta(days=7 * number) for number in range(4)]
    for number, (session, opens) in enumerate(zip(sessions, opening_days(sessions, TOKYO), strict=True), start=1):
        week = make_week(cohort, number, session)
        Week.objects.filter(pk=week.pk).update(opens_at=opens)
    with time_machine.travel(NOW, tick=False):
        yield cohort


def seen(cohort):
    return dict(cohort.weeks.values_list("number", "session_at"))


def stored(cohort, name="session_at"):
    return [getattr(week, name).astimezone(TOKYO).strftime("%m-%d %H:%M") for week in cohort.weeks.order_by("number")]


def move(cohort, number, at, *, rest=True):
    return move_sessions(cohort, {number: at}, rest=rest, seen=seen(cohort))


def test_the_rest_moves_along(cohort):
    moves = move(cohort, 3, datetime(2027, 3, 18, 20, 30, tzinfo=TOKYO))
    assert stored(cohort) == ["03-03 21:00", "03-10 21:00", "03-18 20:30", "03-25 20:30"]
    assert stored(cohort, "opens_at") == ["02-24 00:00", "03-04 00:00", "03-11 00:00", "03-19 00:00"]
    assert [week.sequence for week in cohort.weeks.order_by("number")] == [0, 0, 1, 1]
    assert [one.week.number for one in moves] == [3, 4]


def test_or_stays(cohort):
    moves = move(cohort, 3, datetime(2027, 3, 18, 20, 30, tzinfo=TOKYO), rest=False)
    assert stored(cohort) == ["03-03 21:00", "03-10 21:00", "03-18 20:30", "03-24 21:00"]
    assert stored(cohort, "opens_at")[3] == "03-19 00:00"
    assert [week.sequence for week in cohort.weeks.order_by("number")] == [0, 0, 1, 0]
    assert [one.week.number for one in moves] == [3, 4]


def test_a_week_that_is_open_stays_open(cohort):
    move(cohort, 2, datetime(2027, 3, 20, 21, 0, tzinfo=TOKYO))
    assert stored(cohort) == ["03-03 21:00", "03-20 21:00", "03-27 21:00", "04-03 21:00"]
    assert stored(cohort, "opens_at")[1:3] == ["03-04 00:00", "03-21 00:00"]


def test_the_hour_stays_over_summer_time(cohort):
    Cohort.objects.filter(pk=cohort.pk).update(time_zone="Europe/Berlin")
    cohort.refresh_from_db()
    old = [at.astimezone(BERLIN) for at in seen(cohort).values()]
    move(cohort, 3, old[2] + timedelta(days=1))
    berlin = [at.astimezone(BERLIN) for at in seen(cohort).values()]
    assert [at.strftime("%d %H:%M") for at in berlin[2:]] == ["18 13:00", "25 13:00"]
    move(cohort, 4, datetime(2027, 3, 30, 13, 0, tzinfo=BERLIN))
    assert seen(cohort)[4] == datetime(2027, 3, 30, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "at"),
    [
        (3, datetime(2027, 3, 9, 21, 0, tzinfo=TOKYO)),
        (3, datetime(2027, 3, 10, 21, 0, tzinfo=TOKYO)),
        (4, datetime(2027, 3, 12, 21, 0, tzinfo=TOKYO)),
        (3, datetime(2200, 3, 10, 21, 0, tzinfo=TOKYO)),
    ],
)
def test_what_cannot_be_moves_nothing(cohort, number, at):
    before = list(cohort.weeks.values())
    with pytest.raises(ValidationError):
        move(cohort, number, at)
    assert list(cohort.weeks.values()) == before


def test_a_session_that_is_past_is_not_moved(cohort):
    assert move(cohort, 1, datetime(2027, 4, 1, 21, 0, tzinfo=TOKYO)) == []
    assert stored(cohort)[0] == "03-03 21:00"


def test_what_somebody_else_moved_is_not_moved_back(cohort):
    old = seen(cohort)
    move(cohort, 3, datetime(2027, 3, 18, 20, 30, tzinfo=TOKYO))
    with pytest.raises(DatesChanged):
        move_sessions(cohort, {4: datetime(2027, 3, 30, tzinfo=TOKYO)}, rest=True, seen=old)
    assert stored(cohort)[3] == "03-25 20:30"


@pytest.mark.parametrize(
    ("change", "sequence"),
    [
        ({"session_at": FIRST + timedelta(hours=1)}, 1),
        ({"session_minutes": 90}, 1),
        ({"meeting_url": "https://zoom.example.com/j/2"}, 1),
        ({"aim": "べつのねらい"}, 0),
    ],
)
def test_calendars_are_told_of_what_concerns_them(cohort, change, sequence):
    week = cohort.weeks.get(number=1)
    for name, value in change.items():
        setattr(week, name, value)
    week.save(update_fields=list(change))
    assert Week.objects.get(pk=week.pk).sequence == sequence


def test_moving_takes_the_same_queries_for_two_weeks_and_for_many(cohort, django_assert_num_queries):
    for number in range(3):
        weeks = 2 + 10 * number
        other = Cohort.objects.create(name="長", slug=f"long{number}")
        for week in range(weeks):
            make_week(other, week + 1, datetime(2027, 6, 2, 21, 0, tzinfo=TOKYO) + timedelta(days=7 * week))
        known = seen(other)
        at = known[1] + timedelta(days=1)
        with django_assert_num_queries(4):
            move_sessions(other, {1: at}, rest=True, seen=known)
