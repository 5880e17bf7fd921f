"""A comment is sent when its writer says so: once, and never half."""

import json
import re

from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser.office import (
    DRAFT,
    ELSEWHERE,
    LATER,
    SENT,
    another,
    comments,
    compose,
    cut,
    draft_of,
    entry_of,
    field,
    open_page,
    question_of,
    save_elsewhere,
    send_button,
    status,
)
from tests.browser.offline import count, wait_until
from tests.browser.test_sessions import code_in, dialog, enter_code
from tests.browser.test_storage import eventually
from tests.cast import join, make_user
from workbook.models import Reading


def test_draft_then_sent(reading, cast):
    field(reading, cast.shared).press_sequentially("すてきな一言ですね")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    expect(entry_of(reading, cast.shared).locator("[data-state]")).to_have_text("下書き")
    assert (draft_of(cast.shared, cast.facilitator), comments(cast.shared)) == ("すてきな一言ですね", [])
    send_button(reading, cast.shared).click()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    expect(field(reading, cast.shared)).to_have_value("")
    expect(entry_of(reading, cast.shared).locator(".said")).to_contain_text("すてきな一言ですね")
    assert draft_of(cast.shared, cast.facilitator) == ""
    assert comments(cast.shared) == [("facilitator", "すてきな一言ですね")]


def test_the_next_comment_after_the_first(reading, cast):
    for text in ["一つめ", "二つめ"]:
        field(reading, cast.shared).press_sequentially(text)
        reading.keyboard.press("Control+Enter")
        expect(status(reading, cast.shared)).to_have_text(SENT)
        expect(field(reading, cast.shared)).to_be_editable()
    assert comments(cast.shared) == [("facilitator", "一つめ"), ("facilitator", "二つめ")]


def test_sent_by_keys_and_on_from_the_entry(reading, cast):
    reading.evaluate("document.addEventListener('hisho:sent', ({ detail }) => { window.sentKey = detail.key; })")
    field(reading, cast.shared).press_sequentially("キーだけで")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert reading.evaluate("document.activeElement.closest('[data-entry]') !== null")
    assert reading.evaluate("document.activeElement.matches('textarea')") is False
    assert reading.evaluate("window.sentKey") == f"answer-{cast.shared.pk}"
    assert comments(cast.shared) == [("facilitator", "キーだけで")]


def test_nothing_is_sent_from_an_empty_box(reading, cast):
    field(reading, cast.shared).focus()
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text("まだ送る文章がありません")
    expect(field(reading, cast.shared)).to_be_editable()
    assert comments(cast.shared) == []


def test_sent_from_one_page_is_gone_from_the_other(reading, cast):
    field(reading, cast.shared).fill("どちらから送っても一つ")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    reading.locator("h1").click()
    second = another(reading, question_of(cast))
    send_button(second, cast.shared).click()
    expect(status(second, cast.shared)).to_have_text(SENT)
    send_button(reading, cast.shared).click()
    expect(status(reading, cast.shared)).to_have_text(re.compile(ELSEWHERE))
    assert comments(cast.shared) == [("facilitator", "どちらから送っても一つ")]
    field(reading, cast.shared).fill("")
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "")
    save_elsewhere(cast.shared, cast.facilitator, "電話で書きはじめた")
    reading.locator("h1").click()
    reading.evaluate("dispatchEvent(new Event('focus'))")
    expect(field(reading, cast.shared)).to_have_value("電話で書きはじめた")


def test_the_other_device_wrote_on_before_this_one_sends(reading, cast):
    field(reading, cast.shared).fill("机で書いた")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    save_elsewhere(cast.shared, cast.facilitator, "机で書いた、電話で足した")
    send_button(reading, cast.shared).click()
    conflict = entry_of(reading, cast.shared).locator(".conflict")
    expect(conflict.locator("[data-other]")).to_have_text("机で書いた、電話で足した")
    expect(field(reading, cast.shared)).to_be_editable()
    assert comments(cast.shared) == []
    conflict.get_by_role("button", name="あちらを残す").click()
    send_button(reading, cast.shared).click()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "机で書いた、電話で足した")]


