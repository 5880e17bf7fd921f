"""A browser whose storage or locks fail, hang or lie: words still find their way, and nothing kept is thrown away."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journal import ALL_ROWS, KEPT, UNKEPT, UNSENT, cut, kept, versions
from tests.browser.test_worksheet import SAVED, box, line, text_of
from tests.cast import prompt_of, write
from workbook.models import Response, Revision

UNREADABLE = """
const getAll = IDBObjectStore.prototype.getAll;
IDBObjectStore.prototype.getAll = function (...query) {
  if (this.name === "unsent" && localStorage.broken) throw new Error("unreadable");
  return getAll.apply(this, query);
};"""
HANGING = """
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (name, mode) {
  if (mode === "readwrite" && window.hangs) return { objectStore: () => ({ put() {}, delete() {} }) };
  return open.call(this, name, mode);
};"""
FAILING = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (row) {
  if (this.name === "unsent" && window.fails) throw new Error("full");
  return put.call(this, row);
};"""
WITHOUT_LOCKS = "LockManager.prototype.request = () => Promise.reject(new Error('refused'));"
PUT_FOREIGN_ROW = """async ([user, prompt]) => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result) });
  const db = await done(indexedDB.open("hisho"));
  const sealed = { iv: new Uint8Array(12), data: new Uint8Array([1, 2, 3]).buffer };
  await done(db.transaction("unsent", "readwrite").objectStore("unsent").put({ user, prompt, slot: "", sealed }));
  db.close();
}"""


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def open_sheet(phone: Page, cast, sign_in, prompt):
    """Opens the member's second week with scripts that change what the browser can do."""

    def start(script=""):
        if script:
            phone.add_init_script(script)
        sign_in(phone, cast.member)
        phone.goto(prompt.section.week.get_absolute_url())
        phone.locator("form[data-ready]").wait_for()
        phone.on("dialog", lambda dialog: dialog.accept())
        return phone

    return start


def eventually(page, check):
    for _ in range(75):
        if check():
            return
        page.wait_for_timeout(200)
    assert check()


def test_a_journal_that_cannot_be_read_is_not_emptied(open_sheet, prompt):
    sheet = open_sheet(UNREADABLE)
    cut(sheet)
    box(sheet, prompt).fill("まだどこにも届いていない")
    kept(sheet, prompt, "まだどこにも届いていない")
    sheet.evaluate("localStorage.broken = '1'")
    sheet.reload()
    expect(line(sheet)).to_have_text(UNKEPT)
    expect(box(sheet, prompt)).to_have_value("")
    sheet.evaluate("localStorage.removeItem('broken')")
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("まだどこにも届いていない")


def test_what_this_key_does_not_open_stays(open_sheet, cast, prompt):
    sheet = open_sheet()
    sheet.evaluate(PUT_FOREIGN_ROW, [cast.member.pk, prompt.pk])
    sheet.reload()
    sheet.locator("form[data-ready]").wait_for()
    box(sheet, prompt).fill("あたらしい文章")
    expect(line(sheet)).to_have_text(SAVED)
    sheet.wait_for_timeout(500)
    assert [(row["prompt"], row["slot"], len(row["bytes"])) for row in sheet.evaluate(ALL_ROWS)["unsent"]] == [
        (prompt.pk, "", 3)
    ]


def test_without_locks_it_saves_all_the_same(open_sheet, prompt):
    sheet = open_sheet(WITHOUT_LOCKS)
    box(sheet, prompt).fill("錠のないブラウザ")
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompt) == "錠のないブラウザ"


def test_a_journal_that_failed_once_is_looked_for_again(open_sheet, prompt):
    sheet = open_sheet(FAILING)
    sheet.evaluate("window.fails = true")
    cut(sheet)
    box(sheet, prompt).fill("いっぱいの端末")
    expect(line(sheet)).to_have_text(re.compile(f"{re.escape(UNKEPT)}|{re.escape(UNSENT)}"))
    sheet.evaluate("window.fails = false; dispatchEvent(new Event('focus'))")
    eventually(sheet, lambda: len(sheet.evaluate(ALL_ROWS)["unsent"]) == 1)
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("いっぱいの端末")


