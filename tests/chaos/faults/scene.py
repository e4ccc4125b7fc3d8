"""What a fault may lay hands on, and the random choices that its seed makes for it."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

from tests.chaos.history.operations import Skewed
from tests.chaos.town.household import Household
from tests.chaos.town.town import Town
from tests.journeys.resilience.programs import Process


@dataclass(slots=True, kw_only=True)
class Scene:
    """`said` is what was done, in words, with the second at which."""

    town: Town
    home: Household
    random: Random
    began: float
    said: list[str] = field(default_factory=list)
    skewed: list[Skewed] = field(default_factory=list)
    killed_at_the_point: bool = False

    def say(self, what: str) -> None:
        self.said.append(f"{asyncio.get_running_loop().time() - self.began:5.1f} s  {what}")

    def one_service(self) -> Process:
        return self.random.choice(self.home.services)

    async def lasts(self, shortest: float, longest: float) -> None:
        await asyncio.sleep(self.random.uniform(shortest, longest))

    async def carrier(self, method: str, path: str, /, **body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.town.carrier_token}"}
        async with httpx2.AsyncClient(trust_env=False, timeout=20.0) as http:
            answer = await http.request(
                method, self.town.carrier_base + path, json=body or None, headers=headers
            )
        answer.raise_for_status()
        return answer.json()
