"""The room of a session: who finds it, what stands on its page, and what every page of it holds a moment later."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Membership
from tests.cast import HEADINGS, QUESTIONS, join, make_user, prompt_of, write
from tests.reader import rewrite
from workbook.models import AccessRecord, Attendance, Readers, Response, Room, Section
from workbook.room import OpenRoom
from workbook.tests.watcher import Watcher, room_of, share, unshare


@pytest.fixture
def texts(cast):
    """To the first question: the member's and her colleague's for the group, the facilitator's too."""
    question = prompt_of(cast.cohort)
    rewrite(cast.private, "member's", Readers.GROUP)
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    leader = cast.cohort.memberships.get(user=cast.facilitator)
    write(colleague, question, "colleague's", Readers.GROUP)
    write(leader, question, "leader's", Readers.GROUP)
    return {row.text: row for row in Response.objects.filter(prompt=question)}


def page_of(client, cohort, number=1):
    return client.get(reverse("workbook:room", args=[cohort.slug, number]))


def watchers(cast, *users, number=1):
    pages = [Watcher(user, cast.cohort, number) for user in users or (cast.member, cast.colleague, cast.facilitator)]
    assert [page.poll() for page in pages] == [200] * len(pages)
    return pages


# Who finds it


@pytest.mark.parametrize("who", ["member", "facilitator"])
def test_page_shows_what_is_shared_and_who_is_there(who, client, cast, texts):
    client.force_login(getattr(cast, who))
    answer = page_of(client, cast.cohort)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    room, state = answer.context["room"], answer.context["state"]
    assert room.may_steer == (who == "facilitator")
    assert [card["name"] for card in state["cards"]] == ["colleague", "facilitator", "member"]
    assert [prompt.text for prompt in room.prompts] == [*QUESTIONS, *list(HEADINGS.values())[1:]]
    assert [prompt.label for prompt in room.prompts][2:] == list(HEADINGS.values())[1:]
    assert [prompt.is_chosen for prompt in room.prompts] == [True, False, False, False, False]


def test_page_knows_the_tag_of_what_it_shows(client, cast, texts):
    client.force_login(cast.member)
    tag = page_of(client, cast.cohort).context["etag"]
    url = reverse("workbook:room_state", args=[cast.cohort.slug, 1])
    assert client.get(url, headers={"If-None-Match": f'"{tag}"'}).status_code == 304


def test_member_has_her_own_boxes_and_the_facilitator_none(client, cast):
    for user, boxes in ((cast.member, 5), (cast.facilitator, 0)):
        client.force_login(user)
        assert len(page_of(client, cast.cohort).context["room"].worksheet.boxes) == boxes


@pytest.mark.parametrize("who", ["stranger", "removed", "other_facilitator", "organizer", "superuser"])
def test_nobody_else_finds_anything(who, cast, texts):
    page = Watcher(getattr(cast, who), cast.cohort)
    answers = [page.client.get(page.url("room")), page.client.get(page.url()), page.steer("names", "0"), page.attend()]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert not any(b"member's" in answer.content for answer in answers)
    assert not Room.objects.exists()
    assert not Attendance.objects.exists()


def test_organizer_who_takes_part_is_a_member_there(cast, texts):
    join(cast.cohort, cast.organizer)
    [page] = watchers(cast, cast.organizer)
    assert len(page.shown) == 3
    assert page.steer("names", "0").status_code == 404


