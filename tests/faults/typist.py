"""Somebody who writes in a real Chromium behind a network that breaks.

    async with chromium() as browser, device(browser, site, person, folder) as phone:
        await phone.open()
        await phone.type(phone.prompts[0], "言葉")
        await phone.network(SILENT)

What she types is written down before the key is pressed, and compared with the database at the end.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from chromium import how_to_launch
from playwright.async_api import Browser, BrowserContext, Dialog, Error, Page, async_playwright

from .moments import SAVED, History, Moment, history, moments_of
from .plans import PASS, Fault, anything, every, saves
from .proxy import FaultProxy
from .server import Person, Site

SAMPLER = Path(__file__).with_name("sampler.js")
WITH_BFCACHE = ["--disable-back-forward-cache"]
LIKE = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo", "viewport": {"width": 360, "height": 740}}
REFUSE, OFFLINE, BREAK = "refuse", "offline", "break"
PATIENCE = 20
TO_END = """prompt => {
  const field = document.querySelector(`#text-${prompt}`);
  if (document.activeElement !== field) field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}"""
SET = """([prompt, json]) => {
  const field = document.querySelector(`#text-${prompt}`);
  field.value = JSON.parse(json);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""


class Key(NamedTuple):
    """One key: when it was pressed, in which box, and what stands there from then on."""

    at: float
    prompt: int
    text: str


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """With the back/forward cache that people have."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**how_to_launch(), ignore_default_args=WITH_BFCACHE)
        yield browser
        await browser.close()


@dataclass(frozen=True)
class Chrome:
    """A running browser. `chrome.run(play())` waits for what `play` does with `chrome.browser`."""

    runner: asyncio.Runner
    browser: Browser

    def run(self, work: Coroutine) -> Any:
        return self.runner.run(work)


@dataclass
class Device:
    """One person's browser, with a proxy of its own before the server."""

    site: Site
    person: Person
    proxy: FaultProxy
    ledger: Path
    week: int = 0
    context: BrowserContext | None = None
    page: Page | None = None
    keys: list[Key] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    state: object = PASS
    branches: int = 0
    asked: asyncio.Event | None = None  # until it is set, she stays where she is asked whether to leave

    @property
    def path(self) -> str:
        return list(self.site.weeks)[self.week]

    @property
    def prompts(self) -> list[int]:
        return self.site.weeks[self.path]

    @property
    def held(self) -> History:
        return history(self.site, self.person)

    @property
    def conflicts(self) -> list[tuple]:
        """The other sides of conflicts since the page was first opened: nobody else writes, so each is a false one."""
        return self.held.branches[self.branches :]

    async def enter(self, context: BrowserContext) -> None:
        """Signed in, with a sampler in each page."""
        self.context = context
        cookies = [{"name": name, "value": value, "url": self.proxy.url} for name, value in self.person.cookies.items()]
        await context.add_cookies(cookies)
        await context.add_init_script(path=SAMPLER)

    async def open(self) -> None:
        """The week's page, from the server; the person believes what stands there."""
        if self.page is None or self.page.is_closed():
            self.page = await self.context.new_page()
            self.page.on("dialog", self.answer)
        for pause in (0.2, 0.5, 1):  # what the page before has begun may still come in between
            with contextlib.suppress(Error):
                await self.page.goto(self.proxy.url + self.path)
                break
            await asyncio.sleep(pause)
        await self.ready()
        if not self.keys:
            held = self.held
            self.branches = len(held.branches)
            self.texts = {prompt: held.head(prompt) for prompt in self.prompts}

    async def answer(self, dialog: Dialog) -> None:
        """Leave the page? Yes; or not yet, where somebody waits for the question."""
        stays = self.asked is not None and not self.asked.is_set()
        if stays:
            self.asked.set()
        with contextlib.suppress(Error):  # it is gone already
            await (dialog.dismiss() if stays else dialog.accept())

    async def ready(self) -> None:
        await self.page.wait_for_selector("form[data-ready]")

    def note(self, prompt: int, text: str) -> None:
        """Before it happens."""
        key = Key(time.time(), prompt, text)
        self.keys.append(key)
        self.texts[prompt] = text
        with self.ledger.open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps([key.at, self.person.name, prompt, len(text), text[-1:]]) + "\n")

    async def type(self, prompt: int, text: str, pause: float = 0.06) -> None:
        """Key after key at the end of a box."""
        await self.page.evaluate(TO_END, prompt)
        for sign in text:
            self.note(prompt, self.texts[prompt] + sign)
            await self.page.keyboard.insert_text(sign)
            await asyncio.sleep(pause)

    async def take_back(self, prompt: int) -> None:
        """The last sign of a box."""
        await self.page.evaluate(TO_END, prompt)
        self.note(prompt, self.texts[prompt][:-1])
        await self.page.keyboard.press("Backspace")

    async def convert(self, prompt: int, steps: list[str], pause: float = 0.15) -> None:
        """Japanese conversion: each step stands in the box for a while, the last one stays."""
        await self.page.evaluate(TO_END, prompt)
        session = await self.context.new_cdp_session(self.page)
        for step in steps:
            place = {"selectionStart": len(step), "selectionEnd": len(step)}
            await session.send("Input.imeSetComposition", {"text": step, **place})
            await asyncio.sleep(pause)
        self.note(prompt, self.texts[prompt] + steps[-1])
        await session.send("Input.insertText", {"text": steps[-1]})
        await session.detach()

    async def put(self, prompt: int, text: str) -> None:
        """A whole text at once, as from the clipboard."""
        self.note(prompt, text)
        await self.page.evaluate(SET, [prompt, json.dumps(text)])

    async def blur(self) -> None:
        await self.page.evaluate("document.activeElement.blur()")

    async def network(self, state: Fault | str, *, only_saves: bool = False) -> None:
        """From now on it is like that, until the next call."""
        if self.state == REFUSE != state:
            self.proxy.refuse(False)
        if self.state == OFFLINE != state:
            await self.context.set_offline(False)
        fault = state if isinstance(state, Fault) else PASS
        self.proxy.plan = every(fault, saves if only_saves else anything)
        if state == REFUSE != self.state:
            self.proxy.refuse(True)
        if state == OFFLINE != self.state:
            await self.context.set_offline(True)
        if state == BREAK:
            self.proxy.break_all()
        self.state = state

    async def come_back(self) -> None:
        """The phone has found a good network."""
        await self.network(OFFLINE)
        self.proxy.break_all()
        await self.network(PASS)

    async def arrive(self, patience: float = PATIENCE) -> float:
        """Wait until the server holds all that was typed; how long that took.

        Raises:
            TimeoutError: something is still missing.
        """
        began = time.monotonic()
        while missing := [prompt for prompt, text in self.texts.items() if self.held.head(prompt) != text]:
            if time.monotonic() > began + patience:
                heads = [(self.texts[prompt][-20:], self.held.head(prompt)[-20:]) for prompt in missing]
                raise TimeoutError(f"{self.person.name}: typed, held: {heads}; the page says {await self.line()}")
            await asyncio.sleep(0.2)
        return time.monotonic() - began

    async def line(self) -> str:
        with contextlib.suppress(Error):
            return await self.page.inner_text("[data-page-status]", timeout=1000)
        return "nothing"

    async def says_saved(self, *others: str) -> None:
        """Or one of these sentences instead."""
        sentences = re.compile("|".join([SAVED, *others]))
        await self.page.locator("[data-page-status]", has_text=sentences).wait_for()

    async def fields(self) -> dict[int, str]:
        """What stands on the screen."""
        values = "JSON.stringify(Object.fromEntries([...document.querySelectorAll('[data-box] textarea')]"
        found = json.loads(await self.page.evaluate(f"{values}.map((f) => [f.name.split('-')[1], f.value])))"))
        return {int(prompt): text for prompt, text in found.items()}

    async def moments(self) -> list[Moment]:
        return moments_of(await self.page.evaluate("moments"))


@contextlib.asynccontextmanager
async def device(browser: Browser, site: Site, person: Person, folder: Path, week: int = 0) -> AsyncIterator[Device]:
    """A new device of this person; its storage is gone afterwards."""
    with FaultProxy(site.port) as proxy:
        made = Device(site, person, proxy, folder / f"{person.name}.jsonl", week)
        context = await browser.new_context(**LIKE)
        await made.enter(context)
        yield made
        with contextlib.suppress(Error):
            await context.close()
