"""What facilitators do in a room, and who says that she is here."""

from datetime import datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from tests.cast import join, make_user, prompt_of, write
from tests.reader import rewrite
from workbook.models import Attendance, Readers, Room, Section
from workbook.tests.watcher import SCRIPT, Watcher, hold_today, room_of

PEOPLE = ("はる", "なつ", "あき", "ふゆ")


@pytest.fixture
def leader(cast):
    return Watcher(cast.facilitator, cast.cohort)


@pytest.fixture
def second(cast):
    user = make_user("second")
    join(cast.cohort, user, "facilitator")
    return Watcher(user, cast.cohort)


@pytest.fixture
def four(cast):
    """Four people who share what they think, in the order in which they came."""
    question = prompt_of(cast.cohort)
    return {name: write(join(cast.cohort, make_user(name)), question, f"{name}の文", Readers.GROUP) for name in PEOPLE}


def steered(page, deed, value=""):
    """The state that the deed leads to."""
    answer = page.steer(deed, value)
    assert answer.status_code == 200, answer.content.decode()
    return page.take(answer).json()


def moment(text):
    return datetime.fromisoformat(text)


# What all see


def test_any_question_of_the_week(cast, leader):
    state = steered(leader, "ask", cast.group.prompt_id)
    assert state["asked"] == {"id": cast.group.prompt_id, "label": "あなたは何をする？", "text": "あなたは何をする？"}
    assert leader.shown == [cast.group.text]
    assert steered(leader, "ask", prompt_of(cast.cohort).pk)["cards"] == []


def test_another_question_leaves_nothing_in_the_middle(cast, leader, four):
    card = steered(leader, "order", "name")["cards"][0]["id"]
    assert steered(leader, "show", card)["spotlight"] == card
    assert steered(leader, "ask", cast.group.prompt_id)["spotlight"] is None
    assert steered(leader, "ask", prompt_of(cast.cohort).pk)["spotlight"] is None


def test_one_card_in_the_middle_and_back(leader, four):
    leader.poll()
    for card in leader.ids[:2]:
        assert steered(leader, "show", card)["spotlight"] == card
    assert steered(leader, "hide")["spotlight"] is None


def test_order_by_name_and_at_random(leader, four):
    assert steered(leader, "order", "name")["order"] == "name"
    assert leader.names == sorted(PEOPLE)
    orders = set()
    for _time in range(12):
        assert steered(leader, "shuffle")["order"] == "random"
        assert sorted(leader.names) == sorted(PEOPLE)
        orders.add(tuple(leader.names))
    assert len(orders) > 4
    assert steered(leader, "order", "name")["order"] == "name"
    assert leader.names == sorted(PEOPLE)


def test_order_at_random_stays_while_texts_come(cast, leader, four):
    steered(leader, "shuffle")
    before = leader.names
    write(join(cast.cohort, make_user("late")), prompt_of(cast.cohort), "遅れて", Readers.GROUP)
    assert leader.poll() == 200
    assert [name for name in leader.names if name != "late"] == before


def test_timer_and_its_end(leader, time_machine):
    ends_at = steered(leader, "timer", "5")["timer"]["ends_at"]
    assert timedelta(minutes=4, seconds=55) < moment(ends_at) - timezone.now() < timedelta(minutes=5)
    assert steered(leader, "timer_stop")["timer"] is None
    ends_at = moment(steered(leader, "timer", "1")["timer"]["ends_at"])
    time_machine.move_to(ends_at + timedelta(minutes=9))
    assert leader.poll() == 304
    time_machine.move_to(ends_at + timedelta(minutes=11))
    assert leader.poll() == 200
    assert leader.state["timer"] is None


# Without names


