"""Sessions that end or change while somebody writes: nothing is lost, and nothing is stored under another name."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.browser.axe import findings_in_both
from tests.browser.test_worksheet import SAVED, box, line
from tests.cast import prompt_of
from workbook.models import Response, Revision

AGAIN = "コードを受け取り直す・ほかの方法"
PASSWORD = "correct-horse-battery-9"
TEXT = "ログインが切れても、書いたことは残る"


@pytest.fixture(autouse=True)
def no_codes_asked_for_before(db):
    """The limits of sign-in outlive a test: they stand in the cache."""
    cache.clear()


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def sheet(phone: Page, cast, sign_in, prompt):
    """The member's phone on the second week, with the key for what it keeps."""
    return open_sheet(phone, cast, sign_in, prompt)


def open_sheet(page, cast, sign_in, prompt):
    sign_in(page, cast.member)
    with page.expect_response("**/session/") as asked:
        page.goto(prompt.section.week.get_absolute_url())
    asked.value.finished()
    return page


@pytest.fixture
def ended(sheet, prompt):
    """The same with a text in a box and no session any more: the dialog is there."""
    end_sessions()
    box(sheet, prompt).press_sequentially(TEXT)
    expect(dialog(sheet)).to_be_visible()
    return sheet


def end_sessions():
    Session.objects.all().delete()


def dialog(page):
    return page.locator("[data-signin]")


def step(page):
    return dialog(page).get_attribute("data-step")


def code_in(mails):
    return re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mails[-1].body, re.M)[0]


def ask_for_code(page, mails):
    dialog(page).get_by_role("button", name="コードを受け取る", exact=True).click()
    expect(dialog(page).get_by_label("コード")).to_be_focused()
    return code_in(mails)


def enter_code(page, code):
    dialog(page).get_by_label("コード").fill(code)
    dialog(page).get_by_role("button", name="ログイン", exact=True).click()


def held(prompt):
    """What the server holds for this prompt, by the person."""
    rows = Response.objects.filter(prompt=prompt).select_related("membership__user")
    return {row.membership.user.nickname: row.text for row in rows}