def test_a_storage_that_never_answers_is_said(open_sheet, prompt):
    sheet = open_sheet(HANGING)
    sheet.evaluate("window.hangs = true")
    cut(sheet)
    box(sheet, prompt).fill("答えのない端末")
    expect(line(sheet)).to_have_text(UNSENT, timeout=13_000)
    sheet.unroute("**/response/")
    eventually(sheet, lambda: Response.objects.filter(prompt=prompt).exists())
    assert text_of(prompt) == "答えのない端末"


def test_words_of_a_closed_tab_are_sent_by_the_other(open_sheet, prompt):
    sheet = open_sheet()
    second = sheet.context.new_page()
    second.goto(prompt.section.week.get_absolute_url())
    second.locator("form[data-ready]").wait_for()
    cut(sheet)
    box(sheet, prompt).fill("閉じたタブの文章")
    kept(sheet, prompt, "閉じたタブの文章")
    sheet.close(run_before_unload=False)
    eventually(second, lambda: "閉じたタブの文章" in dict(map(reversed, versions(prompt))))
    eventually(second, lambda: second.evaluate(ALL_ROWS)["unsent"] == [])
    eventually(second, lambda: box(second, prompt).input_value() == "閉じたタブの文章")


def test_words_typed_on_in_a_conflict_are_in_the_history(open_sheet, cast, prompt):
    sheet = open_sheet()
    write(cast.membership, prompt, "別の端末の文章")
    box(sheet, prompt).fill("この画面の文章")
    expect(sheet.locator(".conflict")).to_be_visible()
    box(sheet, prompt).fill("この画面の文章に、さらに書き足した")
    sheet.get_by_role("button", name="あちらを残す").click()
    expect(box(sheet, prompt)).to_have_value("別の端末の文章")
    eventually(sheet, lambda: (None, "この画面の文章に、さらに書き足した") in versions(prompt))
    sheet.locator(f"#box-{prompt.pk}").get_by_role("button", name="元に戻す").click()
    expect(box(sheet, prompt)).to_have_value("この画面の文章に、さらに書き足した")


def test_nobody_reads_what_was_made_private_before_it_was_sent(open_sheet, prompt):
    sheet = open_sheet()
    readers = sheet.locator(f"#box-{prompt.pk} [data-readers]")
    cut(sheet)
    readers.select_option("group")
    box(sheet, prompt).fill("やっぱり自分だけ")
    expect(line(sheet)).to_have_text(UNSENT)
    readers.select_option("self")
    sheet.unroute("**/response/")
    eventually(sheet, lambda: Response.objects.filter(prompt=prompt).exists())
    expect(line(sheet)).to_have_text(SAVED)
    assert set(Revision.objects.filter(response__prompt=prompt).values_list("readers", flat=True)) == {"self"}


def test_made_private_after_it_had_arrived_unheard(open_sheet, prompt):
    """The save arrived with wider readers, its answer was lost: the narrower choice follows, and is no conflict."""
    sheet = open_sheet()
    readers = sheet.locator(f"#box-{prompt.pk} [data-readers]")
    cut(sheet, deliver=True)
    readers.select_option("group")
    box(sheet, prompt).fill("届いていた")
    eventually(sheet, lambda: Response.objects.filter(prompt=prompt).exists())
    readers.select_option("self")
    box(sheet, prompt).fill("届いていた、と続き")
    sheet.wait_for_timeout(500)
    sheet.unroute("**/response/")
    eventually(sheet, lambda: text_of(prompt) == "届いていた、と続き")
    assert Response.objects.get(prompt=prompt).readers == "self"
    assert Revision.objects.filter(response__prompt=prompt, version=None).count() == 0
    expect(sheet.locator(".conflict")).to_have_count(0)


def test_a_late_look_at_the_server_brings_no_old_text(open_sheet, cast, prompt):
    sheet = open_sheet()
    box(sheet, prompt).fill("あたらしい")
    expect(line(sheet)).to_have_text(SAVED)
    old = {"version": 0, "text": "", "readers": "group", "state": "empty", "saved_at": None}
    answer = json.dumps({"user": cast.member.pk, "boxes": {str(prompt.pk): old}})
    sheet.route("**/responses/", lambda route: route.fulfill(body=answer, content_type="application/json"))
    with sheet.expect_response("**/responses/"):
        sheet.evaluate(
            "document.activeElement.blur(); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        )
    sheet.wait_for_timeout(300)
    expect(box(sheet, prompt)).to_have_value("あたらしい")
    assert line(sheet).text_content() != KEPT
