"""What a poll costs, when it says that nothing is new, and what its tag tells: nothing."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.utils import timezone

from cohorts.models import Membership, User
from tests.cast import join, make_user, make_users, prompt_of, write
from tests.reader import rewrite
from workbook.models import Attendance, Readers, Response, Room, Section
from workbook.tests.watcher import SCRIPT, Watcher, share, unshare


@pytest.fixture
def pages(cast):
    """A member's and a facilitator's, after somebody shared a text."""
    rewrite(cast.private, "shared", Readers.GROUP)
    Room.objects.steer(cast.private.prompt.section.week_id, cast.facilitator, Room.Deed.NAMES, True)
    pages = {name: Watcher(getattr(cast, name), cast.cohort) for name in ("member", "facilitator")}
    assert {page.poll() for page in pages.values()} == {200}
    return pages


def told(pages, deed):
    """Whose pages are told of something new after it."""
    assert {page.poll() for page in pages.values()} <= {200, 304}
    assert {page.poll() for page in pages.values()} == {304}
    deed()
    return {name for name, page in pages.items() if page.poll() == 200}


BOTH, NOBODY = {"member", "facilitator"}, set()


# What is new


def steering(cast, deed, value=None):
    return lambda: Room.objects.steer(cast.private.prompt.section.week_id, cast.facilitator, deed, value)


def deeds_for_both(cast):
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    week = cast.private.prompt.section.week
    first = prompt_of(cast.cohort)
    yield lambda: write(colleague, first, "new", Readers.GROUP)
    yield lambda: rewrite(Response.objects.get(text="new"), "newer", Readers.GROUP)
    yield lambda: unshare(Response.objects.get(text="newer"))
    yield lambda: share(Response.objects.get(text="newer"))
    yield lambda: rewrite(Response.objects.get(text="newer"), "", Readers.GROUP)
    yield lambda: Attendance.objects.note(week.pk, colleague.pk, True, cast.colleague)
    yield lambda: Attendance.objects.note(week.pk, colleague.pk, False, cast.colleague)
    yield lambda: User.objects.filter(pk=cast.colleague.pk).update(nickname="another")
    yield lambda: join(cast.cohort, make_user("new"))
    yield colleague.close
    yield colleague.reopen
    yield lambda: Membership.objects.filter(pk=colleague.pk).update(role="facilitator")
    yield steering(cast, Room.Deed.NAMES, False)
    yield steering(cast, Room.Deed.NAMES, True)
    yield steering(cast, Room.Deed.ORDER, "random")
    yield steering(cast, Room.Deed.SHOW, cast.private.pk)
    yield steering(cast, Room.Deed.HIDE)
    yield steering(cast, Room.Deed.TIMER, 5)
    yield steering(cast, Room.Deed.TIMER_STOP)
    yield steering(cast, Room.Deed.CLOSE)
    yield steering(cast, Room.Deed.CLOSE_MORE)
    yield steering(cast, Room.Deed.CLOSE_END)
    yield steering(cast, Room.Deed.ASK, cast.shared.prompt_id)
    yield lambda: cast.shared.prompt.reword("別の問い？", "")
    yield cast.cohort.finish
    yield cast.cohort.reopen


def test_each_change_is_new_to_both(cast, pages):
    for number, deed in enumerate(deeds_for_both(cast)):
        assert told(pages, deed) == BOTH, number


def test_nothing_else_is_new_to_anybody(cast, pages):
    """Private words, words for facilitators, other questions and weeks, other cohorts, pages that are opened."""
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    stranger = cast.other.memberships.get(user=cast.stranger)
    first, second = prompt_of(cast.cohort), prompt_of(cast.cohort, position=2)
    week = cast.private.prompt.section.week
    deeds = [
        lambda: write(colleague, first, "alone", Readers.SELF),
        lambda: rewrite(Response.objects.get(text="alone"), "led", Readers.FACILITATORS),
        lambda: write(colleague, second, "other question", Readers.GROUP),
        lambda: write(colleague, prompt_of(cast.cohort, week=2), "other week", Readers.GROUP),
        lambda: write(stranger, prompt_of(cast.other, position=2), "other cohort", Readers.GROUP),
        lambda: Attendance.objects.note(cast.cohort.weeks.get(number=2).pk, colleague.pk, True, cast.colleague),
        lambda: Room.objects.steer(cast.cohort.weeks.get(number=2).pk, cast.facilitator, Room.Deed.CLOSE),
        lambda: first.reword(first.text, "ほかのヒント"),
        cast.shared.prompt.section.save,
        lambda: [page.client.get(page.url("room")) for page in pages.values()],
        lambda: Attendance.objects.note(week.pk, cast.cohort.memberships.get(user=cast.removed).pk, True, cast.removed),
    ]
    for number, deed in enumerate(deeds):
        assert told(pages, deed) == NOBODY, number


def test_what_only_facilitators_are_told_is_new_to_them_alone(cast, pages):
    second = make_user("second")
    join(cast.cohort, second, "facilitator")
    week = cast.private.prompt.section.week_id
    action = prompt_of(cast.cohort, kind=Section.Kind.ACTION)
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    Room.objects.steer(week, cast.facilitator, Room.Deed.CLOSE)
    assert told(pages, lambda: write(colleague, action, "する", Readers.SELF)) == {"facilitator"}
    assert told(pages, lambda: Room.objects.steer(week, second, Room.Deed.NAMES, True)) == {"facilitator"}


def test_the_clock_alone_makes_new(cast, pages, time_machine):
    week = cast.cohort.weeks.get(number=1)
    Room.objects.filter(week=week).delete()
    week.session_at = timezone.now() + timedelta(minutes=2)
    week.save()
    pages["member"].poll()
    assert told(pages, lambda: time_machine.move_to(timezone.now() + timedelta(minutes=3))) == {"member"}
    assert pages["member"].state["may_hear"]


# What a tag tells


def test_tags_are_one_s_own(cast, pages):
    """The same state has another tag for each person, language and question; the same one for the same."""
    first = pages["member"]
    colleague = Watcher(cast.colleague, cast.cohort)
    colleague.poll()
    again = Watcher(cast.member, cast.cohort)
    again.poll()
    assert again.tag == first.tag != colleague.tag
    again.tag = ""
    again.client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    again.poll()
    closing = Watcher(cast.member, cast.cohort)
    closing.poll(only="closing")
    assert len({first.tag, colleague.tag, again.tag, closing.tag, pages["facilitator"].tag}) == 5
    for tag in (colleague.tag, again.tag, closing.tag, pages["facilitator"].tag, "*", '"x"', "x"):
        assert first.client.get(first.url(), headers={**SCRIPT, "If-None-Match": tag}).status_code == 200, tag
    many = f'"x", W/{first.tag}'
    assert first.client.get(first.url(), headers={**SCRIPT, "If-None-Match": many}).status_code == 304


def test_tag_hangs_on_the_site_s_key(pages, settings):
    """Nobody can try out which state has led to it."""
    page = pages["member"]
    settings.SECRET_KEY = "another-" + "s" * 50
    page.client.force_login(page.user)
    assert page.poll() == 200


def test_version_that_is_known_again_is_no_other_text(cast, pages):
    """Taken back and shared again, a text has a version of its own: what a page held meanwhile is no excuse."""
    page = pages["member"]
    before = dict(page.texts)
    unshare(cast.private)
    share(cast.private)
    assert page.poll() == 200
    assert set(page.texts) != set(before)
    assert page.shown == ["shared"]


# What it costs


def nothing_new(page, asserted, queries, **query):
    page.poll(**query)
    page.poll(**query)
    with asserted(queries):
        assert page.poll(**query) == 304


def crowd(cast, number):
    """So many more members who shared a text."""
    users = make_users(*(f"person{number}-{place}" for place in range(number)))
    rows = [Membership(cohort=cast.cohort, user=user) for user in users.values()]
    question = prompt_of(cast.cohort)
    for membership in Membership.objects.bulk_create(rows):
        write(membership, question, "文", Readers.GROUP)
        Attendance.objects.note(question.section.week_id, membership.pk, True, membership.user)


@pytest.mark.parametrize("people", [1, 3, 30, 300])
def test_queries_of_a_poll(people, cast, pages, django_assert_num_queries, settings):
    """Session, person, room, people. The second factor and the counts of the last minutes take none of their own."""
    settings.REQUIRE_STAFF_MFA = True
    Authenticator.objects.create(user=cast.facilitator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    crowd(cast, people)
    for page in pages.values():
        nothing_new(page, django_assert_num_queries, 4)
        nothing_new(page, django_assert_num_queries, 3, only="closing")
    assert len(pages["member"].state.get("cards", [])) in {0, people + 1}
    pages["facilitator"].steer("close")
    for page in pages.values():
        nothing_new(page, django_assert_num_queries, 4)
        nothing_new(page, django_assert_num_queries, 3, only="closing")


@pytest.mark.parametrize("people", [1, 3, 30])
def test_queries_of_what_is_new(people, cast, pages, django_assert_num_queries):
    """For members places and texts; for a facilitator also what she was shown before, and the note of it."""
    for page, queries in ((pages["member"], 6), (pages["facilitator"], 8)):
        page.poll()
        crowd(cast, people + queries)
        with django_assert_num_queries(queries):
            assert page.poll() == 200
        crowd(cast, people + queries + 100)
        page.tag, page.texts = "", {}
        with django_assert_num_queries(queries + (page.user == cast.facilitator)):
            assert page.poll() == 200


@pytest.mark.parametrize(("who", "queries"), [("member", 10), ("facilitator", 9)])
def test_queries_of_the_page(who, queries, cast, pages, django_assert_num_queries):
    page = pages[who]
    page.client.get(page.url("room"))
    for people in (1, 3, 30):
        crowd(cast, people)
        page.client.get(page.url("room"))
        with django_assert_num_queries(queries):
            assert page.client.get(page.url("room")).status_code == 200


def test_nothing_new_has_next_to_no_headers(pages):
    for page in pages.values():
        for query in ({}, {"only": "closing"}):
            page.poll(**query)
            answer = page.client.get(page.url(), query, headers={**SCRIPT, "If-None-Match": page.tag})
            assert (answer.status_code, answer.content) == (304, b"")
            assert dict(answer.headers) == {
                "ETag": page.tag,
                "Cache-Control": "private, no-store",
                "Vary": "Cookie",
            }


def test_everything_else_keeps_all_headers(pages):
    page = pages["member"]
    for answer in (page.client.get(page.url()), page.client.get(page.url("room")), page.steer("x"), page.attend("1")):
        assert answer["Cache-Control"] == "private, no-store"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Permissions-Policy"]


def test_nothing_is_written_by_asking(cast, pages):
    """Neither a room nor an attendance comes into being by looking."""
    Room.objects.all().delete()
    for page in pages.values():
        page.tag = ""
        assert (page.poll(), page.client.get(page.url("room")).status_code) == (200, 200)
    assert not Room.objects.exists()
    assert not Attendance.objects.exists()


def test_no_word_of_the_room_is_logged(cast, pages, caplog):
    caplog.set_level("DEBUG")
    for page in pages.values():
        page.tag = ""
        page.poll()
        page.steer("x", "shared")
        page.attend("1")
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("shared" in line or "have=" in line for line in lines)
