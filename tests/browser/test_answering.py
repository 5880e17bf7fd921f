"""Comments are words too: saved while they are written, sent once, lost never."""

import json
import re
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.test_delivery import READ, WRITE
from tests.browser.test_sessions import code_in, dialog, enter_code
from tests.browser.test_storage import eventually
from tests.cast import join, make_user
from workbook.models import Draft, DraftSave, Feedback, Note, Readers, Reading, Response, Save

DRAFT = "下書きを保存しました。まだ送っていません"
SENT = re.compile("送りました")
LATER = "まだ送れていません"
ELSEWHERE = "ここの文章は、新しい下書きです"
# A page that is killed sends nothing on its way out.
NO_FAREWELL = """() => {
  const stop = (event) => event.stopImmediatePropagation();
  for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, stop, true);
}"""


def week_of(cast, number=1):
    return reverse("admin:workbook_response_read", args=[cast.membership.pk, number])


@pytest.fixture
def url(cast):
    return week_of(cast)


@pytest.fixture
def question(cast):
    """The page of all answers to the question that the shared text answers."""
    return reverse("admin:workbook_response_question", args=[cast.shared.prompt_id])


@pytest.fixture
def reading(desk: Page, cast, sign_in, url):
    """The facilitator reads what the member wrote in the first week."""
    sign_in(desk, cast.facilitator)
    return open_page(desk, url)


def open_page(page, url):
    page.goto(url)
    page.locator("form[data-ready]").wait_for()
    return page


def another(reading, url):
    return open_page(reading.context.new_page(), url)


def field(page, response):
    return page.locator(f'[data-box="answer-{response.pk}"] textarea').first


def status(page, response):
    return page.locator(f'[data-box="answer-{response.pk}"] [data-status]')


def send_button(page, response):
    return page.locator(f'[data-box="answer-{response.pk}"] [data-send]')


def entry_of(page, response):
    return page.locator(f'[data-entry]:has([data-box="answer-{response.pk}"])')


def draft_of(response, author):
    return Draft.objects.filter(response=response, author=author).values_list("text", flat=True).first()


def comments(response):
    rows = Feedback.objects.filter(revision__response=response).order_by("pk")
    return list(rows.values_list("author__nickname", "text"))


def cut(page, pattern="**/draft/", *, deliver=False):
    """From now on nothing sent there is answered; with `deliver` it still arrives."""

    def fail(route):
        if deliver:
            route.fetch()
        route.abort("internetdisconnected")

    page.route(pattern, fail)


def save_elsewhere(response, author, text):
    """Her other device saves the draft."""
    now = Draft.objects.filter(response=response, author=author).first()
    Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), now.version if now else 0, text))


def compose(page, text):
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return session


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


def test_draft_survives_a_closed_tab(reading, cast, url):
    field(reading, cast.shared).fill("書きかけて、タブを閉じる")
    reading.close()
    again = another(reading, url)
    expect(field(again, cast.shared)).to_have_value("書きかけて、タブを閉じる")
    expect(status(again, cast.shared)).to_have_text(DRAFT)
    assert comments(cast.shared) == []


def test_draft_survives_a_killed_page_before_it_was_saved(reading, cast, url):
    reading.context.set_offline(True)
    field(reading, cast.shared).press_sequentially("落ちる前の数行")
    eventually(reading, lambda: len(reading.evaluate(READ)) == 1)
    reading.evaluate(NO_FAREWELL)
    reading.close(run_before_unload=False)
    assert draft_of(cast.shared, cast.facilitator) is None
    reading.context.set_offline(False)
    again = another(reading, url)
    expect(field(again, cast.shared)).to_have_value("落ちる前の数行")
    expect(status(again, cast.shared)).to_contain_text("まだ送")
    eventually(again, lambda: draft_of(cast.shared, cast.facilitator) == "落ちる前の数行")
    assert comments(cast.shared) == []


def test_waiting_draft_leads_back_to_its_page(reading, cast, question):
    """On any other page: where it belongs; and it is delivered from there, as a draft."""
    reading.context.route("**/draft/", lambda route: route.abort("internetdisconnected"))
    field(reading, cast.shared).fill("まだ届かない")
    eventually(reading, lambda: len(reading.evaluate(READ)) == 1)
    reading.on("dialog", lambda dialog: dialog.accept())
    reading.goto("/admin/")
    place = reading.locator("[data-unsent-line] [data-unsent-places] a")
    expect(place).to_be_visible()
    expect(place).to_contain_text("member")
    reading.context.unroute("**/draft/")
    reading.evaluate("dispatchEvent(new Event('focus'))")
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "まだ届かない")
    expect(place).to_be_hidden()
    assert comments(cast.shared) == []


