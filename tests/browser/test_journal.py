"""Words that the server does not have yet: they wait in the browser, sealed, and come back."""

import re
import time
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_worksheet import SAVED, box, line, text_of
from tests.cast import prompt_of, write
from workbook.models import Readers, Response, Revision, Save

KEPT = "この端末に保存済み・送信待ち"
UNSENT = "送信できていません（書き続けて大丈夫です）"
UNKEPT = "この端末に保存できません（すぐ送信します）"
ALL_ROWS = """async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result) });
  const db = await done(indexedDB.open("hisho"));
  const all = (name) => done(db.transaction(name).objectStore(name).getAll());
  const [keys, unsent] = [await all("keys"), await all("unsent")];
  db.close();
  const bytes = ({ data }) => new TextDecoder("latin1").decode(data);
  return {
    extractable: keys.map((row) => row.key.extractable),
    unsent: unsent.map((row) => ({ prompt: row.prompt, slot: row.slot, bytes: bytes(row.sealed) })),
  };
}"""


FORGET_KEYS = """async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result) });
  const db = await done(indexedDB.open("hisho"));
  await done(db.transaction("keys", "readwrite").objectStore("keys").clear());
  db.close();
}"""
TIMES = """
const send = window.fetch;
addEventListener("input", () => { window.typedAt = performance.now(); }, true);
window.fetch = (url, options) => {
  if (String(url).endsWith("/response/")) window.sentAt = performance.now();
  return send(url, options);
};"""
ANONYMOUS = """<!doctype html><meta name="user" content="" data-csrf-cookie="csrftoken">
<script type="module" src="/static/js/device.js"></script>"""


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def url(prompt):
    return prompt.section.week.get_absolute_url()


@pytest.fixture
def sheet(phone: Page, cast, sign_in, url):
    sign_in(phone, cast.member)
    phone.goto(url)
    phone.locator("form[data-ready]").wait_for()
    return phone


def cut(page, *, deliver=False):
    """From now on no save gets an answer; with `deliver` it still arrives."""

    def fail(route):
        if deliver:
            route.fetch()
        route.abort("internetdisconnected")

    page.route("**/response/", fail)


def kept(page, prompt, text):
    """Wait until the words are in the journal, then check that nobody can read them there."""
    expect(line(page)).to_have_text(re.compile(f"{re.escape(KEPT)}|{re.escape(UNSENT)}"))
    rows = page.evaluate(ALL_ROWS)
    assert [row["prompt"] for row in rows["unsent"]] == [prompt.pk]
    assert text not in rows["unsent"][0]["bytes"]
    assert text.encode().decode("latin1") not in rows["unsent"][0]["bytes"]
    return rows


def write_on(cast, prompt, text):
    """Another device has the newest text and goes on from it."""
    now = Response.objects.get(prompt=prompt)
    Response.objects.write(Save(prompt.pk, cast.membership.pk, uuid4(), now.version, text, now.readers, []))


def versions(prompt):
    return list(Revision.objects.filter(response__prompt=prompt).values_list("version", "text").order_by("pk"))


def test_unsent_words_survive_a_reload(sheet, prompt):
    cut(sheet)
    box(sheet, prompt).fill("まだ届いていない文章")
    rows = kept(sheet, prompt, "まだ届いていない文章")
    assert rows["extractable"] == [False]
    sheet.on("dialog", lambda dialog: dialog.accept())
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("まだ届いていない文章")
    expect(sheet.locator(f"#box-{prompt.pk} [data-status]")).to_have_text(
        re.compile("この端末に残っていた文章です|送信できていません")
    )
    assert not Response.objects.filter(prompt=prompt).exists()
    sheet.unroute("**/response/")
    expect(line(sheet)).to_have_text(SAVED)
    assert versions(prompt) == [(1, "まだ届いていない文章")]
    sheet.wait_for_timeout(300)
    assert sheet.evaluate(ALL_ROWS)["unsent"] == []


def test_a_crash_right_after_typing_loses_nothing(sheet, prompt, url):
    cut(sheet)
    box(sheet, prompt).press_sequentially("途中で消えたタブ")
    sheet.wait_for_timeout(100)
    sheet.close(run_before_unload=False)
    again = sheet.context.new_page()
    again.goto(url)
    expect(box(again, prompt)).to_have_value("途中で消えたタブ")
    expect(line(again)).to_have_text(re.compile("保存しました|自動で保存"))
    assert text_of(prompt) == "途中で消えたタブ"


def test_a_lost_answer_is_asked_for_again_after_a_reload(sheet, prompt):
    cut(sheet, deliver=True)
    box(sheet, prompt).fill("届いたのに知らない")
    expect(line(sheet)).to_have_text(UNSENT)
    sheet.reload()
    sheet.unroute("**/response/")
    expect(line(sheet)).to_have_text(re.compile("保存しました|自動で保存"))
    assert versions(prompt) == [(1, "届いたのに知らない")]


