"""The service worker: versions follow each other, and only members' pages have a stand-in."""

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.offline import OWN, box, count, go_offline, open_week
from workbook.views import offline

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
def sheet(phone: Page, cast, sign_in, prompt) -> Page:
    sign_in(phone, cast.member)
    return open_week(phone, prompt)


def test_other_addresses_are_left_alone(sheet):
    go_offline(sheet)
    for path in ("/accounts/login/", "/admin/", "/privacy/"):
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            sheet.goto(path)


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


def test_shell_of_another_server_is_not_kept(sheet, monkeypatch):
    """While a deploy rolls out, the new worker may meet a server that still answers with the old shell."""
    before, old = versions(sheet), offline.make_release()
    release(monkeypatch, "rolling")
    new = offline.make_release()
    monkeypatch.setattr(offline, "make_release", lambda: offline.Release(new.worker, old.shell))
    with pytest.raises(Error, match="given up"):
        sheet.evaluate(UPDATE)
    assert versions(sheet) == before


def versions(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def release(monkeypatch, name: str, *files: str) -> None:
    """From now on the server has another version of the files."""
    now = [*offline.files(), f"/static/css/hisho.css?{name}", *files]
    monkeypatch.setattr(offline, "files", lambda: now)
    offline.remember_release.cache_clear()


@pytest.fixture(autouse=True)
def forget_versions():
    yield
    offline.remember_release.cache_clear()