def test_two_pages_with_the_same_box(reading, cast, question):
    second = another(reading, question)
    expect(second.locator("[data-tabs]")).to_be_visible()
    field(second, cast.shared).fill("二枚目で書いた")
    expect(status(second, cast.shared)).to_have_text(DRAFT)
    field(reading, cast.shared).fill("一枚目で書いた")
    conflict = entry_of(reading, cast.shared).locator(".conflict")
    expect(conflict.locator("[data-other]")).to_have_text("二枚目で書いた")
    conflict.get_by_role("button", name="両方つなげる").click()
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    assert draft_of(cast.shared, cast.facilitator) == "一枚目で書いた\n\n---\n\n二枚目で書いた"


def test_sent_from_one_page_is_gone_from_the_other(reading, cast, question):
    field(reading, cast.shared).fill("どちらから送っても一つ")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    reading.locator("h1").click()
    second = another(reading, question)
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


@pytest.fixture
def left_by_two(reading, cast, url):
    """Two pages wrote in one box without a network, and are gone: the page that is opened next."""
    box = {"prompt": f"answer-{cast.shared.pk}", "url": f"/responses/{cast.shared.pk}/draft/", "readers": "self"}
    box |= {"base_version": 0, "pending": None, "page": {"path": url, "label": "member"}}
    reading.goto("/profile/")
    reading.evaluate(WRITE, [{**box, "slot": slot, "text": text} for slot, text in [("", "一枚目"), ("2", "二枚目")]])
    held = []
    reading.route("**/draft/", lambda route: held.append(route) if "二" in texts_in(route) else route.continue_())
    open_page(reading, url)
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "一枚目" and held)
    held[0].continue_()
    reading.unroute("**/draft/")
    expect(field(reading, cast.shared)).to_have_value("一枚目")
    expect(aside(reading, cast.shared).get_by_role("textbox")).to_have_value("二枚目")
    return reading


def texts_in(route):
    return json.loads(route.request.post_data)["text"]


def aside(page, response):
    return entry_of(page, response).locator(".aside")


def test_two_pages_without_a_network_keep_both(left_by_two, cast):
    aside(left_by_two, cast.shared).get_by_role("button", name="この欄につなげる").click()
    expect(field(left_by_two, cast.shared)).to_have_value("一枚目\n\n---\n\n二枚目")
    eventually(left_by_two, lambda: draft_of(cast.shared, cast.facilitator) == "一枚目\n\n---\n\n二枚目")
    eventually(left_by_two, lambda: left_by_two.evaluate(READ) == [])


def test_the_other_draft_waits_until_she_has_looked_at_it(left_by_two, cast):
    left_by_two.evaluate("dispatchEvent(new Event('focus'))")
    left_by_two.wait_for_timeout(500)
    expect(aside(left_by_two, cast.shared)).to_have_count(1)
    left_by_two.reload()
    conflict = entry_of(left_by_two, cast.shared).locator(".conflict")
    expect(conflict.locator("[data-mine]")).to_have_text("二枚目")
    expect(conflict.locator("[data-other]")).to_have_text("一枚目")


def test_the_other_draft_is_let_go(left_by_two, cast):
    aside(left_by_two, cast.shared).get_by_role("button", name="もういらない").click()
    expect(aside(left_by_two, cast.shared)).to_have_count(0)
    eventually(left_by_two, lambda: left_by_two.evaluate(READ) == [])
    assert draft_of(cast.shared, cast.facilitator) == "一枚目"


def test_a_page_of_another_member_is_no_second_tab(reading, cast):
    """Each box is claimed by itself: only what really stands open twice is said to."""
    colleague = cast.colleague.memberships.get()
    other = another(reading, reverse("admin:workbook_response_read", args=[colleague.pk, 1]))
    expect(other.locator("[data-tabs]")).to_be_hidden()


def test_two_devices_of_one_facilitator(reading, cast):
    save_elsewhere(cast.shared, cast.facilitator, "電話で書いた")
    field(reading, cast.shared).fill("机で書いた")
    conflict = entry_of(reading, cast.shared).locator(".conflict")
    expect(conflict.locator("[data-mine]")).to_have_text("机で書いた")
    expect(conflict.locator("[data-other]")).to_have_text("電話で書いた")
    reading.keyboard.press("Control+Enter")
    assert comments(cast.shared) == []
    conflict.get_by_role("button", name="両方つなげる").click()
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    send_button(reading, cast.shared).click()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "机で書いた\n\n---\n\n電話で書いた")]


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


