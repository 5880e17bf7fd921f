"""まとめ from one's own notes: line by line into the box and back, by taps; the words stay the member's."""

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import findings_in_both, fits
from tests.browser.office import compose
from tests.browser.test_worksheet import SAVED, line
from tests.cast import QUESTIONS, prompt_of, write
from workbook.models import Response, Section

KINDS = Section.Kind
THOUGHTS = f"{QUESTIONS[0]}\n\n- 納品のあとに、短い動画を添えた\n\n1. 返信の早さより、ひと言の温度\n---\n"
NOTES = "colleagueさん\n・「急ぎません」のひと言で、頼みやすくなった\n\nほりさん\n待つ時間にも意味がある"
BODIES = [
    "納品のあとに、短い動画を添えた",
    "返信の早さより、ひと言の温度",
    "「急ぎません」のひと言で、頼みやすくなった",
    "待つ時間にも意味がある",
]


@pytest.fixture
def prompts(cast):
    """The boxes of the second week, by section; the first two hold what the member noted."""
    found = {kind: prompt_of(cast.cohort, 2, kind) for kind in KINDS}
    write(cast.membership, found[KINDS.REFLECTION], THOUGHTS)
    write(cast.membership, found[KINDS.SESSION_NOTES], NOTES)
    return found


@pytest.fixture
def sheet(phone: Page, cast, sign_in, prompts):
    sign_in(phone, cast.member)
    return open_sheet(phone, prompts)


def open_sheet(page, prompts):
    page.goto(prompts[KINDS.SUMMARY].section.week.get_absolute_url())
    page.locator("form[data-ready]").wait_for()
    unfold(page)
    return page


def unfold(page):
    for _ in range(page.locator("details.lines:not([open])").count()):
        page.locator("details.lines:not([open]) summary").first.click()


def panel(page, kind=KINDS.SUMMARY) -> Locator:
    return page.locator(f'[data-kind="{kind}"] details.lines')


def note(page, body, kind=KINDS.SUMMARY) -> Locator:
    return panel(page, kind).get_by_role("button", name=body, exact=True)


def field(page, prompts, kind=KINDS.SUMMARY) -> Locator:
    return page.locator(f"#text-{prompts[kind].pk}")


def pressed(page, kind=KINDS.SUMMARY):
    return panel(page, kind).locator('[aria-pressed="true"]').all_inner_texts()


def text_of(prompts, kind=KINDS.SUMMARY):
    return Response.objects.get(prompt=prompts[kind]).text


def caret(page, prompts, kind=KINDS.SUMMARY):
    return field(page, prompts, kind).evaluate("field => [field.selectionStart, field.selectionEnd]")


def test_lines_that_say_something_are_buttons(sheet):
    expect(panel(sheet).locator("[data-line]")).to_have_text(BODIES)
    expect(panel(sheet).locator(".lines-name")).to_have_text(["colleagueさん", "ほりさん"])
    assert pressed(sheet) == []


def test_notes_stand_there_as_they_are_written(sheet, prompts):
    notes = field(sheet, prompts, KINDS.SESSION_NOTES)
    notes.press("End")
    notes.press_sequentially("\n- いま聞いたこと")
    expect(note(sheet, "いま聞いたこと")).to_be_visible()
    expect(notes).to_be_focused()
    notes.fill("")
    expect(panel(sheet).locator("[data-line]")).to_have_text(BODIES[:2])


def test_lines_go_in_in_the_order_of_the_notes_and_out_again(sheet, prompts):
    box = field(sheet, prompts)
    box.fill("はじめに思ったこと")
    for place in (2, 0, 3, 1):
        note(sheet, BODIES[place]).tap()
    lines = [f"- {body}" for body in BODIES]
    expect(box).to_have_value("\n".join(["はじめに思ったこと", *lines]))
    assert pressed(sheet) == BODIES
    box.fill("\n".join(["はじめ", *lines[:2], "あいだの文", *lines[2:], "おわり"]))
    for place in (0, 2):
        note(sheet, BODIES[place]).tap()
    expect(box).to_have_value("\n".join(["はじめ", lines[1], "あいだの文", lines[3], "おわり"]))
    note(sheet, BODIES[2]).tap()
    after = "\n".join(["はじめ", lines[1], lines[2], "あいだの文", lines[3], "おわり"])
    expect(box).to_have_value(after)
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompts) == after
    for body in BODIES[1:]:
        note(sheet, body).tap()
    expect(box).to_have_value("はじめ\nあいだの文\nおわり")


