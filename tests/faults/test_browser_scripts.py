"""In a real Chromium, under random faults: the page never says “saved” too early, and never hides for long that
something is not.
"""

import asyncio
import time

from .misfortunes import Script
from .moments import IDLE, TYPING, false_claims, longest_silence
from .plans import SILENT
from .typist import device

VISIBLE = 12
"""Seconds after its cause until a failure is on the screen."""
BACK = 10
LONG_SILENCE = 14
EACH_LONG = 12
LANES = 6, 12


class Findings:
    """Of all scripts together."""

    def __init__(self):
        self.lies, self.wrong, self.silences, self.ways_home = [], [], [], []
        self.claims = self.scripts = 0

    async def check(self, phone, seed):
        """After a script, with the faults off."""
        where = f"seed {seed}"
        try:
            await phone.come_back()
            self.ways_home.append(await phone.arrive())
            await phone.says_saved(IDLE)  # when she took back all that she wrote
        except Exception as error:
            self.wrong.append(f"{where}: {error}")
        said, held = await phone.moments(), phone.held
        self.lies += [f"{where}: {claim}" for claim in false_claims(said, held)]
        self.wrong += [f"{where}: a conflict with oneself: {branch}" for branch in phone.conflicts]
        phone.branches = len(held.branches)
        fields = await phone.fields()
        self.wrong += [
            f"{where}: the field was changed" for prompt, text in phone.texts.items() if fields[prompt] != text
        ]
        self.claims += sum(moment.is_claim for moment in said)
        self.silences.append((longest_silence(said, held), seed))
        self.scripts += 1

    def show(self, figure):
        figure("fault scripts in Chromium", self.scripts, "≥ 300")
        figure("moments in them at which the page said that all is saved", self.claims)
        figure("of these, the server did not hold it", len(self.lies), "= 0")
        figure("false conflicts, texts missing or changed after them", len(self.wrong), "= 0")
        figure(
            "all on the server after the network is back, s", round(max(self.ways_home, default=99.0), 1), f"≤ {BACK}"
        )
        figure("words unconfirmed without the page saying so, s", round(max(self.silences)[0], 1), f"≤ {VISIBLE}")


async def lane(browser, site, person, seeds, folder, findings):
    """One person plays the next script that nobody has played yet, until none is left."""
    async with device(browser, site, person, folder) as phone:
        for seed in seeds:
            await phone.open()
            script = Script(phone, seed)
            await (script.play_long(LONG_SILENCE) if seed % EACH_LONG == EACH_LONG - 1 else script.play())
            await findings.check(phone, seed)


def test_saved_is_never_said_too_early(chrome, pages, tmp_path, figure, scale):
    findings, count, lanes = Findings(), scale(6, 300), scale(*LANES)

    async def play():
        seeds = iter(range(count))
        people = pages.members[:lanes]
        scripts = [lane(chrome.browser, pages, person, seeds, tmp_path, findings) for person in people]
        falls = [fall(chrome.browser, pages, person, tmp_path) for person in pages.members[lanes:][: scale(1, 6)]]
        told = await asyncio.gather(*falls, *scripts)
        return told[: len(falls)]

    told = chrome.run(play())
    findings.show(figure)
    figure("a black hole is on the screen after, s", round(max(told), 1), f"≤ {VISIBLE}")
    assert findings.wrong[:3] + findings.lies[:3] == []
    assert findings.scripts == count
    assert findings.claims > count
    assert [(silence, seed) for silence, seed in findings.silences if silence > VISIBLE] == []
    assert max(findings.ways_home) <= BACK
    assert max(told) <= VISIBLE


async def fall(browser, site, person, folder):
    """She writes on while nothing answers any more; seconds until the page says so."""
    async with device(browser, site, person, folder) as phone:
        await phone.open()
        await phone.type(phone.prompts[0], "まだつながっている")
        await phone.says_saved()
        await phone.network(SILENT)
        began = time.time()
        while time.time() < began + VISIBLE + 1:
            await phone.type(phone.prompts[0], "返事の来ない場所で")
        said = await phone.moments()
        told = min((m.at for m in said if m.at > began and m.line != TYPING and not m.is_claim), default=float("inf"))
        await phone.come_back()
        await phone.arrive()
        assert false_claims(said, phone.held) == []
        assert phone.conflicts == []
        return told - began
