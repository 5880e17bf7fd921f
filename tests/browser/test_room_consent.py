"""What was shown to the group and is taken back is taken back, whatever the network or another device did meanwhile."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.offline import PHONE, box, count, wait_until
from tests.browser.test_room_member import OWN, POLL, THEIRS, card, opened, own, share
from tests.browser.test_worksheet import SAVED, line
from tests.cast import write
from tests.reader import rewrite
from workbook.models import Readers, Response

OTHER = "べつの端末で書いたこと"
HERE = "ここで書いたこと"


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


def readers_of(prompt):
    return Response.objects.get(prompt=prompt, membership__user__nickname="member").readers


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


# While two texts stand side by side


@pytest.fixture
def unsettled(room, prompt):
    """She shows her text; another device has written another one, and she goes on here."""
    share(room).tap()
    wait_until(room, is_shared)
    room.locator(".thoughts summary").tap()
    box(room, prompt).focus()  # else the other text comes in
    rewrite(own(), OTHER, Readers.GROUP)
    box(room, prompt).fill(HERE)
    expect(room.locator(".conflict")).to_be_visible()
    return room


def test_taken_back_while_two_texts_stand_side_by_side(unsettled, colleague, prompt):
    expect(card(colleague, OTHER)).to_be_visible(timeout=POLL)
    share(unsettled).tap()
    wait_until(unsettled, lambda: readers_of(prompt) == Readers.SELF)
    expect(card(colleague, OTHER)).to_have_count(0, timeout=POLL)
    expect(unsettled.locator("[data-share-line]")).to_have_text("いま読める人：自分だけ", timeout=POLL)
    expect(unsettled.locator(".conflict")).to_be_visible()
    expect(box(unsettled, prompt)).to_have_value(HERE)
    unsettled.get_by_role("button", name="これを残す").click()
    wait_until(unsettled, lambda: Response.objects.filter(prompt=prompt, text=HERE).exists())
    assert readers_of(prompt) == Readers.SELF
    expect(line(unsettled)).to_have_text(SAVED)


def test_taken_back_beside_two_texts_as_soon_as_the_network_is_back(unsettled, prompt):
    unsettled.route("**/response/", lambda route: route.abort("connectionreset"))
    share(unsettled).tap()
    unsettled.wait_for_timeout(500)
    assert readers_of(prompt) == Readers.GROUP
    expect(unsettled.locator("[data-share-line]")).to_have_text("グループから見えなくしています。")
    unsettled.unroute("**/response/")
    wait_until(unsettled, lambda: readers_of(prompt) == Readers.SELF)


def test_other_text_that_changed_once_more_is_taken_back_too(unsettled, prompt):
    rewrite(Response.objects.get(text=OTHER), "さらに書き足した", Readers.GROUP)
    share(unsettled).tap()
    wait_until(unsettled, lambda: readers_of(prompt) == Readers.SELF)
    expect(unsettled.locator(".conflict [data-other]")).to_have_text("さらに書き足した")
    expect(unsettled.locator(".conflict [data-mine]")).to_have_text(HERE)


# Another device


def test_narrowed_on_another_device_the_button_follows(room, prompt):
    share(room).tap()
    wait_until(room, is_shared)
    expect(card(room, OWN)).to_be_visible(timeout=POLL)
    rewrite(own(), OTHER, Readers.FACILITATORS)
    expect(share(room)).to_have_attribute("aria-pressed", "false", timeout=POLL)
    expect(box(room, prompt)).to_have_value(OTHER)
    expect(room.locator("[data-share-line]")).to_have_text("いま読める人：ファシリテーターまで（1人）")


def test_rewritten_on_another_device_the_text_follows_once_nobody_is_in_it(room, prompt):
    share(room).tap()
    expect(card(room, OWN)).to_be_visible(timeout=POLL)
    room.locator(".thoughts summary").tap()
    box(room, prompt).focus()
    rewrite(own(), OTHER, Readers.GROUP)
    expect(card(room, OTHER)).to_be_visible(timeout=POLL)
    expect(box(room, prompt)).to_have_value(OWN)
    box(room, prompt).blur()
    expect(box(room, prompt)).to_have_value(OTHER, timeout=15_000)
    expect(room.locator("[data-share-text]")).to_have_text(OTHER)


# What it goes back to


def test_taken_back_to_what_was_chosen_in_the_box(room, prompt):
    readers = room.locator(f"#box-{prompt.pk} [data-readers]")
    room.locator(".thoughts summary").tap()
    readers.select_option("group")
    wait_until(room, is_shared)
    room.reload()
    room.locator("[data-taken]").wait_for()
    expect(share(room)).to_have_attribute("aria-pressed", "true")
    share(room).tap()
    wait_until(room, lambda: own().readers == Readers.SELF)


def test_who_comes_after_her_in_this_tab_goes_back_to_a_choice_of_her_own(room, cast, sign_in, prompt):
    share(room).tap()
    wait_until(room, is_shared)
    theirs = write(Membership.objects.get(user=cast.colleague), prompt, THEIRS, Readers.GROUP)
    opened(room, sign_in, cast.colleague, cast)
    share(room).tap()
    wait_until(room, lambda: Response.objects.get(pk=theirs.pk).readers == Readers.FACILITATORS)
