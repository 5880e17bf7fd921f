"""What was shown to the group and is taken back is taken back, whatever the network or another device did meanwhile."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.offline import PHONE, count, wait_until
from tests.browser.test_room_member import OWN, POLL, card, opened, own, share
from tests.browser.test_worksheet import SAVED, line
from workbook.models import Readers


@pytest.fixture
def room(new_page, sign_in, cast):
    return opened(new_page(**PHONE), sign_in, cast.member, cast)


@pytest.fixture
def colleague(new_page, sign_in, cast):
    return opened(new_page(**PHONE), sign_in, cast.colleague, cast)


@pytest.fixture
def sheet(new_page, sign_in, cast, prompt):
    page = new_page(**PHONE)
    sign_in(page, cast.member)
    page.goto(prompt.section.week.get_absolute_url())
    page.locator("[data-ready]").wait_for()
    return page


def lose_answers(page):
    """From now on saves arrive, and nobody hears of it, until what this gives is called."""
    lost = [True]

    def pass_on(route):
        if not lost:
            return route.continue_()
        route.fetch()
        return route.abort("connectionreset")

    page.route("**/response/", pass_on)
    return lost.clear


def is_shared():
    return own().readers == Readers.GROUP


def test_taken_back_though_the_answer_to_the_showing_was_lost(room, colleague):
    mend = lose_answers(room)
    share(room).tap()
    wait_until(room, is_shared)
    share(room).tap()
    expect(share(room)).to_have_attribute("aria-pressed", "false")
    expect(room.locator("[data-share-line]")).to_have_text("グループから見えなくしています。")
    mend()
    wait_until(room, lambda: not is_shared())
    assert own().readers == Readers.SELF
    expect(line(room)).to_have_text(SAVED)
    expect(room.locator("[data-share-line]")).to_have_text("いま読める人：自分だけ", timeout=POLL)
    expect(card(colleague, OWN)).to_have_count(0, timeout=POLL)
    wait_until(room, lambda: count(room, "unsent") == 0)


def test_chosen_narrower_on_the_sheet_though_the_answer_was_lost(sheet, prompt):
    readers = sheet.locator(f"#box-{prompt.pk} [data-readers]")
    mend = lose_answers(sheet)
    readers.select_option("group")
    wait_until(sheet, is_shared)
    readers.select_option("self")
    mend()
    wait_until(sheet, lambda: not is_shared())
    expect(line(sheet)).to_have_text(SAVED)


def test_the_device_remembers_that_it_is_to_be_taken_back(room):
    """The server says that the showing had arrived; then nothing gets through, and the page is closed."""
    state = ["lost"]

    def pass_on(route):
        if state == ["lost"]:
            route.fetch()
        if state == ["known"]:
            answer = route.fetch()
            state[:] = ["cut"]
            route.fulfill(response=answer)
        else:
            route.abort("connectionreset")

    room.route("**/response/", pass_on)
    share(room).tap()
    wait_until(room, is_shared)
    with room.expect_response(lambda answer: answer.status == 422):
        share(room).tap()
        state[:] = ["known"]
    expect(line(room)).not_to_have_text(SAVED)
    room.wait_for_timeout(300)
    assert count(room, "unsent") == 1
    assert is_shared()
    address = reverse("workbook:today")
    room.close()
    page = room.context.new_page()
    page.goto(address)
    wait_until(page, lambda: not is_shared())


def test_taken_back_in_the_moment_in_which_the_page_is_left(room):
    """The showing is still under way."""
    held = []
    room.route("**/response/", lambda route: route.continue_() if held else held.append((route, route.fetch())))
    share(room).tap()
    wait_until(room, is_shared)
    share(room).tap()
    room.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    wait_until(room, lambda: not is_shared())
