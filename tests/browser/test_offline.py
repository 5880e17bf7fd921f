"""A week opened once opens again without a network, can be written in, and nobody else's words are ever stored."""

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page, expect

from tests.browser.test_axe import RULES
from tests.cast import prompt_of, write
from tests.faults.plans import SILENT, UNBROKEN, every
from tests.faults.proxy import FaultProxy
from workbook.models import Feedback, Readers, Response, Revision, Save
from workbook.views import offline

BACK = 10_000
CALM = "いまは通信できません"
WAITING = "この端末に保存済み・送信待ち"
OWN = "CANARY-ours-member-private"
# Everything that this origin keeps in the browser, as one text.
STORED = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      });
      const latin = (data) => new TextDecoder("utf-8").decode(data);
      for (const row of rows) found.push(store, JSON.stringify(row), row.sealed ? latin(row.sealed.data) : "");
    }
    database.close();
  }
  return found.join("\\n");
}"""
COUNT = """(store) => new Promise((resolve) => {
  indexedDB.open("hisho").onsuccess = ({ target: { result: database } }) => {
    const request = database.transaction(store).objectStore(store).count();
    request.onsuccess = () => { resolve(request.result); database.close(); };
  };
})"""


IN_CHARGE = """() => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  else navigator.serviceWorker.addEventListener("controllerchange", () => resolve());
})"""
# Asks for the worker, and waits until the one that comes is in charge; fails if it gives up.
UPDATE = """async () => {
  const worker = (await (await navigator.serviceWorker.getRegistration()).update()).installing;
  await new Promise((resolve, reject) => {
    worker.onstatechange = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("given up"));
    };
  });
}"""


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=1)


@pytest.fixture
def week(prompt):
    return prompt.section.week.get_absolute_url()


@pytest.fixture
def sheet(phone: Page, cast, sign_in, week) -> Page:
    """The member's phone on the first week, kept for days without a network."""
    sign_in(phone, cast.member)
    phone.goto(week)
    settle(phone)
    return phone


@pytest.fixture
def others(cast) -> None:
    """A colleague's words and a comment stand on one's own page."""
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    write(colleague, prompt_of(cast.cohort, week=1, kind="action"), "CANARY-colleague-group", Readers.GROUP)
    Feedback.objects.create(revision=cast.shared.revisions.get(), author=cast.facilitator, text="CANARY-feedback")


def settle(page: Page) -> None:
    """Until the worker has everything and the week is kept."""
    page.evaluate(IN_CHARGE)
    wait_until(page, lambda: count(page, "weeks") > 0)


