"""What the tests of days without a network share: opening a week, leaving the network, looking into the device."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.faults.plans import RESET, every, saves
from tests.faults.proxy import FaultProxy
from workbook.models import Prompt, Response

BACK = 10_000
CALM = "いまは通信できません"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
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


def open_week(page: Page, prompt: Prompt) -> Page:
    """The week on the screen, and kept for days without a network."""
    page.goto(prompt.section.week.get_absolute_url())
    settle(page)
    return page


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


def box(page: Page, prompt: Prompt) -> Locator:
    return page.locator(f"#text-{prompt.pk}")


def text_of(prompt: Prompt) -> str:
    return Response.objects.get(prompt=prompt, membership__user__nickname="member").text


def wait_for_text(page: Page, prompt: Prompt, text: str, time: int = BACK) -> None:
    """The database has it within this time."""
    wait_until(page, lambda: text_of(prompt) == text, time)


def go_offline(page: Page) -> None:
    page.context.set_offline(True)


def come_back(page: Page) -> None:
    page.context.set_offline(False)


def count(page: Page, store: str) -> int:
    return page.evaluate(COUNT, store)


def write_offline(page: Page, prompt: Prompt, text: str) -> None:
    go_offline(page)
    box(page, prompt).fill(text)
    expect(page.locator("[data-page-status]")).to_have_text(WAITING)


def block_saves(proxy: FaultProxy) -> None:
    """From now on no save arrives. Not by the browser's own means: a last save outlives the page, and passes them."""
    proxy.plan = every(RESET, only=saves)