def test_without_names_nothing_tells_whose_it_is(leader, four):
    """Neither a name nor an id nor a place that had been seen with a name; nor are they those of the time before."""
    leader.poll()
    seen = {"ids": set(leader.ids), "orders": []}
    for _time in range(12):
        steered(leader, "names", "1")
        seen["ids"] |= set(leader.ids)
        assert None not in leader.names
        state = steered(leader, "names", "0")
        assert (state["is_named"], state["order"]) == (False, "random")
        assert leader.names == [None] * 4
        assert seen["ids"] & set(leader.ids) == set()
        seen["orders"].append(tuple(leader.shown))
    assert len(set(seen["orders"])) > 4
    assert steered(leader, "order", "name")["order"] == "random"
    assert leader.names == [None] * 4


def test_first_order_without_names_is_not_that_of_a_shuffle_with_names(leader, four):
    steered(leader, "shuffle")
    before, orders = leader.shown, set()
    seed = room_of(leader.user.memberships.get().cohort).seed
    for _time in range(8):
        steered(leader, "names", "0")
        orders.add(tuple(leader.shown))
        assert room_of(leader.user.memberships.get().cohort).seed != seed
    assert orders != {tuple(before)}


def test_the_page_is_as_silent(leader, four):
    """The names stand in the list of who is here, and nowhere else."""
    steered(leader, "names", "0")
    state = leader.client.get(leader.url("room")).context["state"]
    assert {card["name"] for card in state["cards"]} == {None}
    assert {key for card in state["cards"] for key in card} == {"id", "version", "name", "mine", "html"}


def test_card_ids_are_nobody_s_numbers(leader, four, cast):
    """The same text has another id in each room, and no id holds a row's."""
    leader.poll()
    ids = {key for key, _version in leader.texts}
    assert all(len(key) == 12 for key in ids)
    write(cast.cohort.memberships.get(user__nickname="はる"), prompt_of(cast.cohort, week=2), "別の週", Readers.GROUP)
    other = Watcher(leader.user, cast.cohort, 2)
    other.poll()
    assert not {key for key, _version in other.texts} & ids


# The last minutes


def test_closing_begins_once_gets_more_and_ends(leader, second, time_machine):
    first = steered(leader, "close")["closing"]
    assert moment(first["ends_at"]) - moment(first["begun_at"]) == timedelta(minutes=3)
    assert first["url"] == "/cohorts/ours/weeks/1/"
    assert steered(second, "close")["closing"] == first
    more = steered(second, "close_more")["closing"]
    assert (more["begun_at"], moment(more["ends_at"]) - moment(first["ends_at"])) == (
        first["begun_at"],
        timedelta(minutes=1),
    )
    assert steered(leader, "close_end")["closing"] is None
    assert leader.steer("close_more").status_code == 422


def test_closing_is_over_ten_minutes_after_its_end(cast, leader, time_machine):
    member = Watcher(cast.member, cast.cohort)
    ends_at = moment(steered(leader, "close")["closing"]["ends_at"])
    for minutes, is_on in ((9, True), (11, False)):
        time_machine.move_to(ends_at + timedelta(minutes=minutes))
        for query in ({}, {"only": "closing"}):
            member.tag = ""
            assert member.poll(**query) == 200
            assert bool(member.state["closing"]) == is_on


def test_closing_pressed_again_after_its_end_begins_anew(leader, time_machine):
    first = steered(leader, "close")["closing"]
    time_machine.move_to(moment(first["ends_at"]) + timedelta(minutes=1))
    more = steered(leader, "close_more")["closing"]
    assert timedelta(seconds=55) < moment(more["ends_at"]) - timezone.now() < timedelta(seconds=61)
    time_machine.move_to(moment(more["ends_at"]) + timedelta(minutes=1))
    assert steered(leader, "close")["closing"]["begun_at"] > first["begun_at"]