def test_session_ends_while_writing(reading, cast, mailoutbox):
    Session.objects.all().delete()
    field(reading, cast.shared).press_sequentially("ログインが切れても残る")
    reading.keyboard.press("Control+Enter")
    expect(dialog(reading)).to_be_visible()
    assert comments(cast.shared) == []
    dialog(reading).get_by_role("button", name="コードを受け取る", exact=True).click()
    expect(dialog(reading).get_by_label("コード")).to_be_focused()
    enter_code(reading, code_in(mailoutbox))
    expect(dialog(reading)).to_be_hidden()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "ログインが切れても残る")]
    expect(entry_of(reading, cast.shared).locator(".said")).to_contain_text("ログインが切れても残る")


def test_session_ends_between_draft_and_sending(reading, cast, mailoutbox):
    field(reading, cast.shared).fill("下書きまでは届いた")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    Session.objects.all().delete()
    send_button(reading, cast.shared).click()
    expect(dialog(reading)).to_be_visible()
    dialog(reading).get_by_role("button", name="コードを受け取る", exact=True).click()
    expect(dialog(reading).get_by_label("コード")).to_be_focused()
    enter_code(reading, code_in(mailoutbox))
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "下書きまでは届いた")]


def test_lost_answer_of_sending_makes_no_second_comment(reading, cast):
    cut(reading, "**/feedback/", deliver=True)
    field(reading, cast.shared).fill("一度だけ届く")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    expect(field(reading, cast.shared)).not_to_be_editable()
    reading.unroute("**/feedback/")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "一度だけ届く")]


def test_lost_answer_and_a_closed_tab(reading, cast, url):
    cut(reading, "**/feedback/", deliver=True)
    field(reading, cast.shared).fill("届いたことを知らない")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    reading.close(run_before_unload=False)
    again = another(reading, url)
    expect(field(again, cast.shared)).to_have_value("")
    assert comments(cast.shared) == [("facilitator", "届いたことを知らない")]


def test_taken_back_after_it_had_arrived(reading, cast):
    """Nobody can know: what she writes on is a new draft, and what had arrived is not sent again."""
    cut(reading, "**/feedback/", deliver=True)
    field(reading, cast.shared).fill("届いていた")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    send_button(reading, cast.shared).click()
    expect(field(reading, cast.shared)).to_be_editable()
    expect(field(reading, cast.shared)).to_be_focused()
    reading.unroute("**/feedback/")
    send_button(reading, cast.shared).click()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "届いていた")]


def test_taken_back_and_written_on(reading, cast):
    cut(reading, "**/feedback/", deliver=True)
    field(reading, cast.shared).fill("届いていた")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    send_button(reading, cast.shared).click()
    field(reading, cast.shared).press("End")
    reading.keyboard.type("、もう一言")
    expect(status(reading, cast.shared)).to_have_text(re.compile(ELSEWHERE))
    expect(reading.locator(".conflict")).to_have_count(0)
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "届いていた、もう一言")
    assert comments(cast.shared) == [("facilitator", "届いていた")]


def test_without_a_network_it_waits(reading, cast):
    reading.context.set_offline(True)
    field(reading, cast.shared).fill("トンネルで押した")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    expect(field(reading, cast.shared)).not_to_be_editable()
    field(reading, cast.group).fill("そのあいだに次の人へ")
    reading.context.set_offline(False)
    expect(status(reading, cast.shared)).to_have_text(SENT)
    expect(field(reading, cast.group)).to_have_value("そのあいだに次の人へ")
    assert comments(cast.shared) == [("facilitator", "トンネルで押した")]


