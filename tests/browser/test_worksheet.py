"""Writing on the worksheet, in a real browser: it saves by itself, and never claims more than is true."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import address
from tests.cast import prompt_of, write
from workbook.models import Readers, Response, Revision, Save

SAVED = re.compile(r"保存しました \d{1,2}:\d\d")


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def sheet(phone: Page, cast, sign_in, prompt):
    """The member's phone on the second week."""
    sign_in(phone, cast.member)
    phone.goto(prompt.section.week.get_absolute_url())
    phone.locator("form[data-ready]").wait_for()
    return phone


def box(page, prompt):
    return page.locator(f"#text-{prompt.pk}")


def line(page):
    return page.locator("[data-page-status]")


def text_of(prompt):
    return Response.objects.get(prompt=prompt).text


def test_typing_is_saved_without_a_button(sheet, prompt):
    expect(sheet.get_by_role("button", name="保存")).to_be_hidden()
    box(sheet, prompt).press_sequentially("　電車の中で思いついたこと\n- ひとつ")
    expect(line(sheet)).to_have_text("入力中…")
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompt) == "　電車の中で思いついたこと\n- ひとつ"
    expect(sheet.locator(f"#box-{prompt.pk} [data-state]")).to_have_text("書けた")


def test_status_is_visible_at_320_px(sheet, prompt):
    sheet.set_viewport_size({"width": 320, "height": 600})
    box(sheet, prompt).fill("ひとこと")
    expect(line(sheet)).to_have_text(SAVED)
    assert line(sheet).evaluate("node => node.getBoundingClientRect().right") <= 320
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 320


def test_leaving_at_once_loses_nothing(sheet, prompt):
    box(sheet, prompt).fill("書いてすぐに離れる")
    sheet.get_by_role("link", name="今週").click()
    sheet.wait_for_url("**/")
    sheet.goto(prompt.section.week.get_absolute_url())
    expect(box(sheet, prompt)).to_have_value("書いてすぐに離れる")


def test_second_save_builds_on_the_first(sheet, prompt):
    box(sheet, prompt).fill("一度目")
    expect(line(sheet)).to_have_text(SAVED)
    box(sheet, prompt).fill("一度目と二度目")
    expect(line(sheet)).to_have_text("入力中…")
    expect(line(sheet)).to_have_text(SAVED)
    assert list(Revision.objects.values_list("version", "text").filter(response__prompt=prompt)) == [
        (1, "一度目"),
        (2, "一度目と二度目"),
    ]


def test_offline_is_said_and_made_good(sheet, prompt):
    sheet.context.set_offline(True)
    box(sheet, prompt).fill("トンネルの中")
    expect(line(sheet)).to_have_text("この端末に保存済み・送信待ち")
    badge = sheet.locator(f"#box-{prompt.pk} [data-state]")
    expect(badge).to_have_text("未保存")
    assert not Response.objects.filter(prompt=prompt).exists()
    sheet.context.set_offline(False)
    expect(line(sheet)).to_have_text(SAVED)
    expect(badge).to_have_text("書けた")
    assert text_of(prompt) == "トンネルの中"


def test_lost_answer_is_no_conflict(sheet, prompt):
    def deliver_and_drop(route):
        route.fetch()
        route.abort("internetdisconnected")
        sheet.unroute("**/response/")

    sheet.route("**/response/", deliver_and_drop)
    box(sheet, prompt).fill("届いたのに返事がない")
    expect(line(sheet)).to_have_text(SAVED)
    assert Revision.objects.filter(response__prompt=prompt).count() == 1


def test_typing_on_after_a_lost_answer_is_no_conflict(sheet, prompt):
    def deliver_and_drop(route):
        route.fetch()
        route.abort("internetdisconnected")
        sheet.unroute("**/response/")

    sheet.route("**/response/", deliver_and_drop)
    box(sheet, prompt).fill("届いたのに")
    expect(line(sheet)).to_have_text("送信できていません（書き続けて大丈夫です）")
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("返事がない")
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompt) == "届いたのに返事がない"
    assert Revision.objects.filter(response__prompt=prompt, version=None).count() == 0


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("両方つなげる", "机の文\n\n---\n\n電話の文"),
        ("これを残す", "机の文"),
        ("あちらを残す", "電話の文"),
    ],
)
def test_conflict_shows_both_and_the_member_chooses(sheet, cast, prompt, button, expected):
    write(cast.membership, prompt, "電話の文")
    box(sheet, prompt).fill("机の文")
    conflict = sheet.locator(".conflict")
    expect(conflict.locator("[data-other]")).to_have_text("電話の文")
    expect(box(sheet, prompt)).to_have_value("机の文")
    badge = sheet.locator(f"#box-{prompt.pk} [data-state]")
    expect(badge).to_have_text("未保存")
    conflict.get_by_role("button", name=button).click()
    expect(line(sheet)).to_have_text(SAVED)
    expect(box(sheet, prompt)).to_have_value(expected)
    expect(badge).to_have_text("書けた")
    assert text_of(prompt) == expected
    assert set(Revision.objects.filter(response__prompt=prompt).values_list("text", flat=True)) >= {
        "電話の文",
        "机の文",
    }


