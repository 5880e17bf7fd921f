"""A day without a network, the browser open or closed in between; a deploy under an open page."""

import asyncio
import contextlib
import json
import shutil
import time
from datetime import UTC, datetime, timedelta

import pytest
from bench.servers import environment, running
from postgres import free_port

from .leaving import at_home
from .ledger import digest
from .moments import false_claims
from .plans import PASS, RESET, SILENT
from .proxy import FaultProxy
from .server import image_command
from .typist import BREAK, OFFLINE, REFUSE, Device, device

BACK = 10
HOURS = 24
IN_CHARGE = "navigator.serviceWorker.ready.then(() => 0)"
KEPT = """new Promise((resolve) => { indexedDB.open("hisho").onsuccess = ({ target: { result: database } }) => {
  const request = database.transaction("weeks").objectStore("weeks").count();
  request.onsuccess = () => { database.close(); resolve(request.result > 0); };
}; })"""


async def keep_week(phone):
    """Until the worker has everything and the week is kept."""
    await phone.page.evaluate(IN_CHARGE)
    while not await phone.page.evaluate(KEPT):
        await asyncio.sleep(0.1)


def test_a_day_offline_with_the_page_open(chrome, pages, tmp_path, figure):
    async def play():
        async with device(chrome.browser, pages, pages.members[0], tmp_path) as phone:
            await phone.context.clock.install()
            await phone.open()
            await phone.network(OFFLINE)
            for _quarter in range(4):
                for prompt in phone.prompts:
                    await phone.type(prompt, "でんしゃ、", 0.01)
                await phone.page.clock.fast_forward(HOURS // 4 * 3_600_000)
            assert all(phone.held.head(prompt) != text for prompt, text in phone.texts.items())
            await phone.network(PASS)
            took = await phone.arrive()
            assert phone.conflicts == []
            return took

    took = chrome.run(play())
    figure("all on the server after a day offline, s", round(took, 1), f"≤ {BACK}")
    assert took <= BACK


def test_nobody_waits_when_the_network_is_back(chrome, pages, tmp_path):
    """After many tries in vain the next one is far away, and one is under way in vain right now."""

    async def play():
        async with device(chrome.browser, pages, pages.members[6], tmp_path) as phone:
            await phone.context.clock.install()
            await phone.open()
            await phone.network(RESET)
            await phone.type(phone.prompts[0], "トンネルがつづく", 0.01)
            for _try in range(6):
                await phone.page.clock.fast_forward(40_000)
                await asyncio.sleep(0.3)
            await phone.network(SILENT)
            await phone.page.clock.fast_forward(40_000)
            await asyncio.sleep(0.3)
            await phone.page.evaluate("dispatchEvent(new Event('online'))")
            await phone.network(BREAK)
            return await phone.arrive()

    assert chrome.run(play()) <= 5


def test_a_day_offline_with_the_browser_closed(chrome, pages, tmp_path, figure):
    """Written, closed, opened again on a train by the kept week, written on, closed; the next day any page sends it."""

    async def play():
        home = tmp_path / "home"
        with FaultProxy(pages.port) as proxy:
            phone = Device(pages, pages.members[1], proxy, tmp_path / "day.jsonl")
            async with at_home(chrome.browser.browser_type, home, phone):
                await phone.open()
                await keep_week(phone)
                await phone.network(REFUSE)
                await phone.type(phone.prompts[0], "あさ、えきで")
            async with at_home(chrome.browser.browser_type, home, phone):
                await phone.context.clock.install(time=datetime.now(UTC) + timedelta(hours=HOURS / 2))
                await phone.open()
                assert (await phone.fields())[phone.prompts[0]] == phone.texts[phone.prompts[0]]
                await phone.type(phone.prompts[0], "、よる、いえで")
                await phone.type(phone.prompts[2], "もうひとつ")
            await phone.network(PASS)
            async with at_home(chrome.browser.browser_type, home, phone):
                await phone.context.clock.install(time=datetime.now(UTC) + timedelta(hours=HOURS))
                phone.page = await phone.context.new_page()
                await phone.page.goto(f"{proxy.url}/profile/")
                took = await phone.arrive()
        assert phone.conflicts == []
        return took

    took = chrome.run(play())
    figure("all on the server after a day offline, s", round(took, 1), f"≤ {BACK}")
    assert took <= BACK


@pytest.fixture
def next_release(pages, static, tmp_path):
    """The static files of a release in which each script is a little different; the old ones are gone."""
    folder = tmp_path / "static"
    shutil.copytree(static, folder)
    manifest = json.loads((folder / "staticfiles.json").read_text())
    for name, hashed in manifest["paths"].items():
        if name.startswith("js/"):
            script = "// The next release.\n" + (folder / hashed).read_text(encoding="utf-8")
            for old in folder.glob(f"{hashed}*"):
                old.unlink()
            manifest["paths"][name] = f"{name.removesuffix('.js')}.{digest(script)[:12]}.js"
            (folder / manifest["paths"][name]).write_text(script, encoding="utf-8")
    (folder / "staticfiles.json").write_text(json.dumps(manifest))
    return folder


@contextlib.contextmanager
def serving(pages, static, folder):
    """A server on the same database, with these files."""
    port = free_port()
    env = environment(pages.database, port, static) | {"DJANGO_SETTINGS_MODULE": "hisho.settings"}
    with running(image_command(port), port, env, folder / f"release{port}"):
        yield port


def test_a_page_survives_a_deploy(chrome, pages, next_release, tmp_path, figure):
    failed, navigations = [], []

    async def play():
        async with device(chrome.browser, pages, pages.members[3], tmp_path) as phone:
            await phone.open()
            await keep_week(phone)
            phone.page.on("framenavigated", lambda frame: navigations.append(frame.url))
            phone.page.on("requestfailed", lambda request: failed.append(request.url))
            phone.context.on("response", lambda r: r.status >= 400 and failed.append(f"{r.status} {r.url}"))
            old = await scripts_of(phone)
            await phone.type(phone.prompts[0], "まえ、")
            await phone.network(REFUSE)
            await phone.type(phone.prompts[0], "あいだ、")
            stopped, started = time.monotonic(), serving(pages, next_release, tmp_path)
            with started as port:
                phone.proxy.target = port
                await phone.network(PASS)
                await phone.type(phone.prompts[0], "あと")
                await phone.arrive()
                writes = time.monotonic() - stopped
                failed[:] = [url for url in failed if "/response/" not in url]  # of those that met nobody
                await phone.page.evaluate(
                    "navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => 0)"
                )
                for prompt in phone.prompts:
                    await phone.type(prompt, "そして")
                    await phone.blur()
                await phone.arrive()
                await phone.says_saved()
                assert false_claims(await phone.moments(), phone.held) == []
                assert navigations == []
                await phone.page.reload()
                await phone.ready()
                assert not set(await scripts_of(phone)) & set(old)
                await phone.type(phone.prompts[0], "。")
                await phone.arrive()
                assert phone.conflicts == []
                await phone.context.close()
            return writes

    chrome.run(play())
    figure("requests that failed after a deploy", len(failed), "= 0")
    figure("reloads by program in a deploy", len(navigations) - 1, "= 0")
    assert failed == []


async def scripts_of(phone):
    return await phone.page.evaluate(
        "[...document.scripts].map((s) => s.src).filter((src) => src.includes('/static/'))"
    )