def make_private(response):
    now = Response.objects.get(pk=response.pk)
    Response.objects.write(Save(now.prompt_id, now.membership_id, uuid4(), now.version, now.text, Readers.SELF, []))


def test_text_made_private_while_answering(reading, cast):
    words = reading.get_by_text("CANARY-ours-member-shared")
    expect(words).to_be_visible()
    field(reading, cast.shared).fill("読めなくなる前に書いた")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    make_private(cast.shared)
    reading.keyboard.press("Control+Enter")
    expect(words).to_have_count(0)
    box = reading.locator(f'[data-box="answer-{cast.shared.pk}"]')
    expect(box.locator("[data-rescue]")).to_be_visible()
    expect(box.locator("textarea").first).to_have_value("読めなくなる前に書いた")
    reading.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box.get_by_role("button", name="コピー").click()
    assert reading.evaluate("navigator.clipboard.readText()") == "読めなくなる前に書いた"
    assert comments(cast.shared) == []


def test_draft_of_a_text_made_private(reading, cast):
    """Already the next autosave is told, and what was typed since can be taken along, on other pages too."""
    make_private(cast.shared)
    field(reading, cast.shared).fill("もう読めない文への下書き")
    box = reading.locator(f'[data-box="answer-{cast.shared.pk}"]')
    expect(box.locator("[data-rescue]")).to_be_visible()
    expect(reading.get_by_text("CANARY-ours-member-shared")).to_have_count(0)
    assert draft_of(cast.shared, cast.facilitator) is None
    reading.on("dialog", lambda dialog: dialog.accept())
    reading.goto("/admin/")
    stuck = reading.locator("[data-unsent-line] [data-stuck]")
    expect(stuck.get_by_role("textbox")).to_have_value("もう読めない文への下書き")
    stuck.get_by_role("button", name="もういらない").dblclick()
    drop = stuck.get_by_role("button", name="この文章を消す")
    expect(drop).to_be_visible()
    assert len(reading.evaluate(READ)) == 1
    reading.wait_for_timeout(900)
    drop.click()
    expect(stuck).to_be_hidden()
    assert reading.evaluate(READ) == []


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


def test_read_does_not_send_drafts(reading, cast):
    field(reading, cast.shared).fill("まだ送らない")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    expect(reading.locator("button[name=send]")).to_be_hidden()
    field(reading, cast.group).fill("保存の途中")
    with reading.expect_navigation():
        reading.locator("[data-read]").click()
    assert comments(cast.shared) == comments(cast.group) == []
    eventually(reading, lambda: draft_of(cast.group, cast.facilitator) == "保存の途中")
    assert draft_of(cast.shared, cast.facilitator) == "まだ送らない"
    read = set(Reading.objects.filter(reader=cast.facilitator).values_list("response", flat=True))
    assert read == {cast.shared.pk, cast.group.pk}


def test_read_waits_for_what_was_just_sent(reading, cast):
    reading.route("**/feedback/", lambda route: (reading.wait_for_timeout(800), route.continue_()))
    field(reading, cast.shared).fill("押してすぐ次へ")
    reading.keyboard.press("Control+Enter")
    with reading.expect_navigation():
        reading.keyboard.press("m")
    assert comments(cast.shared) == [("facilitator", "押してすぐ次へ")]
    assert Reading.objects.filter(reader=cast.facilitator, response=cast.shared).exists()


def test_note_is_saved_and_never_sent(reading, cast):
    open_page(reading, reverse("admin:workbook_response_person", args=[cast.membership.pk]))
    box = reading.locator(f'[data-box="note-{cast.membership.pk}"]')
    for fold in box.locator("xpath=ancestor::details[not(@open)]/summary").all():
        fold.click()
    box.get_by_role("textbox").fill("火曜は忙しい")
    expect(reading.locator("[data-page-status]")).to_have_text(re.compile("保存しました"))
    expect(box.locator("[data-status]")).to_have_text("")
    reading.keyboard.press("Control+Enter")
    assert Note.objects.get(membership=cast.membership).text == "火曜は忙しい"
    reading.reload()
    expect(box.get_by_role("textbox")).to_have_value("火曜は忙しい")


def test_too_long_a_comment_stays(reading, cast):
    text = "長" * 10_003
    field(reading, cast.shared).fill(text)
    expect(status(reading, cast.shared)).to_contain_text("3文字多い")
    reading.keyboard.press("Control+Enter")
    expect(field(reading, cast.shared)).to_be_editable()
    assert field(reading, cast.shared).evaluate("field => field.value.length") == 10_003
    reading.on("dialog", lambda dialog: dialog.accept())
    assert comments(cast.shared) == []


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