def test_without_the_second_factor_she_sees_what_a_member_sees(cast, texts, settings):
    settings.REQUIRE_STAFF_MFA = True
    [page] = watchers(cast, cast.facilitator)
    assert len(page.shown) == 3
    assert "steered" not in page.state
    assert page.steer("names", "0").status_code == 404
    assert page.attend("1", membership=cast.membership.pk).status_code == 404
    Authenticator.objects.create(user=cast.facilitator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert page.poll() == 200
    assert "steered" in page.state
    assert page.steer("names", "0").status_code == 200


def test_week_that_is_not_open(client, cast):
    """Members are told when it opens; the facilitator may prepare."""
    client.force_login(cast.member)
    answer = page_of(client, cast.cohort, 4)
    assert "workbook/week_closed.html" in [template.name for template in answer.templates]
    member, leader = (Watcher(user, cast.cohort, 4) for user in (cast.member, cast.facilitator))
    assert (member.poll(), member.attend().status_code) == (404, 404)
    assert (leader.poll(), leader.steer("timer", "5").status_code) == (200, 200)
    assert member.poll() == 404
    assert page_of(leader.client, cast.cohort, 4).context["room"].may_steer


@pytest.mark.parametrize("number", [0, 9, 32768, 10**30])
def test_week_that_is_not_there(number, visitor, cast):
    assert page_of(visitor, cast.cohort, number).status_code == 404
    assert visitor.get(reverse("workbook:room_state", args=[cast.cohort.slug, number])).status_code == 404


def test_week_without_questions(visitor, cast):
    week = cast.cohort.weeks.get(number=2)
    for section in week.sections.all():
        section.prompts.all().delete()
        section.delete()
    member, leader = watchers(cast, cast.member, cast.facilitator, number=2)
    assert (member.state["asked"], leader.state["cards"]) == (None, [])
    assert leader.steer("close").json()["counts"] == {"writing": 0, "written": 0, "all": 2}
    assert page_of(visitor, cast.cohort, 2).status_code == 200


def test_signed_out(client, cast):
    page = Watcher(cast.member, cast.cohort)
    page.client.logout()
    assert page.client.get(page.url()).json()["error"] == "signed_out"
    assert page.steer("names", "0").status_code == 401
    assert page.attend().status_code == 401
    for name in ("room", "room_attend"):
        ask = page.client.get if name == "room" else page.client.post
        assert ask(page.url(name)).url == f"/accounts/login/?next={page.url('room')}"


# What is shown


def test_shared_texts_of_the_question_alone(cast, texts):
    """Not what is for facilitators, not what is hers alone, not what holds no own words, not other questions."""
    cast.shared.refresh_from_db()
    share(cast.shared)
    unshare(texts["colleague's"])
    for name, readers in (("alone", Readers.SELF), ("led", Readers.FACILITATORS), ("group", Readers.GROUP)):
        write(join(cast.cohort, make_user(name)), prompt_of(cast.cohort), f"of {name}", readers)
    write(join(cast.cohort, make_user("pasted")), prompt_of(cast.cohort), "うれしかった一言は？", Readers.GROUP)
    for page in watchers(cast):
        assert page.shown == ["leader's", "of group", "member's"]


def test_own_card_is_marked(cast, texts):
    for page in watchers(cast):
        assert [card["name"] for card in page.state["cards"] if card["mine"]] == [page.user.nickname]


def test_members_see_cards_from_the_session_on(cast, texts):
    week = cast.cohort.weeks.get(number=1)
    week.session_at = timezone.now() + timedelta(minutes=2)
    week.save()
    member, leader = watchers(cast, cast.member, cast.facilitator)
    assert (member.state["may_hear"], member.shown) == (False, [])
    assert (leader.state["may_hear"], len(leader.shown)) == (True, 3)
    leader.steer("order", "name")
    assert (member.poll(), len(member.shown)) == (200, 3)


def test_trying_the_controls_days_ahead_shows_nobody_anything(cast, texts, time_machine):
    week = cast.cohort.weeks.get(number=1)
    week.session_at = timezone.now() + timedelta(days=2)
    week.save()
    member, leader = watchers(cast, cast.member, cast.facilitator)
    for before in (timedelta(days=2), timedelta(minutes=31)):
        time_machine.move_to(week.session_at - before)
        assert leader.steer("order", "name").status_code == 200
        assert member.poll() in (200, 304)
        assert (member.state["may_hear"], member.shown) == (False, [])
    time_machine.move_to(week.session_at - timedelta(minutes=29))
    assert (member.poll(), member.shown) == (304, [])
    assert leader.steer("order", "name").status_code == 200
    assert (member.poll(), len(member.shown)) == (200, 3)


def test_members_of_a_finished_cohort_read_on(cast, texts):
    week = cast.cohort.weeks.get(number=1)
    week.session_at = timezone.now() + timedelta(minutes=2)
    week.save()
    cast.cohort.finish()
    member, leader = watchers(cast, cast.member, cast.facilitator)
    assert member.state["ended"]
    assert len(member.shown) == len(leader.shown) == 3


def test_text_is_rendered_by_the_one_renderer(cast, texts):
    rewrite(texts["colleague's"], "**あ**<script>alert(1)</script>", Readers.GROUP)
    [page] = watchers(cast, cast.member)
    assert page.shown[0] == "<strong>あ</strong>&lt;script&gt;alert(1)&lt;/script&gt;"


def test_html_is_sent_once_for_each_version(cast, texts):
    [page] = watchers(cast, cast.member)
    rewrite(texts["colleague's"], "longer", Readers.GROUP)
    assert page.poll() == 200
    assert [card["name"] for card in page.state["cards"] if "html" in card] == ["colleague"]
    assert page.shown == ["longer", "leader's", "member's"]


@pytest.mark.parametrize("have", ["x", ".", ",,,", "a.1," * 500, "あ.1", "\x00", "1.1.1"])
def test_what_nobody_can_read_is_no_card(have, cast, texts):
    [page] = watchers(cast, cast.member)
    page.tag = ""
    assert page.poll(have=have) == 200
    assert all("html" in card for card in page.state["cards"])


def test_what_facilitators_were_shown_is_recorded_once_for_each_visit(cast, texts):
    leader, member = watchers(cast, cast.facilitator, cast.member)
    records = AccessRecord.objects.filter(prompt=prompt_of(cast.cohort), deed=AccessRecord.Deed.READ)
    writers = {cast.membership.pk, cast.cohort.memberships.get(user=cast.colleague).pk}
    assert set(records.values_list("actor", "membership")) == {(cast.facilitator.pk, pk) for pk in writers}
    rewrite(texts["colleague's"], "longer", Readers.GROUP)
    assert (leader.poll(), leader.client.get(leader.url("room")).status_code, member.poll()) == (200, 200, 200)
    assert records.count() == 2


def test_a_page_that_holds_all_is_no_reading(cast, texts, time_machine):
    [leader] = watchers(cast, cast.facilitator)
    known = AccessRecord.objects.count()
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    have = ",".join(f"{key}.{version}" for key, version in leader.texts)
    assert not any("html" in card for card in leader.attend("1", have=have).json()["cards"])
    assert leader.poll() == 200
    assert AccessRecord.objects.count() == known


# Gone with the next question


@pytest.mark.parametrize("who", ["colleague", "facilitator"])
def test_text_unshared_while_the_answer_is_made(who, cast, texts):
    """Between finding the cards and reading them."""
    Room.objects.steer(cast.private.prompt.section.week_id, cast.facilitator, Room.Deed.SHOW, texts["member's"].pk)
    room = OpenRoom(getattr(cast, who), cast.cohort.slug, 1)
    assert len(room.cards) == 3
    assert room.spotlight
    unshare(texts["member's"])
    state = room.state()
    assert [card["name"] for card in state["cards"]] == ["colleague", "facilitator"]
    assert all(card["html"] for card in state["cards"])
    assert state["spotlight"] is None
    room = OpenRoom(cast.facilitator, cast.cohort.slug, 1)
    assert len(room.cards) == 2
    cast.cohort.memberships.get(user=cast.colleague).close()
    assert [card["name"] for card in room.state()["cards"]] == ["facilitator"]


def test_unshared_text_is_gone_everywhere(cast, texts):
    for readers in (Readers.FACILITATORS, Readers.SELF):
        share(texts["member's"])
        pages = watchers(cast)
        pages[2].steer("show", next(card["id"] for card in pages[2].state["cards"] if card["name"] == "member"))
        assert [page.poll() for page in pages] == [200] * 3
        assert all(page.state["spotlight"] for page in pages)
        unshare(texts["member's"], readers)
        for page in pages:
            assert page.poll() == 200
            assert page.shown == ["colleague's", "leader's"]
            assert page.state["spotlight"] is None


def test_text_that_its_writer_took_out_of_the_middle_comes_back_to_its_place(cast, texts):
    """Shared again, it is a card like the others until a facilitator shows it again."""
    leader, colleague = watchers(cast, cast.facilitator, cast.colleague)
    leader.steer("show", next(card["id"] for card in leader.state["cards"] if card["name"] == "member"))
    unshare(texts["member's"])
    assert colleague.poll() == 200
    share(texts["member's"])
    for page in (leader, colleague):
        assert page.poll() == 200
        assert len(page.shown) == 3
        assert page.state["spotlight"] is None


def test_text_of_who_left_is_gone(cast, texts):
    colleague, leader = watchers(cast, cast.colleague, cast.facilitator)
    cast.membership.close()
    for page in (colleague, leader):
        assert page.poll() == 200
        assert page.shown == ["colleague's", "leader's"]
        assert "member" not in [person["name"] for person in page.state["people"]]


def test_who_left_gets_nothing_more(cast, texts):
    member, leader = watchers(cast, cast.member, cast.facilitator)
    for page in (member, leader):
        cast.cohort.memberships.get(user=page.user).close()
        assert (page.poll(), page.shown) == (404, [])
        assert page.client.get(page.url("room")).status_code == 404


def test_who_facilitates_no_more_steers_no_more(cast, texts):
    [leader] = watchers(cast, cast.facilitator)
    Membership.objects.filter(user=cast.facilitator, cohort=cast.cohort).update(role=Membership.Role.MEMBER)
    assert leader.poll() == 200
    assert {"steered", "counts"} & set(leader.state) == set()
    assert not any("id" in person for person in leader.state["people"])
    assert leader.steer("names", "0").status_code == 404


def test_deleted_cohort(cast, texts):
    pages = watchers(cast)
    cast.cohort.mark_deleted()
    assert [page.poll() for page in pages] == [404] * 3
    assert [page.steer("names", "0").status_code for page in pages] == [404] * 3
    assert [page.attend().status_code for page in pages] == [404] * 3


def test_question_changed_by_the_editor_is_shown(cast, texts):
    [page] = watchers(cast, cast.member)
    prompt_of(cast.cohort).reword("なにが変わりましたか？", "")
    assert page.poll() == 200
    assert page.state["asked"]["text"] == "なにが変わりましたか？"


def test_question_that_is_taken_away_leaves_the_first_one(cast):
    summary = prompt_of(cast.cohort, kind=Section.Kind.SUMMARY)
    [leader] = watchers(cast, cast.facilitator)
    leader.steer("ask", summary.pk)
    assert leader.poll() == 200
    assert leader.state["asked"]["label"] == "まとめ"
    summary.delete()
    assert leader.poll() == 200
    assert leader.state["asked"]["text"] == "うれしかった一言は？"
    assert room_of(cast.cohort).prompt is None
