"""The room's bar: who facilitates chooses what all see, for everybody's screen at once."""

import re
from itertools import combinations

from django.urls import reverse
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.offline import PHONE
from tests.browser.projected import POLL, PROJECTED, SHORT, add, card, cards, menu, middle, opened
from tests.cast import join, make_user, prompt_of, write
from workbook.models import Attendance, Readers, Room

BOXES = "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().toJSON())"
MINUTES = re.compile(r"^\d:\d\d$")


def test_controls_lie_beside_each_other(room):
    card(room, SHORT).locator("button").click()
    expect(middle(room)).to_be_visible()
    for width in (720, 768, 1024, 1216, 1280, 1920):
        room.set_viewport_size({"width": width, "height": 720})
        boxes = room.locator(".middle-deeds, [data-steer-row] > *, [data-fold]").evaluate_all(BOXES)
        assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == [], width


def overlap(one, other):
    return all(
        max(one[side], other[side]) < min(one[end], other[end]) for side, end in (("left", "right"), ("top", "bottom"))
    )


def test_controls_can_be_touched(room):
    for number in range(4):
        panel = menu(room, number)
        heights = panel.locator("summary, button:visible, input:visible").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) >= 44


def test_without_names_no_name_is_on_the_page_but_of_who_is_here(room, cast):
    panel = menu(room, 1)
    panel.locator("[data-names][value='0']").click()
    expect(card(room, SHORT).locator("[data-name]")).to_be_empty()
    expect(panel.locator("[data-names][value='0']")).to_have_attribute("aria-pressed", "true")
    expect(panel.locator("[data-order][value=name]")).to_be_disabled()
    assert "colleague" not in room.locator("[data-stage]").inner_html()
    panel.locator("[data-names][value='1']").click()
    expect(card(room, SHORT).locator("[data-name]")).to_have_text("colleague")


def test_question_is_chosen_and_two_who_steer_see_each_other(room, new_page, sign_in, cast):
    second = make_user("haru")
    join(cast.cohort, second, "facilitator")
    other = opened(new_page(viewport=PROJECTED), sign_in, second, cast)
    expect(other.locator("[data-steered]")).to_be_hidden()
    menu(room, 0).locator("[data-ask]").nth(1).click()
    question = prompt_of(cast.cohort, position=2).text
    expect(room.locator("[data-asked-text]")).to_have_text(question)
    expect(other.locator("[data-asked-text]")).to_have_text(question, timeout=POLL)
    expect(other.locator("[data-steered]")).to_have_text(re.compile(r"facilitator.*\d\d:\d\d"))
    expect(room.locator("[data-steered]")).to_be_hidden()
    expect(other.locator("[data-asked-label]")).not_to_be_empty()
    menu(other, 0).locator("[data-ask]").nth(3).click()  # asks by its heading alone
    expect(other.locator("[data-asked-text]")).to_have_text("まとめ")
    expect(other.locator("[data-asked-label]")).to_be_empty()
    menu(other, 0).locator("[data-ask]").nth(0).click()
    expect(room.locator("[data-steered]")).to_have_text(re.compile(r"haru.*\d\d:\d\d"), timeout=POLL)
    expect(card(room, SHORT)).to_be_visible()
    expect(other.locator("[data-steered]")).to_be_hidden()


def test_timer_runs_on_all_screens(room, new_page, sign_in, cast):
    page = opened(new_page(**PHONE), sign_in, cast.member, cast)
    menu(room, 2).locator("button[value='5']").click()
    for each in (room, page):
        expect(each.locator("[data-timer] [data-left]")).to_have_text(re.compile(r"^(5:00|4:5\d)$"), timeout=POLL)
    menu(room, 2).locator("[data-timer-stop]").click()
    for each in (room, page):
        expect(each.locator("[data-timer]")).to_be_hidden(timeout=POLL)