def test_without_a_network_it_can_be_taken_back(reading, cast):
    reading.context.set_offline(True)
    field(reading, cast.shared).fill("やっぱり送らない")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    send_button(reading, cast.shared).click()
    expect(field(reading, cast.shared)).to_be_editable()
    reading.context.set_offline(False)
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "やっぱり送らない")
    expect(status(reading, cast.shared)).to_have_text(re.compile("送るのをやめました|まだ送っていません"))
    assert comments(cast.shared) == []


def test_a_closed_tab_sends_nothing(reading, cast, url):
    reading.context.set_offline(True)
    field(reading, cast.shared).fill("送る途中で閉じた")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    wait_until(reading, lambda: count(reading, "unsent") == 1)  # closed without a word to the page, as by a crash
    reading.close(run_before_unload=False)
    reading.context.set_offline(False)
    again = another(reading, url)
    expect(field(again, cast.shared)).to_have_value("送る途中で閉じた")
    expect(field(again, cast.shared)).to_be_editable()
    eventually(again, lambda: draft_of(cast.shared, cast.facilitator) == "送る途中で閉じた")
    assert comments(cast.shared) == []


def test_two_facilitators_at_once(reading, new_page, cast, sign_in, url):
    partner = make_user("partner")
    join(cast.cohort, partner, "facilitator")
    other = new_page(viewport={"width": 1280, "height": 800})
    sign_in(other, partner)
    open_page(other, url)
    other.route(f"**{url}", lambda route: route.abort("internetdisconnected"))  # she does not see it come
    field(reading, cast.shared).fill("ひとりめ")
    field(other, cast.shared).fill("ふたりめ")
    expect(status(other, cast.shared)).to_have_text(DRAFT)
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    send_button(reading, cast.shared).click()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    send_button(other, cast.shared).click()
    expect(status(other, cast.shared)).to_contain_text("facilitator")
    assert comments(cast.shared) == [("facilitator", "ひとりめ"), ("partner", "ふたりめ")]
    other.unroute(f"**{url}")
    for page in (reading, other):
        page.evaluate("document.dispatchEvent(new CustomEvent('hisho:changed'))")
        expect(entry_of(page, cast.shared).locator(".said")).to_have_count(2)


def test_conversion_is_neither_sent_nor_disturbed(reading, cast):
    field(reading, cast.shared).focus()
    session = compose(reading, "きょう")
    reading.keyboard.press("Control+Enter")
    reading.evaluate("document.dispatchEvent(new CustomEvent('hisho:changed'))")
    reading.evaluate("dispatchEvent(new Event('focus'))")
    reading.wait_for_timeout(2_500)
    assert (draft_of(cast.shared, cast.facilitator), comments(cast.shared)) == (None, [])
    expect(field(reading, cast.shared)).to_be_editable()
    expect(field(reading, cast.shared)).to_be_focused()
    session.send("Input.insertText", {"text": "今日"})
    expect(field(reading, cast.shared)).to_have_value("今日")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "今日")]


def test_read_waits_for_what_was_just_sent(reading, cast):
    reading.route("**/feedback/", lambda route: (reading.wait_for_timeout(800), route.continue_()))
    field(reading, cast.shared).fill("押してすぐ次へ")
    reading.keyboard.press("Control+Enter")
    with reading.expect_navigation():
        reading.keyboard.press("m")
    assert comments(cast.shared) == [("facilitator", "押してすぐ次へ")]
    assert Reading.objects.filter(reader=cast.facilitator, response=cast.shared).exists()


def test_server_that_is_busy_is_asked_again(reading, cast):
    busy = {"error": "too_many", "message": "-"}
    answers = [429, 429]
    asked = []

    def answer(route):
        asked.append(json.loads(route.request.post_data)["operation_id"])
        if answers:
            route.fulfill(status=answers.pop(0), body=json.dumps(busy), content_type="application/json")
        else:
            route.continue_()

    reading.route("**/feedback/", answer)
    field(reading, cast.shared).fill("何度でも、一度だけ")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert len(asked) == 3
    assert len(set(asked)) == 1
    assert comments(cast.shared) == [("facilitator", "何度でも、一度だけ")]
