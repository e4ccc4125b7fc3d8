"""How often codes may be entered wrongly, and what a flood of wrong entries changes.

Counters are disposable: losing them loses counts. Reads come before the look-up, counts after a
wrong entry, in the same order for every kind of wrong entry; entries of one installation or one
unproven address take turns, so that many at once are counted like many after each other. While
nobody can count, nothing may be entered, and codes are given out in their longer form.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from identity.installations.model import Installation
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Counters, CountersAway
from identity.pairing.refusals import Code, Refusal, refuse

_ALL: Final = "wrong_entry:all"
_FLOOD: Final = "wrong_entry:flood"
_PAUSE: Final = "wrong_entry:pause"
_AWAY_SECONDS: Final = 5
"""When to come again while the counters are away."""


class EntryLimits:
    """Sliding windows per installation, per address, and for the whole deployment."""

    def __init__(self, counters: Counters, policy: PairingPolicy) -> None:
        self._counters = counters
        self._policy = policy
        self._window = int(policy.entry_window.total_seconds())
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, installation: Installation, address: str) -> AsyncIterator[Refusal | None]:
        """One entry, from asking whether it may be made until it is counted.

        Gives what `may_enter` says. Without turns, entries sent side by side would all be asked
        for before the first of them is counted (ASVS 5, 15.4.2).
        """
        keys = [_of_installation(installation)]
        if not installation.ever_proved:
            keys.append(_of_address(address))
        async with AsyncExitStack() as held:
            for key in keys:
                await held.enter_async_context(self._turns.setdefault(key, asyncio.Lock()))
            yield await self.may_enter(installation, address)

    async def may_enter(self, installation: Installation, address: str) -> Refusal | None:
        """`slow_down` when this installation, or an unproven one's address, guessed too often, and
        while nobody can tell."""
        try:
            own = await self._count(_of_installation(installation))
            near = await self._count(_of_address(address))
        except CountersAway:
            return refuse(Code.SLOW_DOWN, retry_after=_AWAY_SECONDS)
        too_many = own >= self._policy.wrong_entries_per_installation
        if not installation.ever_proved:
            too_many = too_many or near >= self._policy.wrong_entries_per_address
        return refuse(Code.SLOW_DOWN, retry_after=self._window) if too_many else None

    async def wrong_entry(self, installation: Installation, address: str) -> None:
        """Count one. Many in the deployment lengthen new codes, very many pause them.

        One that could not be counted was the last: the next is not let in.
        """
        try:
            await self._count_wrong(installation, address)
        except CountersAway:
            return

    async def wrong_keys(self) -> None:
        """Count a code that was keyed into a call and led nowhere: for the deployment alone.

        A caller is no installation and has no address; how often one may try is a matter of the
        flow and of the calls that their number may make. Nobody is refused here: voice goes on
        also while nobody can count.
        """
        try:
            await self._count_everywhere()
        except CountersAway:
            return

    async def _count_wrong(self, installation: Installation, address: str) -> None:
        await self._add(_of_installation(installation))
        if not installation.ever_proved:
            await self._add(_of_address(address))
        await self._count_everywhere()

    async def _count_everywhere(self) -> None:
        everywhere = await self._add(_ALL)
        if everywhere >= self._policy.wrong_entries_longer_codes:
            await self._add(_FLOOD)
        if everywhere >= self._policy.wrong_entries_pause:
            await self._add(_PAUSE)

    async def random_digits(self) -> int | Refusal:
        """How many random digits a new code has now: more until ten minutes after a flood.

        Refusal `codes_paused` while the deployment is being searched through. A caller is given a
        code also while nobody can tell: the longer one, in case it is.
        """
        policy = self._policy
        try:
            if await self._count(_PAUSE):
                return refuse(Code.CODES_PAUSED, retry_after=self._window)
            flooded = await self._count(_FLOOD)
        except CountersAway:
            return policy.code_random_digits_alarmed
        return policy.code_random_digits_alarmed if flooded else policy.code_random_digits

    async def _count(self, key: str) -> int:
        return await self._counters.count(key, window_seconds=self._window)

    async def _add(self, key: str) -> int:
        return await self._counters.add(key, window_seconds=self._window)


def _of_installation(installation: Installation) -> str:
    return f"wrong_entry:installation:{installation.id}"


def _of_address(address: str) -> str:
    return f"wrong_entry:address:{address}"
