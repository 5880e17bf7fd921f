"""The room when something goes wrong around it: another session, a covered window, a role that ends."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.offline import PHONE
from tests.browser.test_room_facilitator import POLL, SHORT, card, cards, menu, middle, opened
from tests.reader import rewrite
from workbook.models import Readers, Room

STATE = re.compile("/session/state/")
SEE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize("token", ["a" * 32, None])
def test_who_signed_in_again_steers_on(token, room, sign_in, cast):
    """Signing in changes the token, or takes it away."""
    sign_in(room, cast.facilitator)
    if token:
        cookie = {"name": settings.CSRF_COOKIE_NAME, "value": token, "domain": "localhost", "path": "/"}
        room.context.add_cookies([cookie])
    else:
        room.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    menu(room, 1).locator("[data-names][value='0']").click()
    expect(card(room, SHORT).locator("[data-name]")).to_be_empty(timeout=POLL)
    expect(room.locator("[data-steer-status]")).to_be_empty()
    assert not Room.objects.get().is_named


def test_covered_window_goes_on_asking(room, first):
    """For the browser it is hidden; those with whom it is shared go on seeing it."""
    room.evaluate(SEE, "hidden")
    room.wait_for_timeout(500)
    rewrite(first, SHORT, Readers.FACILITATORS)
    expect(cards(room)).to_have_count(0, timeout=POLL)
    assert SHORT not in room.content()


def test_members_page_that_nobody_sees_asks_nothing(new_page, sign_in, cast, first):
    page = opened(new_page(**PHONE), sign_in, cast.member, cast)
    asked = []
    page.on("request", lambda request: STATE.search(request.url) and asked.append(request.url))
    page.evaluate(SEE, "hidden")
    page.wait_for_timeout(500)
    asked.clear()
    page.wait_for_timeout(4_500)
    assert asked == []
    with page.expect_request(STATE, timeout=1_000):
        page.evaluate(SEE, "visible")


def test_whose_role_has_ended_gets_the_page_of_a_member(room, cast):
    Membership.objects.filter(user=cast.facilitator).update(role=Membership.Role.MEMBER)
    expect(room.locator("form[data-worksheet]")).to_be_visible(timeout=POLL)
    assert room.locator("[data-steering-bar], [data-person]").count() == 0
    expect(card(room, SHORT)).to_be_visible()


def test_who_is_removed_keeps_nobody_on_the_page(room, cast):
    room.locator("[data-closing-begin] button").click()
    expect(room.locator("[data-ending]")).to_be_visible(timeout=POLL)
    Membership.objects.get(user=cast.facilitator).close()
    expect(room.locator("[data-age-line]")).not_to_be_empty(timeout=POLL)
    assert room.locator("[data-people] li").count() == 0
    expect(room.locator("[data-everybody]")).to_have_text("0")
    expect(room.locator("[data-ending]")).to_be_hidden()
    assert "colleague" not in room.content()


def test_what_the_server_put_in_the_middle_leaves_with_the_first_answer(room, first):
    """Taken back between the page and its first question."""
    card(room, SHORT).locator("button").click()
    expect(middle(room)).to_be_visible()
    room.route(STATE, lambda route: route.abort("connectionreset"))
    room.reload()
    expect(middle(room).locator("[data-middle-text]")).to_have_text(SHORT)
    rewrite(first, SHORT, Readers.FACILITATORS)
    room.unroute(STATE)
    room.evaluate("dispatchEvent(new Event('online'))")
    expect(middle(room)).to_be_hidden(timeout=POLL)
    assert SHORT not in room.content()


def test_network_that_wants_something_first_does_not_end_the_room(room, first):
    room.route(STATE, lambda route: route.fulfill(status=403, body="Please sign in to the hotel's network."))
    room.evaluate("dispatchEvent(new Event('online'))")
    expect(room.locator("[data-age-line]")).not_to_be_empty(timeout=15_000)
    expect(card(room, SHORT)).to_be_visible()
    room.unroute(STATE)
    rewrite(first, "あとで書きたした", Readers.GROUP)
    room.evaluate("dispatchEvent(new Event('online'))")
    expect(card(room, "あとで書きたした")).to_be_visible(timeout=POLL)


def test_no_text_comes_again_with_what_is_pressed(room):
    states = []

    def look(route):
        answer = route.fetch()
        states.append(answer.json())
        route.fulfill(response=answer)

    room.route("**/session/steer/", look)
    random = menu(room, 1).locator("[data-order][value=random]")
    random.click()
    expect(random).to_have_attribute("aria-pressed", "true")
    [[shown]] = [state["cards"] for state in states]
    assert "html" not in shown
