"""The room of a session as who facilitates it shares it: large, calm, and true within one poll."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.axe import findings_in_both, fits
from tests.browser.offline import PHONE
from tests.browser.projected import POLL, PROJECTED, SHORT, add, card, cards, menu, middle, opened
from tests.cast import prompt_of
from tests.reader import rewrite
from workbook.models import Readers, Room

WIDTHS = (320, 360, 768, 1280, 1920)
LONG = "帰りの電車で、今日のことを思い返していた。" * 30


def size(page, selector):
    """The smallest type in which any of these is set, in px."""
    return page.locator(selector).evaluate_all(
        "all => Math.min(...all.map(one => parseFloat(getComputedStyle(one).fontSize)))"
    )


def test_question_and_cards_are_large_when_projected(room, cast):
    add(cast, "もえ", "ひとつ\n\n- ふたつ\n\n> みっつ")
    expect(cards(room)).to_have_count(2, timeout=POLL)
    assert size(room, "[data-asked-text]") >= 40
    assert size(room, "[data-text], [data-text] *, [data-name]") >= 24
    card(room, SHORT).locator("button").click()
    expect(middle(room)).to_be_visible()
    assert size(room, "[data-asked-text]") >= 40
    assert size(room, "[data-middle-text], [data-middle-text] *, [data-middle-name]") >= 24


def test_long_question_stays_large_and_leaves_the_cards_in_sight(room, cast):
    prompt = prompt_of(cast.cohort)
    prompt.text = "最近のやりとりの中で、これは種まきになっていたと思える行動は何ですか。" * 4
    prompt.save()
    expect(room.locator("[data-asked-text]")).to_have_text(prompt.text, timeout=POLL)
    assert size(room, "[data-asked-text]") >= 40
    assert card(room, SHORT).bounding_box()["y"] < PROJECTED["height"]


def test_forty_texts_stay_large_and_fit(room, cast):
    for number in range(40):
        add(cast, f"name{number}", LONG if number % 4 else "w" * 300)
    expect(cards(room)).to_have_count(41, timeout=POLL)
    assert size(room, "[data-text], [data-text] *, [data-name]") >= 24
    assert [width for width in WIDTHS if not fits(room, width)] == []


def test_texts_come_and_go_with_the_next_poll(room, cast):
    expect(cards(room)).to_have_count(1)
    hidden = add(cast, "もえ", "CANARY-moe", Readers.FACILITATORS)
    new = add(cast, "りか", "あたらしい記入")
    expect(card(room, "あたらしい記入")).to_contain_text("りか", timeout=POLL)
    expect(room.locator("[data-announce]")).to_contain_text("1")
    assert "CANARY-moe" not in room.content()
    rewrite(new, "書きなおした記入", Readers.GROUP)
    expect(card(room, "書きなおした記入")).to_be_visible(timeout=POLL)
    expect(cards(room)).to_have_count(2)
    rewrite(new, "書きなおした記入", Readers.FACILITATORS)
    expect(cards(room)).to_have_count(1, timeout=POLL)
    rewrite(hidden, "CANARY-moe", Readers.SELF)
    assert "書きなおした記入" not in room.content()


def test_what_is_read_stays_where_it_is(room, cast):
    for number in range(8):
        add(cast, f"name{number}", LONG)
    read = add(cast, "zzz", "いま読んでいる記入")
    place = card(room, "いま読んでいる記入")
    expect(cards(room)).to_have_count(10, timeout=POLL)
    place.scroll_into_view_if_needed()
    place.locator("button").focus()
    room.wait_for_timeout(1_500)
    before = place.bounding_box()["y"]
    for number in range(2):  # a row of two, above
        add(cast, f"aaa{number}", LONG)
    expect(cards(room)).to_have_count(12, timeout=POLL)
    room.wait_for_function("() => document.getAnimations().every(one => one.playState !== 'running')")
    assert abs(place.bounding_box()["y"] - before) < 2
    expect(place.locator("button")).to_be_focused()
    assert read.written


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_texts_come_gently_and_still_where_that_is_asked_for(motion, moves, new_page, sign_in, cast, first):
    page = opened(new_page(viewport=PROJECTED, reduced_motion=motion), sign_in, cast.facilitator, cast)
    page.evaluate("""() => {
      const { animate } = Element.prototype;
      Element.prototype.animate = function (...how) { window.moved = true; return animate.apply(this, how); };
    }""")
    add(cast, "aoi", "あたらしい記入")
    expect(card(page, "あたらしい記入")).to_be_visible(timeout=POLL)
    assert page.evaluate("Boolean(window.moved)") is moves


def test_card_in_the_middle_is_there_for_all(room, new_page, sign_in, cast):
    add(cast, "zoe", "二つ目の記入")
    page = opened(new_page(**PHONE), sign_in, cast.member, cast)
    expect(cards(room)).to_have_count(2, timeout=POLL)
    card(room, SHORT).locator("button").click()
    expect(middle(room).locator("[data-middle-text]")).to_have_text(SHORT)
    expect(middle(room).locator("[data-back]")).to_be_focused()
    expect(middle(page).locator("[data-middle-text]")).to_have_text(SHORT, timeout=POLL)
    room.keyboard.press("ArrowRight")
    expect(middle(room).locator("[data-middle-text]")).to_have_text("二つ目の記入")
    room.keyboard.press("ArrowLeft")
    expect(middle(room).locator("[data-middle-text]")).to_have_text(SHORT)
    room.keyboard.press("Escape")
    expect(middle(room)).to_be_hidden()
    expect(card(room, SHORT).locator("button")).to_be_focused()
    expect(middle(page)).to_be_hidden(timeout=POLL)


def test_what_is_not_shared_any_more_leaves_the_middle(room, first):
    card(room, SHORT).locator("button").click()
    expect(middle(room)).to_be_visible()
    rewrite(first, SHORT, Readers.FACILITATORS)
    expect(middle(room)).to_be_hidden(timeout=POLL)
    assert SHORT not in room.content()


def test_only_what_is_not_seen_whole_says_so(room, cast):
    add(cast, "もえ", LONG)
    expect(card(room, LONG)).to_have_class(re.compile(r"\blong\b"), timeout=POLL)
    expect(card(room, LONG).locator(".more")).to_be_visible()
    expect(card(room, SHORT).locator(".more")).to_be_hidden()
    card(room, LONG).locator("button").click()
    expect(middle(room).locator("[data-middle-text]")).to_have_text(LONG)


def test_lost_connection_says_how_old_the_page_is(room):
    line = room.locator("[data-age]")
    expect(line).to_be_hidden()
    room.context.set_offline(True)
    expect(line.locator("[data-age-line]")).to_have_text(re.compile(r"\d+"), timeout=15_000)
    expect(card(room, SHORT)).to_be_visible()
    room.locator("[data-closing-begin] button").click()
    expect(room.locator("[data-steer-status]")).not_to_be_empty()
    room.context.set_offline(False)
    expect(line).to_be_hidden(timeout=15_000)
    expect(card(room, SHORT)).to_be_visible()
    expect(room.locator("[data-ending]")).to_be_hidden()


def test_signed_out_room_shows_nobodys_words(room):
    card(room, SHORT).locator("button").click()
    expect(middle(room)).to_be_visible()
    room.context.clear_cookies()
    expect(room.locator("[data-age-link]")).to_be_visible(timeout=POLL)
    assert SHORT not in room.content()
    room.locator("[data-age-link]").click()
    expect(room).to_have_url(re.compile("/accounts/.*next="))


def test_whose_role_has_ended_sees_nothing_more(room, cast):
    Membership.objects.get(user=cast.facilitator).close()
    expect(room.locator("[data-age-line]")).not_to_be_empty(timeout=POLL)
    assert SHORT not in room.content()


def test_room_of_somebody_else_shows_nothing_more(room, sign_in, cast):
    sign_in(room, cast.member)
    expect(room.locator("[data-age-line]")).not_to_be_empty(timeout=POLL)
    assert SHORT not in room.content()


def test_finished_room_is_read_and_not_steered(room, new_page, sign_in, cast):
    card(room, SHORT).locator("button").click()
    expect(middle(room)).to_be_visible()
    cast.cohort.finished_at = timezone.now()
    cast.cohort.save()
    expect(middle(room)).to_be_hidden(timeout=POLL)
    room.locator("[data-closing-begin] button").click()
    expect(room.locator("[data-steer-status]")).not_to_be_empty()
    assert Room.objects.get().closing_at is None
    room.reload()
    expect(card(room, SHORT)).to_be_visible()
    expect(middle(room)).to_be_hidden()
    assert room.locator("[data-ask], [data-closing-begin], [data-open]:visible").count() == 0


def test_nothing_new_is_answered_in_short(room):
    answers = []
    room.on("response", lambda answer: "/state/" in answer.url and answers.append(answer.status))
    room.wait_for_timeout(8_000)
    assert len(answers) >= 2
    assert set(answers) == {304}


def test_nothing_is_amiss_in_either_scheme(room, cast):
    add(cast, "もえ", LONG)
    expect(cards(room)).to_have_count(2, timeout=POLL)
    room.wait_for_timeout(1_000)
    for number in range(4):
        menu(room, number)
        assert findings_in_both(room) == {}
    room.keyboard.press("Escape")
    card(room, SHORT).locator("button").click()
    room.locator("[data-closing-begin] button").click()
    expect(room.locator("[data-ending]")).to_be_visible()
    room.wait_for_timeout(1_000)
    assert findings_in_both(room) == {}
    assert [width for width in WIDTHS if not fits(room, width)] == []
    middle(room).locator("[data-back]").click()
    room.locator("[data-fold]").click()
    room.wait_for_timeout(500)
    assert findings_in_both(room) == {}
