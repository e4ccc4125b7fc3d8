"""A clerk of the day: as others, but with breaks, calls that are declined or broken off, and the
list of those who are to be rung back."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import httpx2

from kazasu.demo.terminal.operator import TerminalOperator
from tests.chaos.people.clerk import ClerkAtWork
from tests.chaos.people.notebook import Notebook
from tests.chaos.town.residents import Clerk
from tests.chaos.town.town import Town

_DECLINES: Final = 0.04
_BREAKS_OFF: Final = 0.04
_BREAK: Final = 0.01
_TALKING_BACK: Final = "talking"


@dataclass(slots=True)
class Whims:
    """How often they had one; for the table at the end."""

    declined: int = 0
    broken_off: int = 0
    breaks: int = 0
    rung_back: int = 0


class ClerkOfTheDay(ClerkAtWork):
    def __init__(
        self, town: Town, clerk: Clerk, notes: Notebook, random: Random, whims: Whims
    ) -> None:
        super().__init__(town.base, clerk, notes, every=0.6)
        self._town = town
        self._phone = clerk.phone
        self._random = random
        self._whims = whims

    async def _look(self, console: TerminalOperator) -> None:
        state = await console.state()
        offer, call = state["offer"], state["call"]
        presence = state["presence"]["state"]
        if offer is not None and self._feels_like(_DECLINES):
            self._whims.declined += await console.act("decline", token=offer["token"])
        elif call is not None and call["state"] == "talking" and self._feels_like(_BREAKS_OFF):
            self._whims.broken_off += await self._hangs_up()
        elif offer is None and call is None and presence == "available":
            if self._feels_like(_BREAK):
                self._whims.breaks += await console.act("presence", presence="break")
                await asyncio.sleep(self._random.uniform(1, 4))
            await self._ring_somebody_back(console)
        elif offer is None and call is None and presence == "on_call":
            await self._while_ringing_back(console)
            await self._look_back(console)
            return
        await super()._look(console)

    async def _ring_somebody_back(self, console: TerminalOperator) -> None:
        listed = await self._list(console)
        free = (one for one in listed["list"] if not one["taken"])
        mine = listed["mine"] or next(free, None)
        if mine is None:
            return
        has_it = mine["taken"] or await console.act("callback-claim", callback=mine["callback"])
        if has_it:
            self._whims.rung_back += await console.act("callback-ring", callback=mine["callback"])

    async def _while_ringing_back(self, console: TerminalOperator) -> None:
        mine = (await self._list(console))["mine"]
        if mine is not None and mine["state"] == _TALKING_BACK:
            await self._hangs_up()

    async def _list(self, console: TerminalOperator) -> Mapping[str, Any]:
        answer = await console.http.get(f"{console.base}/operator/api/callbacks")
        answer.raise_for_status()
        found: Mapping[str, Any] = answer.json()
        return found

    async def _hangs_up(self) -> bool:
        """Puts the telephone down, whatever is on it."""
        town = self._town
        headers = {"Authorization": f"Bearer {town.carrier_token}"}
        async with httpx2.AsyncClient(trust_env=False, headers=headers, timeout=10.0) as http:
            with suppress(httpx2.HTTPError):
                phones = (await http.get(f"{town.carrier_base}/phones")).json()["phones"]
                mine = next(one for one in phones if one["number"] == self._phone)
                if mine["state"] == "talking":
                    path = f"/calls/{mine['call_sid']}/hang-up"
                    done = await http.post(town.carrier_base + path, json={})
                    return done.is_success
        return False

    def _feels_like(self, chance: float) -> bool:
        return self._random.random() < chance