def wait_until(page: Page, happened: Callable[[], bool], time: int = BACK) -> None:
    for _ in range(time // 100):
        if happened():
            return
        page.wait_for_timeout(100)
    assert happened()


def box(page: Page, prompt):
    return page.locator(f"#text-{prompt.pk}")


def text_of(prompt) -> str:
    return Response.objects.get(prompt=prompt, membership__user__nickname="member").text


def wait_for_text(page: Page, prompt, text: str, time: int = BACK) -> None:
    """The database has it within this time."""
    wait_until(page, lambda: text_of(prompt) == text, time)


def go_offline(page: Page) -> None:
    page.context.set_offline(True)


def come_back(page: Page) -> None:
    page.context.set_offline(False)


def count(page: Page, store: str) -> int:
    return page.evaluate(COUNT, store)


def write_offline(page: Page, prompt, text: str) -> None:
    go_offline(page)
    box(page, prompt).fill(text)
    expect(page.locator("[data-page-status]")).to_have_text(WAITING)


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


def test_a_day_without_a_network(phone, cast, sign_in, prompt, week):
    phone.clock.install()
    sign_in(phone, cast.member)
    phone.goto(week)
    settle(phone)
    write_offline(phone, prompt, "朝")
    phone.clock.fast_forward("12:00:00")
    phone.reload()
    box(phone, prompt).fill("朝と夜")
    expect(phone.locator("[data-page-status]")).to_have_text(WAITING)
    phone.clock.fast_forward("12:00:00")
    assert text_of(prompt) == OWN
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(sheet, prompt, week, scheme):
    """The kept week, the calm page and the question before signing out: no finding, nothing wider than the screen."""
    sheet.emulate_media(color_scheme=scheme)
    write_offline(sheet, prompt, "声で読む人も")
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value("声で読む人も")
    inspect(sheet)
    sheet.goto("/")
    expect(sheet.locator("[data-waiting]")).to_be_visible()
    inspect(sheet)
    block_saves(sheet)
    come_back(sheet)
    sheet.goto("/accounts/logout/")
    expect(sheet.locator("[data-before-sign-out]")).to_be_visible()
    inspect(sheet)


def inspect(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_silent_network_opens_the_shell(phone, live_server, cast, sign_in, prompt, week):
    """Connected, but nothing answers: after ten seconds the week is there all the same."""
    sign_in(phone, cast.member)
    with FaultProxy(urlsplit(live_server.url).port) as proxy:
        phone.goto(f"{proxy.url}{week}")
        settle(phone)
        proxy.plan = every(SILENT, only=lambda request: not request.path.startswith("/static/"))
        phone.goto(f"{proxy.url}{week}", timeout=2 * BACK)
        expect(box(phone, prompt)).to_have_value(OWN)
        box(phone, prompt).fill("どこにも届かない")
        expect(phone.locator("[data-page-status]")).to_have_text(
            "送信できていません（書き続けて大丈夫です）", timeout=2 * BACK
        )
        proxy.break_all()
        proxy.plan = UNBROKEN
        wait_for_text(phone, prompt, "どこにも届かない")
        phone.goto("about:blank")


def test_other_addresses_are_left_alone(sheet):
    go_offline(sheet)
    for path in ("/accounts/login/", "/admin/", "/privacy/"):
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            sheet.goto(path)


def test_sign_out_takes_the_key_and_leaves_the_words_sealed(sheet, cast, sign_in, prompt, week):
    write_offline(sheet, prompt, "CANARY-sealed")
    block_saves(sheet)
    come_back(sheet)
    sheet.goto("/profile/")
    sheet.get_by_role("button", name="ログアウト").click()
    panel = sheet.locator("[data-before-sign-out]")
    expect(panel.get_by_role("heading")).to_have_text("送信していない文章が1つあります")
    panel.get_by_role("button", name="この端末に残してログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (0, 1)
    assert "CANARY" not in sheet.evaluate(STORED)

    go_offline(sheet)
    sheet.goto(week)
    expect(sheet.locator("h1")).to_have_text(CALM)
    expect(sheet.locator("[data-locked]")).to_be_visible()
    expect(sheet.locator("body")).not_to_contain_text("CANARY")

    come_back(sheet)
    sheet.unroute("**/response/")
    sign_in(sheet, cast.colleague)
    sheet.goto(week)
    settle(sheet)
    expect(box(sheet, prompt)).to_have_value("")
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (1, 1)
    go_offline(sheet)
    sheet.goto("/")
    expect(sheet.locator("[data-waiting]")).to_be_hidden()

    come_back(sheet)
    assert text_of(prompt) == OWN
    sign_in(sheet, cast.member)
    sheet.goto("/profile/")
    wait_for_text(sheet, prompt, "CANARY-sealed")
    assert not Response.objects.filter(membership__user=cast.colleague).exists()


def block_saves(page: Page) -> None:
    page.route("**/response/", lambda route: route.abort("internetdisconnected"))


def test_sign_out_sends_first(sheet, prompt):
    write_offline(sheet, prompt, "送ってから")
    block_saves(sheet)
    come_back(sheet)
    sheet.goto("/accounts/logout/")
    panel = sheet.locator("[data-before-sign-out]")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="送ってからログアウト").click()
    expect(panel.locator("[data-status]")).to_contain_text("まだ送れていません", timeout=2 * BACK)
    assert text_of(prompt) == OWN
    sheet.unroute("**/response/")
    panel.get_by_role("button", name="送ってからログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
    assert text_of(prompt) == "送ってから"
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (0, 0)


def test_sign_out_without_waiting_words_asks_nothing(sheet):
    sheet.goto("/profile/")
    sheet.get_by_role("button", name="ログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
    assert count(sheet, "keys") == 0


def test_sign_out_can_be_left(sheet, prompt):
    write_offline(sheet, prompt, "やめておく")
    block_saves(sheet)
    come_back(sheet)
    sheet.goto("/accounts/logout/")
    sheet.get_by_role("link", name="やめる").click()
    sheet.wait_for_url("**/")
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (1, 1)


def test_new_versions_keep_the_files_of_the_last_and_never_touch_words(sheet, prompt, monkeypatch):
    names = [versions(sheet)]
    keep = count(sheet, "weeks")
    for number in (1, 2):
        release(monkeypatch, f"{number}")
        sheet.evaluate(UPDATE)
        names.append(versions(sheet))
    first, second, third = names
    assert [len(each) for each in names] == [1, 2, 2]
    assert second == [first[0], second[1]]
    assert third == [second[1], third[1]]
    assert count(sheet, "weeks") == keep
    go_offline(sheet)
    sheet.reload()
    expect(box(sheet, prompt)).to_have_value(OWN)


def test_half_a_version_is_none(sheet, monkeypatch):
    before = versions(sheet)
    release(monkeypatch, "broken", "/static/no-such-file.js")
    with pytest.raises(Error, match="given up"):
        sheet.evaluate(UPDATE)
    assert versions(sheet) == before


def versions(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def release(monkeypatch, name: str, *files: str) -> None:
    """From now on the server has another version of the files."""
    now = [*offline.files(), f"/static/css/hisho.css?{name}", *files]
    monkeypatch.setattr(offline, "files", lambda: now)
    offline.remember_worker.cache_clear()


@pytest.fixture(autouse=True)
def forget_versions():
    yield
    offline.remember_worker.cache_clear()
