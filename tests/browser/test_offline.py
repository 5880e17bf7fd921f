"""A week opened once opens again without a network, can be written in, and nobody else's words are ever stored."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import findings_in_both
from tests.browser.offline import (
    BACK,
    CALM,
    OWN,
    STORED,
    WAITING,
    block_saves,
    box,
    come_back,
    count,
    go_offline,
    settle,
    text_of,
    wait_for_text,
    wait_until,
    write_offline,
)
from tests.cast import prompt_of, write
from tests.faults.plans import PASS, SILENT, UNBROKEN, every
from workbook.models import Feedback, Readers, Response, Revision, Save

# The journal opens late: a worksheet asks for its place in it first.
SLOW_LOCKS = """
  const { request } = LockManager.prototype;
  LockManager.prototype.request = function (name, ...rest) {
    if (name.startsWith("hisho-week")) setTimeout(() => request.call(this, name, ...rest), 2_000);
    else return request.call(this, name, ...rest);
  };
"""


@pytest.fixture
def others(cast) -> None:
    """A colleague's words and a comment stand on one's own page."""
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    write(colleague, prompt_of(cast.cohort, week=1, kind="action"), "CANARY-colleague-group", Readers.GROUP)
    Feedback.objects.create(revision=cast.shared.revisions.get(), author=cast.facilitator, text="CANARY-feedback")


def test_week_opens_again_and_is_written_in(sheet, prompt):
    go_offline(sheet)
    sheet.reload()
    expect(sheet.locator("h1")).to_have_text("テーマ1")
    expect(box(sheet, prompt)).to_have_value(OWN)
    expect(sheet.locator(f"#box-{prompt.pk} .ask")).to_have_text("1うれしかった一言は？")
    expect(sheet.locator(".ask .visually-hidden")).to_have_count(3)
    expect(sheet.locator(f"#box-{prompt.pk} [data-readers]")).to_have_value("self")
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("、電車で")
    expect(sheet.locator("[data-page-status]")).to_have_text(WAITING)
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value(f"{OWN}、電車で")
    fresh = sheet.locator("main [data-fresh]:visible")
    expect(fresh).to_have_count(0)
    come_back(sheet)
    wait_for_text(sheet, prompt, f"{OWN}、電車で")
    expect(fresh).to_have_count(1)
    fresh.get_by_role("link").click()
    expect(sheet.locator("nav .weeks")).to_be_visible()
    expect(box(sheet, prompt)).to_have_value(f"{OWN}、電車で")
    assert Revision.objects.filter(response__prompt=prompt, version=None).count() == 0


def test_preview_of_a_kept_week(sheet, prompt):
    go_offline(sheet)
    sheet.reload()
    box(sheet, prompt).fill("これは**「強調」**です")
    look = sheet.locator(f"#box-{prompt.pk} [data-preview]")
    look.click()
    expect(sheet.locator(".preview")).to_have_text("いまはプレビューを表示できません。")
    look.click()
    come_back(sheet)
    look.click()
    expect(sheet.locator(".preview strong")).to_have_text("「強調」")


def test_what_was_saved_a_moment_ago_is_kept(sheet, prompt):
    box(sheet, prompt).fill("さっき保存した")
    expect(sheet.locator("[data-page-status]")).to_contain_text("保存しました")
    wait_for_text(sheet, prompt, "さっき保存した")
    sheet.wait_for_timeout(300)
    go_offline(sheet)
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("さっき保存した")
    assert count(sheet, "unsent") == 0


def test_nobodys_words_lie_open_on_the_device(sheet, others, prompt, week):
    """Not in Cache Storage, not in IndexedDB, not elsewhere: one's own are sealed, others' are not there at all."""
    sheet.reload()
    expect(sheet.locator("main")).to_contain_text("CANARY-colleague-group")
    expect(sheet.locator("main")).to_contain_text("CANARY-feedback")
    for path in ("/", "/cohorts/", f"{week.split('weeks')[0]}words/", week):
        sheet.goto(path)
    settle(sheet)
    write_offline(sheet, prompt, "CANARY-typed-offline")
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("CANARY-typed-offline")
    expect(sheet.locator("body")).not_to_contain_text("CANARY-colleague-group")
    expect(sheet.locator("body")).not_to_contain_text("CANARY-feedback")
    stored = sheet.evaluate(STORED)
    assert "data-box-template" in stored
    assert stored.count("sealed") > 1
    assert "CANARY" not in stored
    assert "テーマ1" not in stored
    kept = sheet.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)"
        ".then((cache) => cache.keys()))).then((all) => all.flat().map(({ url }) => url)))"
    )
    paths = {urlsplit(url).path for url in kept}
    assert {path for path in paths if not path.startswith("/static/")} == {"/offline/"}


def test_other_pages_are_calm_and_send_what_waits(sheet, prompt, week):
    write_offline(sheet, prompt, "トンネルの中")
    sheet.goto("/")
    expect(sheet.locator("h1")).to_have_text(CALM)
    expect(sheet.locator("[data-weeks] a")).to_have_attribute("href", week)
    expect(sheet.locator("[data-waiting]")).to_contain_text("1")
    come_back(sheet)
    wait_for_text(sheet, prompt, "トンネルの中")
    expect(sheet.locator("[data-waiting]")).to_be_hidden()
    expect(sheet.locator("main [data-fresh]")).to_be_visible()
    wait_until(sheet, lambda: count(sheet, "unsent") == 0)


def test_any_page_sends_what_waits(sheet, prompt):
    """Written without a network, the browser closed; a day later she opens another page."""
    write_offline(sheet, prompt, "きのうの帰り道")
    later = sheet.context.new_page()
    sheet.close(run_before_unload=False)
    come_back(later)
    later.goto("/profile/")
    wait_for_text(later, prompt, "きのうの帰り道")
    wait_until(later, lambda: count(later, "unsent") == 0)


@pytest.mark.parametrize("place", ["the week", "another page"])
def test_what_was_sent_is_where_the_next_tunnel_begins(sheet, prompt, week, place):
    """Sent from the shell or from elsewhere, then no network again: the newest text, and no false conflict."""
    write_offline(sheet, prompt, "一つめのトンネル")
    sheet.goto(week if place == "the week" else "/")
    come_back(sheet)
    wait_for_text(sheet, prompt, "一つめのトンネル")
    wait_until(sheet, lambda: count(sheet, "unsent") == 0)
    go_offline(sheet)
    sheet.goto(week)
    expect(box(sheet, prompt)).to_have_value("一つめのトンネル")
    box(sheet, prompt).fill("二つめのトンネル")
    expect(sheet.locator("[data-page-status]")).to_have_text(WAITING)
    come_back(sheet)
    wait_for_text(sheet, prompt, "二つめのトンネル")
    assert Revision.objects.filter(response__prompt=prompt, version=None).count() == 0


def test_typing_on_a_slow_phone_right_after_a_reload_is_no_conflict(sheet, prompt):
    sheet.add_init_script(SLOW_LOCKS)
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value(OWN)
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("、すぐに")
    wait_for_text(sheet, prompt, f"{OWN}、すぐに")
    assert Revision.objects.filter(response__prompt=prompt, version=None).count() == 0


def test_a_day_without_a_network(phone, cast, sign_in, prompt, week):
    phone.clock.install()
    sign_in(phone, cast.member)
    phone.goto(week)
    settle(phone)
    write_offline(phone, prompt, "朝")
    phone.clock.fast_forward("12:00:00")
    phone.reload()
    expect(box(phone, prompt)).to_have_value("朝")
    box(phone, prompt).fill("朝と夜")
    expect(phone.locator("[data-page-status]")).to_have_text(WAITING)
    phone.clock.fast_forward("12:00:00")
    assert text_of(prompt) != "朝と夜"
    come_back(phone)
    wait_for_text(phone, prompt, "朝と夜")


def test_conflict_stays_and_every_page_says_where(sheet, cast, prompt, week):
    write_offline(sheet, prompt, "この端末の文")
    response = Response.objects.filter(prompt=prompt, membership=cast.membership)
    write_elsewhere(response.get(), "別の端末の文")
    sheet.goto("/")
    come_back(sheet)
    sheet.goto("/profile/")
    line = sheet.locator("[data-unsent-line]")
    expect(line.get_by_role("link")).to_have_attribute("href", week)
    assert response.get().text == "別の端末の文"
    line.get_by_role("link").click()
    expect(sheet.locator(".conflict [data-other]")).to_contain_text("別の端末の文")
    expect(box(sheet, prompt)).to_have_value("この端末の文")


def write_elsewhere(response: Response, text: str) -> None:
    save = Save(response.prompt_id, response.membership_id, uuid4(), response.version, text, response.readers, [])
    assert Response.objects.write(save).accepted


def test_everybody_can_use_it(sheet, proxy, prompt, week):
    """The kept week, the calm page and the question before signing out: no finding, nothing wider than the screen."""
    block_saves(proxy)
    write_offline(sheet, prompt, "声で読む人も")
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("声で読む人も")
    inspect(sheet)
    sheet.goto("/")
    expect(sheet.locator("[data-waiting]")).to_be_visible()
    inspect(sheet)
    come_back(sheet)
    sheet.goto("/accounts/logout/")
    expect(sheet.locator("[data-before-sign-out]")).to_be_visible()
    inspect(sheet)


def inspect(page: Page) -> None:
    assert findings_in_both(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_silent_network_opens_the_shell(sheet, proxy, prompt, week):
    """Connected, but nothing answers: after ten seconds the week is there all the same."""
    proxy.plan = every(SILENT, only=lambda request: not request.path.startswith("/static/"))
    sheet.goto(week, timeout=2 * BACK)
    expect(box(sheet, prompt)).to_have_value(OWN)
    box(sheet, prompt).fill("どこにも届かない")
    status = sheet.locator("[data-page-status]")
    expect(status).to_have_text("送信できていません（書き続けて大丈夫です）", timeout=2 * BACK)
    proxy.plan = UNBROKEN
    proxy.break_all()
    wait_for_text(sheet, prompt, "どこにも届かない")
    expect(sheet.locator("main [data-fresh]:visible")).to_have_count(1)


def test_what_is_sent_as_a_page_is_left_passes_the_worker(sheet, proxy):
    sent = []
    proxy.plan = lambda request: sent.append(request.path) or PASS
    wanted = [f"/left/{number}/" for number in range(6)]
    for path in wanted:
        farewell = "path => addEventListener('pagehide', () => fetch(path, { method: 'POST', keepalive: true }))"
        sheet.evaluate(farewell, path)
        sheet.goto("/profile/")
    wait_until(sheet, lambda: set(wanted) <= set(sent))