def test_counts_of_who_writes_and_who_has_written(cast, leader):
    """Facilitators get numbers; members not even those."""
    assert steered(leader, "names", "1")["counts"] is None
    people = {name: join(cast.cohort, make_user(name)) for name in PEOPLE}
    summary = prompt_of(cast.cohort, kind=Section.Kind.SUMMARY)
    action = prompt_of(cast.cohort, kind=Section.Kind.ACTION)
    write(people["はる"], summary, "まえの")
    assert steered(leader, "close")["counts"] == {"writing": 0, "written": 0, "all": 6}
    write(people["なつ"], summary, "", Readers.SELF)
    rewrite(cast.group, cast.group.text + "つづき")
    assert leader.poll() == 200
    assert leader.state["counts"] == {"writing": 2, "written": 0, "all": 6}
    write(people["はる"], action, "する", Readers.SELF)
    write(people["あき"], prompt_of(cast.cohort), "自分の考え")
    write(cast.cohort.memberships.get(user=cast.facilitator), action, "私も")
    assert leader.poll() == 200
    assert leader.state["counts"] == {"writing": 2, "written": 1, "all": 6}
    people["はる"].close()
    assert leader.poll() == 200
    assert leader.state["counts"] == {"writing": 2, "written": 0, "all": 5}
    member = Watcher(cast.member, cast.cohort)
    member.poll()
    assert {"counts", "steered"} & set(member.state) == set()
    leader.poll(only="closing")
    assert "counts" not in leader.state
    assert steered(leader, "close_end")["counts"] is None


def test_other_pages_ask_for_the_closing_alone(cast, leader, four):
    member = Watcher(cast.member, cast.cohort)
    assert member.poll(only="closing") == 200
    assert set(member.state) == {"user", "now", "room", "ended", "closing"}
    leader.steer("names", "0")
    assert member.poll(only="closing") == 304
    leader.steer("close")
    assert member.poll(only="closing") == 200
    assert member.state["closing"]


# Two facilitators


def test_last_one_wins_and_both_see_who(leader, second):
    steered(leader, "order", "random")
    state = steered(second, "order", "name")
    assert (state["order"], state["steered"]["name"], state["steered"]["me"]) == ("name", "second", True)
    assert leader.poll() == 200
    assert leader.state["order"] == "name"
    assert leader.state["steered"] == {**state["steered"], "me": False}
    assert moment(state["steered"]["at"]) == room_of(leader.user.memberships.get().cohort).steered_at


def test_each_deed_keeps_what_the_other_did(leader, second, four):
    second.poll()
    steered(leader, "names", "0")
    steered(second, "timer", "5")
    card = steered(leader, "order", "name")["cards"][0]["id"]
    steered(second, "close")
    state = steered(leader, "show", card)
    assert (state["is_named"], state["spotlight"]) == (False, card)
    assert state["timer"]
    assert state["closing"]


# What is not possible