def test_other_device_wrote_while_words_waited(sheet, cast, prompt):
    cut(sheet)
    box(sheet, prompt).fill("電車の中の文章")
    kept(sheet, prompt, "電車の中の文章")
    write(cast.membership, prompt, "家のパソコンの文章")
    sheet.reload()
    sheet.unroute("**/response/")
    conflict = sheet.locator(".conflict")
    expect(conflict.locator("[data-mine]")).to_have_text("電車の中の文章")
    expect(conflict.locator("[data-other]")).to_have_text("家のパソコンの文章")
    expect(line(sheet)).to_have_text("別の端末と食い違いがあります")
    before = Revision.objects.count()
    sheet.reload()
    expect(conflict.locator("[data-other]")).to_have_text("家のパソコンの文章")
    assert Revision.objects.count() == before
    conflict.get_by_role("button", name="両方つなげる").click()
    expect(line(sheet)).to_have_text(SAVED)
    assert text_of(prompt) == "電車の中の文章\n\n---\n\n家のパソコンの文章"


def test_answer_of_an_older_save_does_not_undo_a_newer_text(sheet, cast, prompt):
    """It arrived, nobody heard; then another device wrote on. The newer text is shown, nothing is overwritten."""
    cut(sheet, deliver=True)
    box(sheet, prompt).fill("一つ目")
    expect(line(sheet)).to_have_text(UNSENT)
    write_on(cast, prompt, "二つ目")
    sheet.reload()
    sheet.unroute("**/response/")
    expect(box(sheet, prompt)).to_have_value("二つ目")
    expect(line(sheet)).to_have_text(SAVED)
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("と続き")
    expect(line(sheet)).to_have_text("入力中…")
    expect(line(sheet)).to_have_text(SAVED)
    assert versions(prompt) == [(1, "一つ目"), (2, "二つ目"), (3, "二つ目と続き")]


def test_words_too_long_to_save_stay_after_a_reload(sheet, prompt):
    sheet.on("dialog", lambda dialog: dialog.accept())
    text = "長" * 100_003
    box(sheet, prompt).evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input')) }", text
    )
    status = sheet.locator(f"#box-{prompt.pk} [data-status]")
    expect(status).to_contain_text("3文字多い")
    expect(sheet.locator(f"#box-{prompt.pk} [data-rescue]")).to_be_visible()
    sheet.reload()
    expect(status).to_contain_text("3文字多い")
    assert box(sheet, prompt).evaluate("field => field.value.length") == 100_003


def test_conversion_is_kept_too(sheet, prompt, url):
    cut(sheet)
    box(sheet, prompt).focus()
    session = sheet.context.new_cdp_session(sheet)
    session.send("Input.imeSetComposition", {"text": "へんかん", "selectionStart": 4, "selectionEnd": 4})
    sheet.wait_for_timeout(300)
    sheet.close(run_before_unload=False)
    again = sheet.context.new_page()
    again.goto(url)
    expect(box(again, prompt)).to_have_value("へんかん")


def test_without_a_journal_it_says_so_and_sends_at_once(phone, cast, sign_in, prompt, url):
    phone.add_init_script("indexedDB.open = () => { throw new Error('refused') }")
    phone.add_init_script(TIMES)
    sign_in(phone, cast.member)
    phone.goto(url)
    expect(line(phone)).to_have_text(UNKEPT)
    box(phone, prompt).fill("すぐに送られる")
    expect(line(phone)).to_have_text(SAVED)
    assert phone.evaluate("window.sentAt - window.typedAt") < 1_200
    assert text_of(prompt) == "すぐに送られる"


def test_nothing_is_saved_before_the_journal_was_read(phone, cast, sign_in, prompt, url):
    phone.add_init_script(
        "const open = indexedDB.open.bind(indexedDB);"
        "indexedDB.open = (...a) => { const t = Date.now(); while (Date.now() - t < 50); return open(...a) };"
    )
    sent = []
    phone.on("request", lambda request: sent.append(request.url) if request.url.endswith("/response/") else None)
    phone.route("**/session/", lambda route: (time.sleep(1.5), route.continue_()))
    sign_in(phone, cast.member)
    phone.goto(url)
    box(phone, prompt).fill("早すぎる文章")
    box(phone, prompt).blur()
    assert sent == []
    expect(line(phone)).to_have_text(SAVED)
    assert text_of(prompt) == "早すぎる文章"


def test_silence_is_said_within_twelve_seconds(sheet, prompt):
    sheet.route("**/response/", lambda _: None)
    began = time.monotonic()
    box(sheet, prompt).press_sequentially("返事の来ない場所で書いている", delay=100)
    expect(line(sheet)).to_have_text(UNSENT, timeout=13_000)
    assert time.monotonic() - began <= 12


def test_after_a_minute_the_text_can_be_taken_along(sheet, prompt):
    sheet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sheet.clock.install()
    cut(sheet)
    box(sheet, prompt).fill("持って行く文章")
    sheet.clock.run_for(30_000)
    rescue = sheet.locator(f"#box-{prompt.pk} [data-rescue]")
    expect(rescue).to_be_hidden()
    sheet.clock.run_for(35_000)
    expect(rescue).to_be_visible()
    rescue.get_by_role("button", name="コピー").click()
    expect(rescue.get_by_role("status")).to_have_text("コピーしました")
    assert sheet.evaluate("navigator.clipboard.readText()") == "持って行く文章"
    with sheet.expect_download() as download:
        rescue.get_by_role("button", name="ダウンロード").click()
    assert download.value.path().read_text() == "持って行く文章"
    sheet.unroute("**/response/")
    sheet.evaluate("dispatchEvent(new Event('online'))")
    expect(rescue).to_be_hidden()
    assert text_of(prompt) == "持って行く文章"


