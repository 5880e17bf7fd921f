"""The row of names above the session notes: one tap, a line of its own, the caret on the next."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import findings_in_both, fits
from tests.browser.offline import PHONE, box, text_of
from tests.browser.test_worksheet import SAVED, line
from tests.cast import join, make_user, make_users, prompt_of
from workbook.models import Section

SHORT = {"width": 360, "height": 320}
"""A phone with its keyboard open."""
HEAR = "「急ぎません」のひと言で、頼みやすくなった"


@pytest.fixture
def prompt(cast):
    """The session notes of the first week."""
    return prompt_of(cast.cohort, kind=Section.Kind.SESSION_NOTES)


@pytest.fixture
def notes(cast, prompt, new_page, sign_in):
    """The member's phone on the first week; with her are あおい and なぎちゃん."""
    for name, nickname in [("aoi", "あおい"), ("nagi", "なぎちゃん")]:
        user = make_user(name)
        user.nickname = nickname
        user.save(update_fields=["nickname"])
        join(cast.cohort, user)
    page = new_page(**PHONE)
    sign_in(page, cast.member)
    page.goto(prompt.section.week.get_absolute_url())
    page.locator("[data-ready]").wait_for()
    return page


def name(page, text):
    return page.locator("[data-name]", has_text=text)


def caret(page):
    """The field that has the focus, and where its caret stands."""
    return page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]")


def compose(page, text):
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return session


def is_seen(page, selector):
    """Whether all of it is on the screen, and nothing lies on it."""
    return page.locator(selector).first.evaluate(
        """one => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return top >= 0 && bottom <= innerHeight && (one.contains(at) || at.contains(one));
        }"""
    )


def test_a_tap_puts_the_name_on_a_line_of_its_own(notes, prompt):
    box(notes, prompt).tap()
    name(notes, "あおい").tap()
    notes.keyboard.type(HEAR)
    name(notes, "なぎ").tap()
    expect(box(notes, prompt)).to_have_value(f"あおいさん\n{HEAR}\nなぎちゃん\n")
    assert caret(notes) == [f"text-{prompt.pk}", len(f"あおいさん\n{HEAR}\nなぎちゃん\n")]
    expect(line(notes)).to_have_text(SAVED)
    assert text_of(prompt) == f"あおいさん\n{HEAR}\nなぎちゃん\n"


def test_a_box_that_was_never_written_in_gets_it_at_its_end(notes, prompt):
    box(notes, prompt).evaluate(
        "(field, text) => { field.value = text; field.setSelectionRange(0, 0); field.dispatchEvent(new Event('set')) }",
        HEAR,
    )
    name(notes, "あおい").tap()
    expect(box(notes, prompt)).to_have_value(f"{HEAR}\nあおいさん\n")
    expect(box(notes, prompt)).to_be_focused()


@pytest.mark.parametrize(
    ("place", "expected", "after"),
    [
        (0, "あおいさん\n\nまえ\nあと", 6),
        (1, "ま\nあおいさん\n\nえ\nあと", 8),
        (2, "まえ\nあおいさん\n\nあと", 9),
        (5, "まえ\nあと\nあおいさん\n", 12),
    ],
)
def test_it_stands_where_the_caret_is(notes, prompt, place, expected, after):
    box(notes, prompt).fill("まえ\nあと")
    box(notes, prompt).evaluate("(field, place) => field.setSelectionRange(place, place)", place)
    name(notes, "あおい").tap()
    expect(box(notes, prompt)).to_have_value(expected)
    assert caret(notes)[1] == after
    assert expected[after : after + 1] in ("", "\n")  # an empty line


def test_what_is_marked_is_not_replaced(notes, prompt):
    box(notes, prompt).fill("だいじな言葉")
    box(notes, prompt).evaluate("field => field.select()")
    name(notes, "あおい").tap()
    expect(box(notes, prompt)).to_have_value("だいじな言葉\nあおいさん\n")