@pytest.mark.parametrize(
    ("deed", "value"),
    [
        *[("ask", value) for value in ("", "x", "0", "999999", "１", "9" * 39, "9" * 41)],
        *[("names", value) for value in ("", "2", "true", "はい")],
        *[("order", value) for value in ("", "x", "NAME")],
        *[("show", value) for value in ("", "1", "ab12cd34ef56", "\x00")],
        *[("timer", value) for value in ("", "0", "61", "-1", "1.5", "x", "1e1")],
        *[("close_more", ""), ("", ""), ("finish", ""), ("closed", "1"), ("\x00", "")],
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(deed, value, cast, leader):
    answer = leader.steer(deed, value)
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid"
    assert answer.json()["message"]
    assert not Room.objects.exists()
    plainly = leader.client.post(leader.url("room_steer"), {"deed": deed, "value": value})
    assert (plainly.status_code, plainly.url) == (302, leader.url("room"))
    assert [str(message) for message in get_messages(plainly.wsgi_request)]
    assert not Room.objects.exists()


def test_question_of_another_week_and_card_of_another_question(cast, leader, four):
    leader.poll()
    assert leader.steer("ask", prompt_of(cast.cohort, week=2).pk).status_code == 422
    card = leader.ids[0]
    leader.steer("ask", cast.group.prompt_id)
    assert leader.steer("show", card).status_code == 422


def test_finished_cohort_is_steered_no_more(cast, leader):
    steered(leader, "close")
    cast.cohort.finish()
    member = Watcher(cast.member, cast.cohort)
    for deed, value in (("names", "0"), ("close_more", ""), ("timer", "5")):
        assert leader.steer(deed, value).status_code == 422
    assert (member.poll(only="closing"), member.state["ended"], member.state["closing"]) == (200, True, None)
    assert room_of(cast.cohort).is_named


# Who is here


@pytest.fixture
def member(cast):
    """On the day of the session."""
    hold_today(cast.cohort)
    return Watcher(cast.member, cast.cohort)


def present(page):
    page.tag = ""
    assert page.poll() == 200
    return {person["name"] for person in page.state["people"] if person["present"]}


def test_member_says_that_she_is_here_and_takes_it_back(cast, leader, member):
    assert member.attend("1").json()["here"] == 1
    assert present(leader) == {"member"}
    assert (leader.state["here"], leader.state["all"]) == (1, 2)
    noted = Attendance.objects.get()
    assert (noted.membership, noted.week.number, noted.noted_by) == (cast.membership, 1, cast.member)
    assert member.attend("0").json()["here"] == 0
    assert present(leader) == set()
    assert not Attendance.objects.get().is_present


def test_facilitator_corrects(cast, leader, member):
    member.attend("1")
    leader.poll()
    ids = {person["name"]: person["id"] for person in leader.state["people"]}
    assert leader.attend("0", membership=ids["member"]).status_code == 200
    assert leader.attend("1", membership=ids["colleague"]).status_code == 200
    assert leader.attend("1").status_code == 200
    assert present(member) == {"colleague", "facilitator"}
    assert member.state["here"] == 1
    assert Attendance.objects.get(membership=cast.membership).noted_by == cast.facilitator


def test_facilitators_are_listed_last_and_counted_nowhere(cast, leader):
    join(cast.cohort, make_user("latest"))
    leader.poll()
    assert [person["name"] for person in leader.state["people"]] == ["member", "colleague", "latest", "facilitator"]
    assert [person["leads"] for person in leader.state["people"]] == [False, False, False, True]
    assert leader.state["all"] == 3


def test_nobody_says_it_for_others(cast, leader, member):
    other = cast.cohort.memberships.get(user=cast.colleague)
    stranger = cast.other.memberships.get(user=cast.stranger)
    gone = cast.cohort.memberships.get(user=cast.removed)
    assert member.attend("1", membership=other.pk).status_code == 404
    for membership in (stranger.pk, gone.pk, 999999, "x", "９"):
        assert leader.attend("1", membership=membership).status_code == 404, membership
    assert member.attend("1", membership=cast.membership.pk).status_code == 200
    assert Attendance.objects.count() == 1


@pytest.mark.parametrize("sent", ["", "2", "yes", "\x00"])
def test_neither_here_nor_not(sent, cast, leader):
    answer = leader.attend(sent)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
    assert not Attendance.objects.exists()


def test_finished_cohort_is_corrected_by_its_facilitator_alone(cast, leader, member):
    cast.cohort.finish()
    assert member.attend("1").status_code == 422
    assert leader.attend("1", membership=cast.membership.pk).status_code == 200
    assert present(member) == {"member"}


def test_without_script_both_lead_back_to_the_room(cast, leader):
    for name, sent in (("room_steer", {"deed": "names", "value": "0"}), ("room_attend", {"present": "1"})):
        answer = leader.client.post(leader.url(name), sent)
        assert (answer.status_code, answer.url) == (302, leader.url("room"))
    assert not room_of(cast.cohort).is_named
    assert Attendance.objects.get().is_present


def test_token_is_asked_for(cast, leader):
    """A page of somebody else's cannot press these buttons."""
    leader.client.handler.enforce_csrf_checks = True
    assert leader.client.post(leader.url("room_attend"), {"present": "1"}, headers=SCRIPT).status_code == 403
    assert not Attendance.objects.exists()
