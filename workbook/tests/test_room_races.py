"""Facilitators who steer at the same moment, and people who say at the same moment that they are here."""

import pytest

from tests.cast import join, make_users, prompt_of
from tests.together import at_once
from workbook.models import Attendance, Room

pytestmark = pytest.mark.django_db(transaction=True)
STEER, DEED = Room.objects.steer, Room.Deed


@pytest.fixture
def week(cast):
    return prompt_of(cast.cohort).section.week_id


def test_first_touch_by_many_makes_one_room_with_all_of_it(cast, week):
    leader, prompt = cast.facilitator, prompt_of(cast.cohort, position=2)
    deeds = [(DEED.ASK, prompt.pk), (DEED.NAMES, False), (DEED.TIMER, 5), (DEED.CLOSE, None), (DEED.SHOW, None)]
    at_once(*[lambda deed=deed, value=value: STEER(week, leader, deed, value) for deed, value in deeds])
    room = Room.objects.get()
    assert (room.prompt, room.is_named) == (prompt, False)
    assert room.timer_ends_at
    assert room.is_closing()


def test_closing_pressed_by_many_begins_once(cast, week):
    rooms = at_once(*[lambda: STEER(week, cast.facilitator, DEED.CLOSE) for _time in range(6)])
    assert len({room.closing_at for room in rooms}) == 1


def test_every_minute_more_counts(cast, week):
    begun = STEER(week, cast.facilitator, DEED.CLOSE)
    at_once(*[lambda: STEER(week, cast.facilitator, DEED.CLOSE_MORE) for _time in range(5)])
    assert (Room.objects.get().closing_ends_at - begun.closing_ends_at).seconds == 300


def test_all_come_at_once_and_one_of_them_twice(cast, week):
    users = make_users(*(f"person{number}" for number in range(5))).values()
    places = [join(cast.cohort, user) for user in users]
    note = Attendance.objects.note
    at_once(*[lambda place=place: note(week, place.pk, True, place.user) for place in [*places, places[0]]])
    assert Attendance.objects.filter(is_present=True).count() == 5