def look_at(page):
    """What a browser tells a page when somebody comes back to it."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def test_code_from_the_mail(ended, prompt, mailoutbox):
    expect(dialog(ended).get_by_label("メールアドレス")).to_have_value("member@example.com")
    expect(box(ended, prompt)).to_have_value(TEXT)
    assert held(prompt) == {}
    enter_code(ended, ask_for_code(ended, mailoutbox))
    expect(dialog(ended)).to_be_hidden()
    expect(box(ended, prompt)).to_be_focused()
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}
    box(ended, prompt).press_sequentially("。つづき")
    expect(line(ended)).to_have_text("入力中…")
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": f"{TEXT}。つづき"}
    assert mailoutbox[0].to == ["member@example.com"]


def test_password(phone, cast, sign_in, prompt):
    cast.member.set_password(PASSWORD)
    cast.member.save()
    open_sheet(phone, cast, sign_in, prompt)
    end_sessions()
    box(phone, prompt).press_sequentially(TEXT)
    dialog(phone).get_by_text("パスワードでログイン").click()
    for password in ("wrong", PASSWORD):
        dialog(phone).get_by_label("パスワード").fill(password)
        dialog(phone).get_by_role("button", name="ログイン", exact=True).click()
        if password == "wrong":
            expect(dialog(phone).get_by_role("status")).to_contain_text("パスワード")
    expect(dialog(phone)).to_be_hidden()
    expect(line(phone)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_password_after_a_code_was_asked_for(phone, cast, sign_in, prompt, mailoutbox):
    cast.member.set_password(PASSWORD)
    cast.member.save()
    open_sheet(phone, cast, sign_in, prompt)
    end_sessions()
    box(phone, prompt).press_sequentially(TEXT)
    ask_for_code(phone, mailoutbox)
    dialog(phone).get_by_role("button", name=AGAIN).click()
    dialog(phone).get_by_text("パスワードでログイン").click()
    dialog(phone).get_by_label("パスワード").fill(PASSWORD)
    dialog(phone).get_by_role("button", name="ログイン", exact=True).click()
    expect(dialog(phone)).to_be_hidden()
    expect(line(phone)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_wrong_code_is_said_and_the_right_one_still_works(ended, prompt, mailoutbox):
    code = ask_for_code(ended, mailoutbox)
    enter_code(ended, "AAA-AAA")
    expect(dialog(ended).get_by_role("status")).to_contain_text("コード")
    expect(dialog(ended).get_by_label("コード")).to_have_attribute("aria-invalid", "true")
    enter_code(ended, code)
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_after_too_many_wrong_codes_a_new_one_is_asked_for(ended, prompt, mailoutbox):
    ask_for_code(ended, mailoutbox)
    for _ in range(3):
        enter_code(ended, "AAA-AAA")
        expect(dialog(ended)).not_to_have_attribute("aria-busy", "true")
    expect(dialog(ended).get_by_role("button", name="コードを受け取る", exact=True)).to_be_visible()
    expect(dialog(ended).get_by_role("status")).not_to_be_empty()
    enter_code(ended, ask_for_code(ended, mailoutbox))
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_new_code(ended, prompt, mailoutbox):
    first = ask_for_code(ended, mailoutbox)
    dialog(ended).get_by_role("button", name=AGAIN).click()
    second = ask_for_code(ended, mailoutbox)
    assert (len(mailoutbox), first == second) == (2, False)
    enter_code(ended, second)
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_password_changed_elsewhere(sheet, cast, prompt, mailoutbox):
    cast.member.set_password("another-password-of-hers")
    cast.member.save()
    box(sheet, prompt).press_sequentially(TEXT)
    expect(dialog(sheet)).to_be_visible()
    assert held(prompt) == {}
    enter_code(sheet, ask_for_code(sheet, mailoutbox))
    expect(line(sheet)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_another_person_in_another_tab(sheet, cast, prompt, sign_in):
    sign_in(sheet, cast.colleague)
    box(sheet, prompt).press_sequentially(TEXT)
    expect(dialog(sheet).get_by_text("ほかの方がこのブラウザでログインしています")).to_be_visible()
    expect(box(sheet, prompt)).to_have_value(TEXT)
    assert not Revision.objects.filter(response__prompt=prompt).exists()
    end_sessions()
    look_at(sheet)
    expect(dialog(sheet).get_by_role("button", name="コードを受け取る", exact=True)).to_be_visible()
    sign_in(sheet, cast.member)
    look_at(sheet)
    expect(dialog(sheet)).to_be_hidden()
    expect(line(sheet)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_another_person_signs_in_while_the_dialog_is_open(ended, cast, prompt, sign_in, mailoutbox):
    sign_in(ended, cast.colleague)
    dialog(ended).get_by_role("button", name="コードを受け取る", exact=True).click()
    expect(dialog(ended).get_by_text("ほかの方がこのブラウザでログインしています")).to_be_visible()
    assert mailoutbox == []
    assert held(prompt) == {}


def test_signed_in_again_in_another_tab(ended, cast, prompt, sign_in):
    sign_in(ended, cast.member)
    look_at(ended)
    expect(dialog(ended)).to_be_hidden()
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_second_step_is_taken_in_another_tab(sheet, cast, prompt, mailoutbox):
    secret = generate_totp_secret()
    TOTP.activate(cast.member, secret)
    end_sessions()
    box(sheet, prompt).press_sequentially(TEXT)
    enter_code(sheet, ask_for_code(sheet, mailoutbox))
    with sheet.expect_popup() as opened:
        dialog(sheet).get_by_role("link", name="別のタブで確認する").click()
    digits = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    opened.value.get_by_label("コード").fill(digits)
    assert held(prompt) == {}
    opened.value.get_by_role("button", name="ログイン", exact=True).click()
    opened.value.wait_for_url("**/")  # where what waits in this browser may be sent, too
    look_at(sheet)
    expect(dialog(sheet)).to_be_hidden()
    expect(line(sheet)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_page_that_does_not_know_the_address(ended, cast, prompt, mailoutbox):
    """As without a network: she types it herself, and may be somebody else."""
    ended.keyboard.press("Escape")
    ended.evaluate("document.querySelector('[data-worksheet]').removeAttribute('data-email')")
    ended.locator("[data-signin-button]").click()
    address = dialog(ended).get_by_label("メールアドレス")
    expect(address).to_be_editable()
    address.fill("colleague@example.com")
    enter_code(ended, ask_for_code(ended, mailoutbox))
    expect(dialog(ended).get_by_text("ほかの方がこのブラウザでログインしています")).to_be_visible()
    assert mailoutbox[0].to == ["colleague@example.com"]
    assert held(prompt) == {}
    expect(box(ended, prompt)).to_have_value(TEXT)


@pytest.mark.parametrize("token", [None, "rotated", "not-a-token"])
def test_token_changes_while_typing(sheet, prompt, token):
    cookie = next(cookie for cookie in sheet.context.cookies() if cookie["name"] == "csrftoken")
    sheet.context.clear_cookies(name="csrftoken")
    if token:
        value = cookie["value"][::-1] if token == "rotated" else token
        sheet.context.add_cookies([{**cookie, "value": value}])
    box(sheet, prompt).press_sequentially("合言葉が変わっても")
    expect(line(sheet)).to_have_text(SAVED, timeout=5_000)
    assert held(prompt) == {"member": "合言葉が変わっても"}
    expect(dialog(sheet)).to_be_hidden()
    assert Revision.objects.filter(response__prompt=prompt).count() == 1


def test_later_keeps_everything(ended, prompt, mailoutbox):
    ended.keyboard.press("Escape")
    expect(dialog(ended)).to_be_hidden()
    expect(box(ended, prompt)).to_be_focused()
    expect(line(ended)).to_contain_text("ログインが切れました")
    box(ended, prompt).press_sequentially("。まだ書ける")
    ended.wait_for_timeout(3_000)
    expect(dialog(ended)).to_be_hidden()
    expect(line(ended)).to_contain_text("ログインが切れました")
    assert held(prompt) == {}
    ended.locator("[data-signin-button]").click()
    enter_code(ended, ask_for_code(ended, mailoutbox))
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": f"{TEXT}。まだ書ける"}


def test_later_and_the_next_day(ended, cast, prompt, sign_in):
    dialog(ended).get_by_role("button", name="あとで").click()
    ended.goto("about:blank")
    sign_in(ended, cast.member)
    ended.goto(prompt.section.week.get_absolute_url())
    expect(box(ended, prompt)).to_have_value(TEXT)
    expect(line(ended)).to_have_text(SAVED)
    assert held(prompt) == {"member": TEXT}


def test_two_boxes_one_dialog(sheet, cast, prompt, mailoutbox):
    second = prompt_of(cast.cohort, week=2, position=2)
    end_sessions()
    box(sheet, prompt).fill(TEXT)
    box(sheet, second).fill("もうひとつの欄")
    expect(dialog(sheet)).to_be_visible()
    enter_code(sheet, ask_for_code(sheet, mailoutbox))
    expect(dialog(sheet)).to_be_hidden()
    expect(line(sheet)).to_have_text(SAVED)
    sheet.wait_for_timeout(1_000)
    expect(dialog(sheet)).to_be_hidden()
    assert held(prompt) == {"member": TEXT}
    assert held(second) == {"member": "もうひとつの欄"}
    assert len(mailoutbox) == 1


def test_nobody_is_interrupted_in_a_conversion(sheet, prompt):
    end_sessions()
    held_back = []
    sheet.route("**/response/", lambda route: held_back.append(route))  # noqa: PLW0108 - Playwright wraps functions only
    box(sheet, prompt).press_sequentially("あ")
    with sheet.expect_request("**/response/"):
        pass
    session = sheet.context.new_cdp_session(sheet)
    session.send("Input.imeSetComposition", {"text": "きょう", "selectionStart": 3, "selectionEnd": 3})
    held_back[0].continue_()
    sheet.unroute("**/response/")
    sheet.wait_for_timeout(3_000)
    expect(dialog(sheet)).to_be_hidden()
    session.send("Input.insertText", {"text": "今日"})
    expect(dialog(sheet)).to_be_visible()
    expect(box(sheet, prompt)).to_have_value("あ今日")


def test_keyboard_alone_and_axe(new_page, cast, sign_in, prompt):
    page = new_page(viewport={"width": 320, "height": 300})  # as small as a phone's screen above its keyboard
    open_sheet(page, cast, sign_in, prompt)
    end_sessions()
    box(page, prompt).press_sequentially(TEXT)
    expect(dialog(page)).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "signin-title"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert dialog(page).evaluate("node => node.getBoundingClientRect().bottom") <= 300
    page.keyboard.press("Tab")
    expect(dialog(page).get_by_label("メールアドレス")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_label("コード")).to_be_focused()
    for name in ("start", "code", "second", "other"):
        page.evaluate(SHOW, name)
        assert findings_in_both(page, "[data-signin]") == {}, name
    page.keyboard.press("Escape")
    expect(box(page, prompt)).to_be_focused()
    expect(box(page, prompt)).to_have_value(TEXT)


SHOW = """name => document.querySelectorAll("[data-signin] [data-when]")
    .forEach((part) => { part.hidden = part.dataset.when !== name; })"""