def test_a_second_tab_is_told(sheet, url):
    notice = "この週は別のタブでも開いています"
    assert not sheet.get_by_text(notice).is_visible()
    second = sheet.context.new_page()
    second.goto(url)
    expect(second.get_by_text(notice)).to_be_visible()
    sheet.close()
    expect(second.get_by_text(notice)).to_be_hidden()


def test_two_tabs_offline_both_keep_their_words(sheet, prompt, url):
    second = sheet.context.new_page()
    second.goto(url)
    for page, text in [(sheet, "一枚目のタブ"), (second, "二枚目のタブ")]:
        cut(page)
        box(page, prompt).fill(text)
        expect(line(page)).to_have_text(UNSENT)
    second.close(run_before_unload=False)
    sheet.close(run_before_unload=False)
    again = sheet.context.new_page()
    again.goto(url)
    for _ in range(50):
        if len(versions(prompt)) == 2:
            break
        again.wait_for_timeout(200)
    assert {text for _, text in versions(prompt)} == {"一枚目のタブ", "二枚目のタブ"}


def test_back_from_another_app_shows_what_was_written_elsewhere(sheet, cast, prompt):
    write(cast.membership, prompt, "パソコンで書いた")
    sheet.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(box(sheet, prompt)).to_have_value("パソコンで書いた")
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("、電話で足した")
    expect(line(sheet)).to_have_text("入力中…")
    expect(line(sheet)).to_have_text(SAVED)
    assert [version for version, _ in versions(prompt)] == [1, 2]


def test_shrinking_can_be_undone(sheet, prompt):
    long = "たいせつな文章。" * 60
    box(sheet, prompt).fill(long)
    expect(line(sheet)).to_have_text(SAVED)
    undo = sheet.locator(f"#box-{prompt.pk}").get_by_role("button", name="元に戻す")
    expect(undo).to_be_hidden()
    box(sheet, prompt).fill("あ")
    expect(undo).to_be_visible()
    expect(line(sheet)).to_have_text("入力中…")
    expect(line(sheet)).to_have_text(SAVED)
    undo.click()
    expect(box(sheet, prompt)).to_have_value(long)
    expect(line(sheet)).to_have_text("入力中…")
    expect(line(sheet)).to_have_text(SAVED)
    assert [text for _, text in versions(prompt)] == [long, "あ", long]
    undo.click()
    expect(box(sheet, prompt)).to_have_value("あ")


def test_a_narrower_choice_made_in_a_conflict_holds(sheet, cast, prompt):
    readers = sheet.locator(f"#box-{prompt.pk} [data-readers]")
    write(cast.membership, prompt, "別の端末の文章", Readers.GROUP)
    box(sheet, prompt).fill("この画面の文章")
    expect(sheet.locator(".conflict")).to_be_visible()
    readers.select_option("self")
    sheet.get_by_role("button", name="これを残す").click()
    expect(line(sheet)).to_have_text(SAVED)
    assert readers.input_value() == "self"
    assert Response.objects.get(prompt=prompt).readers == Readers.SELF


def test_a_narrower_choice_made_while_the_page_opens_holds(sheet, prompt):
    cut(sheet)
    box(sheet, prompt).fill("だれにも見せない")
    kept(sheet, prompt, "だれにも見せない")
    sheet.evaluate(FORGET_KEYS)
    sheet.route("**/session/", lambda route: (time.sleep(0.5), route.continue_()))
    sheet.reload(wait_until="commit")
    sheet.locator(f"#box-{prompt.pk} [data-readers]").select_option("self")
    expect(box(sheet, prompt)).to_have_value("だれにも見せない")
    sheet.unroute("**/response/")
    expect(line(sheet)).to_have_text(SAVED)
    assert Response.objects.get(prompt=prompt).readers == Readers.SELF


def test_a_page_for_nobody_does_not_take_the_key_away(sheet):
    """Another site can post to the sign-in page: no cookie comes along, and the answer seems to be for nobody."""
    assert sheet.evaluate(ALL_ROWS)["extractable"] == [False]
    sheet.route("**/accounts/password/reset/", lambda route: route.fulfill(body=ANONYMOUS, content_type="text/html"))
    asked = []
    sheet.on("response", lambda response: asked.append(response.url) if "/session/" in response.url else None)
    sheet.goto("/accounts/password/reset/")
    sheet.wait_for_timeout(1_000)
    assert asked
    assert sheet.evaluate(ALL_ROWS)["extractable"] == [False]
    sheet.context.clear_cookies(name="sessionid")
    sheet.reload()
    sheet.wait_for_timeout(1_000)
    assert sheet.evaluate(ALL_ROWS)["extractable"] == []
