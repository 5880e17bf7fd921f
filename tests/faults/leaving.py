"""Browsers with a home of their own that can be killed, and the ways in which people leave a page."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import psutil
from chromium import how_to_launch
from playwright.async_api import BrowserContext, BrowserType, Error

from .typist import LIKE, WITH_BFCACHE, Device

AWAY = "/privacy/"


@contextlib.asynccontextmanager
async def at_home(engine: BrowserType, home: Path, device: Device) -> AsyncIterator[Device]:
    """Start Chromium with what the last one left in `home`."""
    context = await engine.launch_persistent_context(home, **how_to_launch(), ignore_default_args=WITH_BFCACHE, **LIKE)
    device.page = None
    await device.enter(context)
    try:
        yield device
    finally:
        await close(context)


async def close(context: BrowserContext) -> None:
    with contextlib.suppress(Error):
        await context.close()


def kill(home: Path) -> None:
    """`kill -9` of the browser with everything that belongs to it, at the same moment."""
    mine = f"--user-data-dir={home}"
    family = [process for process in psutil.process_iter(["cmdline"]) if mine in (process.info["cmdline"] or [])]
    groups = {os.getpgid(process.pid) for process in family} - {os.getpgid(0)}
    assert len(groups) == 1, groups
    os.killpg(groups.pop(), signal.SIGKILL)


async def leave(device: Device, way: Callable[[Device], Coroutine]) -> bool:
    """By one of `WAYS`. Who is asked whether to leave stays, and goes a moment later; whether that happened."""
    device.asked = asyncio.Event()
    going, question = asyncio.create_task(way(device)), asyncio.create_task(device.asked.wait())
    await asyncio.wait([going, question], return_when=asyncio.FIRST_COMPLETED)
    question.cancel()
    if not device.asked.is_set():
        await going
        return False
    going.cancel()
    await asyncio.sleep(1)
    await way(device)
    return True


async def reload(device: Device) -> None:
    with contextlib.suppress(Error):
        await device.page.reload()


async def close_tab(device: Device) -> None:
    await device.page.close(run_before_unload=False)


async def close_tab_politely(device: Device) -> None:
    """As with a click on the cross."""
    gone = asyncio.Event()
    device.page.on("close", lambda _page: gone.set())
    await device.page.close(run_before_unload=True)
    await asyncio.wait_for(gone.wait(), 10)


async def go_away_and_back(device: Device) -> None:
    """By a link, as people go, and by the browser's Back."""
    with contextlib.suppress(Error):
        await device.page.evaluate("address => { location.href = address }", AWAY)
        await device.page.wait_for_url(f"**{AWAY}", timeout=5_000)
    with contextlib.suppress(Error):
        await device.page.go_back(timeout=5_000)


async def crash(device: Device) -> None:
    """The tab dies; until then the journal has the time that it is promised to need at most."""
    await asyncio.sleep(0.3)
    session = await device.context.new_cdp_session(device.page)
    died = asyncio.Event()
    device.page.on("crash", lambda _page: died.set())
    with contextlib.suppress(Error, asyncio.TimeoutError):
        await asyncio.wait_for(session.send("Page.crash"), 1)
    await asyncio.wait_for(died.wait(), 10)
    await device.page.close()


WAYS = [reload, close_tab, close_tab_politely, go_away_and_back, crash]
