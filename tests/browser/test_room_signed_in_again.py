"""The member's room around the boxes: signed in again in another tab, and a part of the page that fails."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.conftest import address
from tests.browser.offline import PHONE, box, wait_until
from tests.browser.test_room_member import POLL, THEIRS, card, opened
from tests.browser.test_worksheet import SAVED, line
from tests.cast import prompt_of, write
from workbook.models import Attendance, Readers, Section


@pytest.fixture
def room(new_page, sign_in, cast):
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort), THEIRS, Readers.GROUP)
    return opened(new_page(**PHONE), sign_in, cast.member, cast)


def test_signed_in_in_another_tab_the_room_fills_again(room, sign_in, cast):
    Session.objects.all().delete()
    expect(card(room, THEIRS)).to_have_count(0, timeout=POLL)
    room.get_by_role("button", name="あとで").tap()
    expect(room.locator("dialog[open]")).to_have_count(0)
    sign_in(room, cast.member)
    room.evaluate("dispatchEvent(new Event('focus'))")
    expect(card(room, THEIRS)).to_be_visible(timeout=POLL)
    expect(room.locator("[data-age]")).to_be_hidden()


def test_still_signed_out_it_asks_once_for_each_look(room):
    Session.objects.all().delete()
    expect(card(room, THEIRS)).to_have_count(0, timeout=POLL)
    room.get_by_role("button", name="あとで").tap()
    asked = []
    room.on("request", lambda request: asked.append(request.url) if "/session/state/" in request.url else None)
    with room.expect_response("**/session/state/**") as answer:
        room.evaluate("dispatchEvent(new Event('focus'))")
    assert answer.value.status == 401
    room.wait_for_timeout(4_000)
    assert len(asked) == 1
    expect(room.locator("dialog[open]")).to_have_count(0)
    expect(room.locator("[data-age]")).to_be_visible()


@pytest.mark.parametrize("token", ["a" * 32, None])
def test_who_signed_in_again_says_that_she_is_here(token, room, sign_in, cast):
    """Signing in changes the token, or takes it away."""
    sign_in(room, cast.member)
    if token:
        cookie = {"name": settings.CSRF_COOKIE_NAME, "value": token, "domain": "localhost", "path": "/"}
        room.context.add_cookies([cookie])
    else:
        room.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    here = room.get_by_role("button", name="参加しています")
    here.tap()
    wait_until(room, lambda: Attendance.objects.filter(membership=cast.membership, is_present=True).exists())
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(room.locator("[data-here-line]")).to_be_empty()


@pytest.mark.parametrize("place", ["", "session/"])
def test_words_are_saved_where_the_lines_beside_them_fail(place, browser, live_server, sign_in, cast):
    """A page of its own: that the script fails is no problem here."""
    notes = prompt_of(cast.cohort, kind=Section.Kind.SESSION_NOTES)
    with browser.new_context(base_url=address(live_server), locale="ja-JP", **PHONE) as context:
        page = context.new_page()
        failed = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.add_init_script("window.getComputedStyle = () => { throw new Error('broken'); };")
        sign_in(page, cast.member)
        page.goto(reverse("workbook:week_detail", args=[cast.cohort.slug, 1]) + place)
        box(page, notes).fill("それでも残ることば")
        expect(line(page)).to_have_text(SAVED)
        assert "broken" in failed
