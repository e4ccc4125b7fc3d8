"""What goes wrong in the course of the day: one thing after another, with some quiet between."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.chaos.faults import at_a_point
from tests.chaos.faults.scene import Scene
from tests.chaos.faults.script import FAULTS, Fault
from tests.chaos.wires.killer import POINTS

_OF_THE_DAY: Final = (
    "service killed",
    "Redis killed and restarted",
    "stopped and started anew",
    "SQL killed and restarted",
    "answers to the carrier lost",
    "service killed",
    "REST answers lost",
    "service hangs",
    "webhooks twice",
    "Redis emptied",
    "REST 5xx",
    "SQL connections cut",
    "everybody cut off",
    "last words lost or doubled",
)
_QUIET: Final = (6.0, 16.0)
_POINTS_IN_A_ROUND: Final = 3


@dataclass(slots=True, kw_only=True)
class Mishaps:
    """`befell` counts them by name; rounds follow each other until `stop`."""

    scene: Scene
    random: Random
    befell: Counter[str] = field(default_factory=Counter)
    now: str = ""
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_on(self) -> None:
        points = list(POINTS)
        self.random.shuffle(points)
        while not self._enough.is_set():
            for fault in self._round():
                if await self._quiet():
                    return
                self.now = f"{fault.number} {fault.name}"
                await fault.happen(self.scene)
                self.befell[self.now] += 1
            for _ in range(_POINTS_IN_A_ROUND):
                if await self._quiet():
                    return
                points.append(point := points.pop(0))
                self.now = f"F1 killed {point.name}"
                skip = self.random.randint(0, 2)
                self.befell[self.now] += await at_a_point.killed(self.scene, point, skip)
        self.now = ""

    def stop(self) -> None:
        """After the one that befalls now."""
        self._enough.set()

    def _round(self) -> Sequence[Fault]:
        named = {fault.name: fault for fault in FAULTS}
        return [named[name] for name in self.random.sample(_OF_THE_DAY, len(_OF_THE_DAY))]

    async def _quiet(self) -> bool:
        """Whether the day is over."""
        self.now = ""
        try:
            async with asyncio.timeout(self.random.uniform(*_QUIET)):
                await self._enough.wait()
        except TimeoutError:
            return False
        return True