def test_taken_and_taken_back_is_as_before(sheet, prompts):
    for body in (BODIES[1], BODIES[3], BODIES[0]):
        note(sheet, body).tap()
    for body in (BODIES[3], BODIES[0], BODIES[1]):
        note(sheet, body).tap()
    expect(field(sheet, prompts)).to_have_value("")
    assert pressed(sheet) == []


def test_a_changed_line_is_her_own(sheet, prompts):
    note(sheet, BODIES[0]).tap()
    field(sheet, prompts).fill(f"- {BODIES[0]}、と思う")
    assert pressed(sheet) == []
    note(sheet, BODIES[0]).tap()
    expect(field(sheet, prompts)).to_have_value(f"- {BODIES[0]}、と思う\n- {BODIES[0]}")
    note(sheet, BODIES[0]).tap()
    expect(field(sheet, prompts)).to_have_value(f"- {BODIES[0]}、と思う")


def test_what_is_taken_survives_a_reload(sheet, prompts):
    note(sheet, BODIES[2]).tap()
    expect(line(sheet)).to_have_text(SAVED)
    sheet.reload()
    open_sheet(sheet, prompts)
    assert pressed(sheet) == [BODIES[2]]


def test_undo_takes_it_back(sheet, prompts):
    box = field(sheet, prompts)
    box.press_sequentially("ひとこと")
    note(sheet, BODIES[1]).tap()
    expect(box).to_be_focused()
    sheet.keyboard.press("Control+z")
    expect(box).to_have_value("ひとこと")
    assert pressed(sheet) == []
    sheet.keyboard.press("Control+Shift+z")
    expect(box).to_have_value(f"ひとこと\n- {BODIES[1]}")
    assert pressed(sheet) == [BODIES[1]]


def test_caret_and_focus_stay(sheet, prompts):
    box = field(sheet, prompts)
    sheet.evaluate("document.activeElement.blur()")
    note(sheet, BODIES[1]).tap()
    assert sheet.evaluate("document.activeElement.tagName") == "BODY"
    box.fill(f"あたま\n- {BODIES[1]}\nおしり")
    box.evaluate("field => field.setSelectionRange(field.value.length - 2, field.value.length)")
    note(sheet, BODIES[0]).tap()
    expect(box).to_be_focused()
    text = box.input_value()
    assert text == f"あたま\n- {BODIES[0]}\n- {BODIES[1]}\nおしり"
    assert caret(sheet, prompts) == [len(text) - 2, len(text)]
    note(sheet, BODIES[1]).tap()
    text = box.input_value()
    assert caret(sheet, prompts) == [len(text) - 2, len(text)]
    sheet.keyboard.type("さき")
    expect(box).to_have_value(f"あたま\n- {BODIES[0]}\nおさき")


def test_a_tap_while_she_writes_elsewhere_leaves_her_there(sheet, prompts):
    notes = field(sheet, prompts, KINDS.SESSION_NOTES)
    notes.focus()
    notes.evaluate("field => field.setSelectionRange(3, 3)")
    note(sheet, BODIES[0]).tap()
    expect(field(sheet, prompts)).to_have_value(f"- {BODIES[0]}")
    expect(notes).to_be_focused()
    assert caret(sheet, prompts, KINDS.SESSION_NOTES) == [3, 3]


def test_keyboard_alone(sheet, prompts):
    note(sheet, BODIES[0]).focus()
    sheet.keyboard.press("Enter")
    expect(field(sheet, prompts)).to_have_value(f"- {BODIES[0]}")
    expect(note(sheet, BODIES[0])).to_be_focused()
    sheet.keyboard.press("Tab")
    sheet.keyboard.press("Space")
    expect(field(sheet, prompts)).to_have_value(f"- {BODIES[0]}\n- {BODIES[1]}")


@pytest.mark.parametrize("kind", [KINDS.SUMMARY, KINDS.SESSION_NOTES])
def test_a_conversion_is_left_alone(sheet, prompts, kind):
    box = field(sheet, prompts, kind)
    before = box.input_value()
    box.focus()
    box.evaluate("field => field.setSelectionRange(field.value.length, field.value.length)")
    tools = compose(sheet, "きょう")
    note(sheet, BODIES[0]).evaluate("button => button.click()")
    sheet.wait_for_timeout(700)
    assert box.input_value() == f"{before}きょう"
    assert kind == KINDS.SUMMARY or field(sheet, prompts).input_value() == ""
    tools.send("Input.insertText", {"text": "今日"})
    taken = f"今日\n- {BODIES[0]}" if kind == KINDS.SUMMARY else f"- {BODIES[0]}"
    expect(field(sheet, prompts)).to_have_value(taken)
    expect(box).to_be_focused()
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompts) == taken


