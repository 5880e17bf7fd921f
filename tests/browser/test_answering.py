"""Comments are words too: saved while they are written, lost never."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.office import (
    DRAFT,
    SENT,
    another,
    aside,
    comments,
    draft_of,
    entry_of,
    field,
    make_private,
    open_page,
    question_of,
    save_elsewhere,
    send_button,
    status,
    texts_in,
)
from tests.browser.test_delivery import READ, WRITE
from tests.browser.test_storage import eventually
from tests.faults.plans import RESET, UNBROKEN, every
from tests.faults.plans import comments as comments_on_their_way
from workbook.models import Note, Reading


def test_draft_survives_a_closed_tab(reading, cast, url):
    field(reading, cast.shared).fill("書きかけて、タブを閉じる")
    reading.close()
    again = another(reading, url)
    expect(field(again, cast.shared)).to_have_value("書きかけて、タブを閉じる")
    expect(status(again, cast.shared)).to_have_text(DRAFT)
    assert comments(cast.shared) == []


def test_draft_survives_a_closed_page_before_it_was_saved(proxy, new_page, sign_in, cast, url):
    proxy.plan = every(RESET, only=comments_on_their_way)
    page = new_page(base_url=proxy.url)
    sign_in(page, cast.facilitator)
    reading = open_page(page, url)
    field(reading, cast.shared).press_sequentially("落ちる前の数行")
    eventually(reading, lambda: len(reading.evaluate(READ)) == 1)
    reading.close(run_before_unload=False)
    assert draft_of(cast.shared, cast.facilitator) is None
    proxy.plan = UNBROKEN
    again = another(reading, url)
    expect(field(again, cast.shared)).to_have_value("落ちる前の数行")
    expect(status(again, cast.shared)).to_contain_text("まだ送")
    eventually(again, lambda: draft_of(cast.shared, cast.facilitator) == "落ちる前の数行")
    assert comments(cast.shared) == []


def test_waiting_draft_leads_back_to_its_page(reading, cast):
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


def test_two_pages_with_the_same_box(reading, cast):
    second = another(reading, question_of(cast))
    expect(second.locator("[data-tabs]")).to_be_visible()
    field(second, cast.shared).fill("二枚目で書いた")
    expect(status(second, cast.shared)).to_have_text(DRAFT)
    field(reading, cast.shared).fill("一枚目で書いた")
    conflict = entry_of(reading, cast.shared).locator(".conflict")
    expect(conflict.locator("[data-other]")).to_have_text("二枚目で書いた")
    conflict.get_by_role("button", name="両方つなげる").click()
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "一枚目で書いた\n\n---\n\n二枚目で書いた")


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
