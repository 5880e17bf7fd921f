"""However the page ends, what was typed is there again: the browser is killed, the tab crashes, is closed, reloaded,
left and come back to; with a network and without.
"""

import asyncio
import contextlib
import random
import time

from .leaving import WAYS, at_home, kill, leave
from .plans import PASS, Fault
from .proxy import FaultProxy
from .typist import REFUSE, Device, device

AT_ONCE = 5
LARGE = "ながいきもちをかきのこす" * 2_500
ALIKE = "たいせつなきもちをことばにしておきたい、\n\u3000とおもいました。"


async def some_at_once(count, trial):
    """The results of `trial(0)`, `trial(1)` …, a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number):
        async with places:
            return await trial(number)

    return await asyncio.gather(*[one(number) for number in range(count)])


def lost_in(phone, found, killed_at):
    """Seconds of typing that are gone: from the first key that is missing until the end."""
    assert phone.texts[phone.prompts[0]].startswith(found), (found[-30:], phone.texts[phone.prompts[0]][-30:])
    missing = [key for key in phone.keys if len(key.text) > len(found)]
    return killed_at - missing[0].at if missing else 0.0


def test_a_killed_browser_loses_a_second_at_most(chrome, pages, tmp_path, figure, scale):
    async def trial(number):
        dice, person, home = random.Random(number), pages.members[number], tmp_path / f"home{number}"
        with FaultProxy(pages.port) as proxy:
            phone = Device(pages, person, proxy, tmp_path / f"killed{number}.jsonl")
            async with at_home(chrome.browser.browser_type, home, phone):
                await phone.open()
                await phone.network(REFUSE)
                end = time.monotonic() + dice.uniform(1, 5)
                while time.monotonic() < end:
                    await phone.type(phone.prompts[0], dice.choice(ALIKE), dice.uniform(0.03, 0.2))
                await asyncio.sleep(5 * dice.random() ** 3)
                killed_at = time.time()
                kill(home)
            await phone.network(PASS)
            async with at_home(chrome.browser.browser_type, home, phone):
                await phone.open()
                found = (await phone.fields())[phone.prompts[0]]
                lost = lost_in(phone, found, killed_at)
                phone.texts[phone.prompts[0]] = found
                await phone.arrive()
            assert phone.conflicts == []
            return lost, len(found)

    results = chrome.run(some_at_once(scale(1, 20), trial))
    figure("browsers killed", len(results), "≥ 20")
    figure("typing lost by it, s", round(max(lost for lost, _length in results), 2), "≤ 1.0")
    assert all(length for _lost, length in results)
    assert max(lost for lost, _length in results) <= 1


def test_a_page_that_ends_loses_nothing(chrome, pages, tmp_path, figure, scale):
    """Each way at once after the last key; with and without a network, with a short text and one of 30,000 kana."""

    async def trial(number):
        way, turn = WAYS[number % len(WAYS)], number // len(WAYS) + number % len(WAYS)
        is_cut, is_long = turn % 2, turn // 2 % 2
        async with device(chrome.browser, pages, pages.members[number % len(pages.members)], tmp_path) as phone:
            await phone.open()
            prompt = phone.prompts[number % len(phone.prompts)]
            if is_long:
                await phone.put(prompt, f"{LARGE}{number}")
                await phone.says_saved()
            await phone.network(REFUSE if is_cut else PASS)
            await phone.type(prompt, f"{number}ばんめの、さいごのひとことまで", 0.02)
            was_asked = await leave(phone, way)
            await phone.network(PASS)
            await (phone.open() if is_cut or phone.page.is_closed() else phone.ready())
            how, found = f"{way.__name__}, cut: {is_cut}, long: {is_long}", (await phone.fields())[prompt]
            if found == phone.texts[prompt]:
                await phone.arrive()
                assert phone.conflicts == []
                return how, 0, 0, was_asked
            # The last save may arrive where there was no time left for the journal: nothing is lost then.
            with contextlib.suppress(TimeoutError):
                await phone.arrive(5)
                return how, 0, 1, was_asked
            return how, max(len(phone.texts[prompt]) - len(found), 1), 0, was_asked

    results = chrome.run(some_at_once(len(WAYS) * scale(1, 12), trial))
    figure("pages reloaded, closed, left and come back to, crashed", len(results), "≥ 60")
    figure("characters lost by it", sum(missing for _how, missing, *_ in results), "= 0")
    figure("pages of which the server knew a later key than the journal", sum(late for *_, late, _was_asked in results))
    figure("pages that asked whether to leave", sum(was_asked for *_, was_asked in results))
    assert [how for how, missing, *_ in results if missing] == []


def test_a_save_that_overtakes_the_next_page(chrome, pages, tmp_path):
    """The page is made before the save arrives, and comes after its answer: it shows the newer text all the same."""

    def order(request):
        if request.method == "POST":
            return Fault(delay=0.5)
        return Fault(hold=2) if request.path == next(iter(pages.weeks)) else PASS

    async def play():
        async with device(chrome.browser, pages, pages.members[4], tmp_path) as phone:
            await phone.open()
            phone.proxy.plan = order
            await phone.type(phone.prompts[0], "いちばんあたらしいことば", 0.02)
            await phone.page.reload()
            await phone.ready()
            assert (await phone.fields())[phone.prompts[0]] == phone.texts[phone.prompts[0]]
            await phone.type(phone.prompts[0], "、そのつづき")
            await phone.arrive()
            assert phone.conflicts == []

    chrome.run(play())