def test_the_browser_takes_it_back_in_one_step(notes, prompt):
    box(notes, prompt).tap()
    notes.keyboard.type(HEAR)
    name(notes, "あおい").tap()
    notes.keyboard.press("Control+z")
    expect(box(notes, prompt)).to_have_value(HEAR)


def test_a_tap_during_a_conversion_waits_for_its_end(notes, prompt):
    box(notes, prompt).tap()
    session = compose(notes, "きょう")
    name(notes, "あおい").tap()
    name(notes, "あおい").tap()  # nothing seems to happen: again
    notes.wait_for_timeout(300)
    expect(box(notes, prompt)).to_have_value("きょう")
    session.send("Input.insertText", {"text": "今日"})
    expect(box(notes, prompt)).to_have_value("今日\nあおいさん\n")
    expect(line(notes)).to_have_text(SAVED)
    assert text_of(prompt) == "今日\nあおいさん\n"


def test_a_scroll_and_a_look_at_the_questions_leave_field_and_caret_alone(notes, prompt):
    box(notes, prompt).tap()
    notes.keyboard.type(HEAR)
    before = caret(notes)
    notes.locator(".asked summary").tap()
    notes.locator(".nicknames").evaluate("row => row.scrollBy(60, 0)")
    expect(notes.locator(".asked")).to_have_attribute("open", "")
    assert caret(notes) == before


def test_with_the_keyboard_alone(notes, prompt):
    box(notes, prompt).focus()
    notes.keyboard.type(HEAR)
    notes.keyboard.press("Shift+Tab")
    expect(notes.locator("[data-name]").first).to_be_focused()
    notes.keyboard.press("ArrowRight")
    expect(notes.locator("[data-name]").nth(1)).to_be_focused()
    chosen = notes.locator("[data-name]").nth(1).text_content()
    notes.keyboard.press("Enter")
    expect(box(notes, prompt)).to_have_value(f"{HEAR}\n{chosen}\n")
    expect(box(notes, prompt)).to_be_focused()


def test_row_and_questions_stay_in_sight_above_an_open_keyboard(notes, prompt):
    box(notes, prompt).tap()
    notes.set_viewport_size(SHORT)
    for _turn in range(5):
        name(notes, "あおい").tap()
        notes.keyboard.type(HEAR)
        notes.wait_for_timeout(400)  # the page scrolls gently
        assert is_seen(notes, ".asked summary")
        assert is_seen(notes, "[data-name]")
        assert is_seen(notes, "[data-page-status]")
    name(notes, "あおい").tap()
    notes.wait_for_timeout(400)
    bottom = box(notes, prompt).evaluate(
        "field => [field.scrollTop + field.clientHeight, field.scrollHeight, field.getBoundingClientRect().bottom]"
    )
    assert bottom[0] >= bottom[1] - 2, "the line of the caret is in sight"
    assert bottom[2] <= SHORT["height"]


def test_thirty_names_scroll_beside_each_other(notes, cast, prompt):
    for user in make_users(*[f"someone{number}" for number in range(30)]).values():
        join(cast.cohort, user)
    notes.reload()
    notes.locator("[data-ready]").wait_for()
    assert notes.locator("[data-name]").count() == 34
    for width in (320, 360, 768, 1280):
        assert fits(notes, width)
        heights = notes.locator("[data-name]").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert min(heights) >= 44
        assert notes.locator(".nicknames").evaluate("row => row.offsetHeight") < 80
    box(notes, prompt).focus()
    notes.keyboard.press("Shift+Tab")
    expect(notes.locator("[data-name]").first).to_be_focused()


def test_notes_have_no_findings(notes):
    notes.locator(".asked summary").tap()
    assert findings_in_both(notes) == {}


def test_without_javascript_the_questions_are_there_and_no_dead_buttons(plain_page, cast, sign_in, prompt):
    sign_in(plain_page, cast.member)
    plain_page.goto(prompt.section.week.get_absolute_url())
    expect(plain_page.locator(".asked summary")).to_be_visible()
    expect(plain_page.locator("[data-name]").first).to_be_hidden()
