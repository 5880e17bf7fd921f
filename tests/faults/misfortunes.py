"""Random scripts of somebody writing while the network plays tricks; the same seed, the same script."""

import asyncio
import random
import time

from .plans import CUT, LATE_TWIN, LOSE, PASS, RESET, SILENT, SLOW_3G, SWALLOW, TWICE, Fault
from .typist import BREAK, OFFLINE, REFUSE, Device

NETWORKS = [
    *[PASS, Fault(delay=0.5), Fault(delay=2.5), Fault(hold=2), SLOW_3G, TWICE, LATE_TWIN],
    *[SILENT, SILENT, RESET, LOSE, LOSE, SWALLOW, CUT, Fault(status=503), Fault(status=502)],
    *[REFUSE, OFFLINE, BREAK],
]
SIGNS = "あいうえおかきくけこさしすせそなにぬねのはひふへほまみむめもやゆよらりるれろわをん、。\n\u3000🌱"
WORDS = [["き", "きょ", "きょう", "今日"], ["こ", "ことば", "言葉"], ["かんじ", "漢字", "感じ"]]
STEPS = {"type": 45, "pause": 20, "network": 18, "blur": 6, "other": 5, "take back": 3, "convert": 3}


class Script:
    """Some seconds of writing in one box after the other."""

    def __init__(self, device: Device, seed: int) -> None:
        self.device, self.seed = device, seed
        self.dice = random.Random(seed)
        self.prompt = self.dice.choice(device.prompts)

    async def play(self) -> None:
        end = time.monotonic() + self.dice.uniform(5, 8)
        await self.network()
        while time.monotonic() < end:
            step = self.dice.choices([*STEPS], STEPS.values())[0]
            await getattr(self, step.replace(" ", "_"))()

    async def play_long(self, seconds: float) -> None:
        """And then silence, in which she goes on writing now and then."""
        await self.play()
        await self.device.network(SILENT)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.type()
            await asyncio.sleep(self.dice.uniform(0, 3))

    async def type(self) -> None:
        text = "".join(self.dice.choices(SIGNS, k=self.dice.randint(2, 8)))
        await self.device.type(self.prompt, text, self.dice.uniform(0.03, 0.15))

    async def pause(self) -> None:
        await asyncio.sleep(self.dice.uniform(0.1, 2.5))

    async def network(self) -> None:
        await self.device.network(self.dice.choice(NETWORKS), only_saves=self.dice.random() < 0.5)

    async def blur(self) -> None:
        await self.device.blur()

    async def other(self) -> None:
        self.prompt = self.dice.choice(self.device.prompts)

    async def take_back(self) -> None:
        if self.device.texts[self.prompt][-1:] not in {"", "🌱"}:
            await self.device.take_back(self.prompt)

    async def convert(self) -> None:
        await self.device.convert(self.prompt, self.dice.choice(WORDS), self.dice.uniform(0.05, 0.3))