def test_who_is_here_is_corrected(room, cast):
    name = menu(room, 3).locator("[data-people] button", has_text="colleague")
    expect(room.locator("[data-here]")).to_have_text("0")
    name.click()
    expect(name).to_have_attribute("aria-pressed", "true")
    expect(name).to_be_focused()
    expect(room.locator("[data-here]")).to_have_text("1")
    assert Attendance.objects.get().membership.user == cast.colleague
    name.click()
    expect(name).to_have_attribute("aria-pressed", "false")
    assert not Attendance.objects.get().is_present


def test_last_minutes_show_the_time_and_how_many(room, cast):
    begin, ending = room.locator("[data-closing-begin] button"), room.locator("[data-ending]")
    expect(ending).to_be_hidden()
    begin.click()
    expect(ending.locator("[data-ending-left]")).to_have_text(MINUTES)
    expect(begin).to_be_hidden()
    summary = prompt_of(cast.cohort, kind="summary")
    write(Membership.objects.get(user=cast.colleague), summary, "CANARY-colleague", Readers.SELF)
    expect(ending.locator("[data-writing]")).to_have_text("1", timeout=POLL)
    expect(ending.locator("[data-written]")).to_have_text("0")
    write(cast.membership, summary, "CANARY-member", Readers.SELF)  # her action is written already
    expect(ending.locator("[data-written]")).to_have_text("1", timeout=POLL)
    expect(ending.locator("[data-writing]")).to_have_text("1")
    expect(ending.locator("[data-all]")).to_have_text("2")
    assert "CANARY" not in room.content()
    ends = Room.objects.get().closing_ends_at
    ending.locator("button[value=close_more]").click()
    expect(ending.locator("[data-ending-left]")).to_have_text(re.compile(r"^3:\d\d$"))
    assert Room.objects.get().closing_ends_at > ends
    ending.locator("button[value=close_end]").click()
    expect(ending).to_be_hidden()
    expect(begin).to_be_visible()


def test_controls_fold_away_for_good(room):
    fold = room.locator("[data-fold]")
    fold.click()
    expect(room.locator("[data-steer-row]")).to_be_hidden()
    expect(room.locator("header.bar")).to_be_hidden()
    room.reload()
    expect(room.locator("[data-steer-row]")).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.focus()
    room.keyboard.press("Enter")
    expect(room.locator("[data-steer-row]")).to_be_visible()


def test_folding_leaves_what_is_looked_at_in_its_place(room, cast):
    for number in range(8):
        add(cast, f"name{number}", SHORT)
    expect(cards(room)).to_have_count(9, timeout=POLL)
    fold, question = room.locator("[data-fold]"), room.locator("[data-asked-text]")
    room.evaluate("scrollTo({ top: 40, behavior: 'instant' })")
    fold.click()
    room.wait_for_timeout(300)
    assert question.bounding_box()["y"] >= 0
    room.evaluate("scrollTo({ top: 400, behavior: 'instant' })")
    before = cards(room).last.bounding_box()["y"]
    for _ in range(2):
        fold.click()
        room.wait_for_timeout(300)
        assert abs(cards(room).last.bounding_box()["y"] - before) < 2


def test_works_without_scripts(new_page, sign_in, cast, first):
    page = new_page(viewport=PROJECTED, java_script_enabled=False)
    sign_in(page, cast.facilitator)
    page.goto(reverse("workbook:room", args=[cast.cohort.slug, 1]))
    card(page, SHORT).locator("button").click()
    expect(middle(page).locator("[data-middle-text]")).to_have_text(SHORT)
    middle(page).locator("[data-back]").click()
    expect(middle(page)).to_be_hidden()
    menu(page, 1).locator("[data-names][value='0']").click()
    expect(card(page, SHORT).locator("[data-name]")).to_be_empty()
    menu(page, 3).locator("[data-people] button", has_text="colleague").click()
    expect(page.locator("[data-here]")).to_have_text("1")