def test_conversion_is_left_alone(sheet, prompt):
    box(sheet, prompt).focus()
    session = sheet.context.new_cdp_session(sheet)
    session.send("Input.imeSetComposition", {"text": "きょう", "selectionStart": 3, "selectionEnd": 3})
    sheet.wait_for_timeout(2_500)
    assert not Response.objects.filter(prompt=prompt).exists()
    session.send("Input.insertText", {"text": "今日"})
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompt) == "今日"


def test_readers_are_saved_too(sheet, prompt):
    box(sheet, prompt).fill("自分だけのこと")
    sheet.locator(f"#box-{prompt.pk} [data-readers]").select_option("self")
    expect(line(sheet)).to_have_text(SAVED)
    sheet.reload()
    expect(sheet.locator(f"#box-{prompt.pk} [data-readers]")).to_have_value("self")
    assert Response.objects.get(prompt=prompt).readers == Readers.SELF


def test_too_long_text_stays_on_the_screen(sheet, prompt):
    text = "あ" * 100_003
    box(sheet, prompt).evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input')) }", text
    )
    expect(sheet.locator(f"#box-{prompt.pk} [data-status]")).to_contain_text("3文字多い")
    assert box(sheet, prompt).evaluate("field => field.value.length") == 100_003
    sheet.on("dialog", lambda dialog: dialog.accept())


def test_preview_and_back(sheet, prompt):
    box(sheet, prompt).fill("**「強調」**です\n- ひとつ")
    sheet.locator(f"#box-{prompt.pk}").get_by_role("button", name="プレビュー").click()
    expect(sheet.locator(".preview strong")).to_have_text("「強調」")
    expect(box(sheet, prompt)).to_be_hidden()
    sheet.locator(f"#box-{prompt.pk}").get_by_role("button", name="書くほうに戻る").click()
    expect(box(sheet, prompt)).to_be_focused()


def test_without_javascript(plain_page, cast, sign_in, prompt):
    sign_in(plain_page, cast.member)
    plain_page.goto(prompt.section.week.get_absolute_url())
    box(plain_page, prompt).fill("ボタンで保存")
    plain_page.get_by_role("button", name="保存").click()
    expect(plain_page.get_by_role("status").filter(has_text="保存しました。")).to_be_visible()
    expect(box(plain_page, prompt)).to_have_value("ボタンで保存")
    assert text_of(prompt) == "ボタンで保存"


def test_keyboard_alone(sheet, prompt):
    box(sheet, prompt).focus()
    sheet.keyboard.press("Tab")
    expect(sheet.locator(f"#box-{prompt.pk} [data-readers]")).to_be_focused()
    sheet.keyboard.press("Tab")
    sheet.keyboard.press("Enter")
    expect(sheet.locator(".preview")).to_be_focused()


def test_page_asks_for_everything_at_once(sheet, prompt, live_server):
    asked = []
    sheet.wait_for_load_state("networkidle")
    sheet.on("request", lambda request: asked.append(request.url))
    box(sheet, prompt).fill("あとから何も読み込まない")
    expect(line(sheet)).to_have_text(SAVED)
    assert asked == [f"{address(live_server)}/prompts/{prompt.pk}/response/"]


def test_words_typed_before_the_scripts_came_are_kept(phone, cast, sign_in, prompt):
    write(cast.membership, prompt, "まえの文")
    sign_in(phone, cast.member)
    held = []
    phone.route("**/js/worksheet*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wraps functions only
    phone.goto(prompt.section.week.get_absolute_url(), wait_until="commit")
    box(phone, prompt).fill("まえの文に、すぐ書き足した")
    phone.wait_for_timeout(300)
    held[0].continue_()
    expect(line(phone)).to_have_text(SAVED)
    expect(box(phone, prompt)).to_have_value("まえの文に、すぐ書き足した")
    assert text_of(prompt) == "まえの文に、すぐ書き足した"


def test_narrower_readers_of_another_device_are_shown(sheet, cast, prompt):
    box(sheet, prompt).fill("ひとこと")
    expect(line(sheet)).to_have_text(SAVED)
    response = Response.objects.get(prompt=prompt)
    narrower = Save(prompt.pk, cast.membership.pk, uuid4(), response.version, response.text, Readers.SELF, [])
    Response.objects.write(narrower)
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("、続き")
    expect(sheet.locator(f"#box-{prompt.pk} [data-readers]")).to_have_value("self")
    expect(line(sheet)).to_have_text(SAVED)
    response.refresh_from_db()
    assert (response.text, response.readers) == ("ひとこと、続き", Readers.SELF)