def test_no_line_is_made_of_half_a_word(sheet, prompts):
    notes = field(sheet, prompts, KINDS.SESSION_NOTES)
    notes.focus()
    notes.evaluate("field => field.setSelectionRange(field.value.length, field.value.length)")
    tools = compose(sheet, "きょう")
    sheet.wait_for_timeout(700)
    expect(panel(sheet).locator("[data-line]")).to_have_text(BODIES)
    note(sheet, BODIES[3]).evaluate("button => button.click()")
    tools.send("Input.insertText", {"text": "今日"})
    expect(note(sheet, f"{BODIES[3]}今日")).to_be_visible()
    sheet.wait_for_timeout(300)
    expect(field(sheet, prompts)).to_have_value("")
    assert pressed(sheet) == []


def test_a_hidden_field_takes_it_too(sheet, prompts):
    sheet.locator(f"#box-{prompts[KINDS.SUMMARY].pk} [data-preview]").tap()
    expect(field(sheet, prompts)).to_be_hidden()
    field(sheet, prompts, KINDS.SESSION_NOTES).focus()
    note(sheet, BODIES[0]).tap()
    expect(field(sheet, prompts)).to_have_value(f"- {BODIES[0]}")
    expect(field(sheet, prompts, KINDS.SESSION_NOTES)).to_have_value(NOTES)


def test_without_notes_it_says_where_they_come_from(phone, cast, sign_in):
    sign_in(phone, cast.member)
    phone.goto(f"{cast.cohort.get_absolute_url()}weeks/2/")
    phone.locator("form[data-ready]").wait_for()
    unfold(phone)
    for kind in (KINDS.SUMMARY, KINDS.ACTION):
        expect(panel(phone, kind).locator("[data-none]")).to_be_visible()
        expect(panel(phone, kind).locator("[data-how]")).to_be_hidden()


def test_without_javascript_the_notes_stand_there(plain_page, cast, sign_in, prompts):
    sign_in(plain_page, cast.member)
    plain_page.goto(prompts[KINDS.SUMMARY].section.week.get_absolute_url())
    unfold(plain_page)
    expect(panel(plain_page).locator(".lines-text").last).to_have_text(NOTES)
    expect(panel(plain_page).get_by_role("button")).to_have_count(0)


def test_six_taps_and_one_sentence(phone, cast, sign_in):
    """In the last minutes of a session, on a phone 360 px wide, from notes to a summary and a promise."""
    week = cast.cohort.weeks.get(number=2)
    week.session_at = timezone.now()
    week.save()
    prompts = {kind: prompt_of(cast.cohort, 2, kind) for kind in KINDS}
    write(cast.membership, prompts[KINDS.SESSION_NOTES], NOTES)
    sign_in(phone, cast.member)
    phone.goto(week.get_absolute_url())
    phone.locator("form[data-ready]").wait_for()
    taps = [
        note(phone, BODIES[2]),
        note(phone, BODIES[3]),
        note(phone, BODIES[2], KINDS.ACTION),
        field(phone, prompts, KINDS.ACTION),
    ]
    for target in taps:
        target.tap()
    phone.keyboard.press("Control+End")
    phone.keyboard.type("、と明日ひと言そえる。")
    expect(line(phone)).to_have_text(SAVED)
    expect(phone.locator("[data-state].written")).to_have_count(3)
    assert text_of(prompts) == f"- {BODIES[2]}\n- {BODIES[3]}"
    assert text_of(prompts, KINDS.ACTION) == f"- {BODIES[2]}、と明日ひと言そえる。"
    assert len(taps) <= 6


def test_large_targets_on_a_phone(sheet):
    heights = [button.bounding_box()["height"] for button in panel(sheet).locator("[data-line], summary").all()]
    assert len(heights) == 5
    assert min(heights) >= 44
    assert [width for width in (320, 360, 768) if not fits(sheet, width)] == []


def test_the_notes_stand_beside_the_box_on_a_wide_screen(desk, cast, sign_in, prompts):
    sign_in(desk, cast.member)
    desk.goto(prompts[KINDS.SUMMARY].section.week.get_absolute_url())
    desk.locator("form[data-ready]").wait_for()
    notes, box = panel(desk).bounding_box(), field(desk, prompts).bounding_box()
    assert notes["x"] + notes["width"] <= box["x"]
    assert abs(notes["y"] - box["y"]) < 24
    expect(note(desk, BODIES[0])).to_be_visible()


def test_no_findings(sheet):
    note(sheet, BODIES[0]).tap()
    sheet.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    assert findings_in_both(sheet) == {}
