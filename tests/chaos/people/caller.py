"""A caller from the first ring to the end, as their plan says; faults may fall in anywhere."""

import asyncio
from dataclasses import dataclass
from typing import Final

from companion_app.replies import PairingState
from kazasu.demo.terminal import heard
from tests.chaos.people.handset import Entry, Handset
from tests.chaos.people.plans import Leaves, Plan, Way
from tests.chaos.people.smartphone import Held, Smartphone

_PATIENT: Final = 20.0
"""Seconds until somebody presses zero whom nobody has answered."""
REACHES_WITHIN: Final = 60.0
"""Seconds until somebody who stays must have reached a person then, or heard an ending."""
_CODES: Final = 2
"""A step-up asks for a second proof, and a failed check is offered once more."""


class HungUp(Exception):
    """The caller has left, as planned."""


@dataclass(slots=True, kw_only=True)
class Caller:
    """`friends` are the further phones of those who share their code."""

    plan: Plan
    handset: Handset
    phone: Smartphone
    friends: tuple[Smartphone, ...] = ()
    left_early: bool = False

    async def live(self) -> None:
        await asyncio.sleep(self.plan.after)
        if self._uses_the_app:
            await asyncio.gather(*(phone.register() for phone in (self.phone, *self.friends)))
        await self.handset.dial()
        for phone in (self.phone, *self.friends):
            phone.call = self.handset.sid
        try:
            await self._in_the_ivr()
            if self.plan.leaves is Leaves.IN_THE_QUEUE and await self._queued():
                await self._leave_if(Leaves.IN_THE_QUEUE)
            if not await self.handset.reaches_somebody(_PATIENT):
                await self.handset.press("0", patience=5.0)
            if await self.handset.reaches_somebody(REACHES_WITHIN):
                await asyncio.sleep(self.plan.talks)
        except HungUp:
            self.left_early = not self.handset.with_a_person
        finally:
            await self.handset.hang_up()

    @property
    def _uses_the_app(self) -> bool:
        return self.plan.way not in (Way.ZERO, Way.SILENT, Way.NO_APP)

    async def _in_the_ivr(self) -> None:
        asked = await self.handset.hears(_is_the_menu)
        await self._leave_if(Leaves.IN_THE_MENU)
        if not asked or self.plan.way is Way.SILENT:
            return
        if self.plan.way is Way.ZERO:
            await self.handset.press("0")
            return
        if not await self.handset.press("2" if self.plan.for_a_change else "1"):
            return
        used: list[str] = []
        for _ in range(_CODES):
            code = await self._next_code(used)
            if code is None:
                return
            used.append(code)
            await self._leave_if(Leaves.WITH_THE_CODE)
            if self._uses_the_app:
                await self._in_the_app(code)

    async def _next_code(self, used: list[str]) -> str | None:
        """A code not heard before; None once the call has come to a queue, a person or its end."""

        def wanted(entry: Entry) -> str | None:
            if entry["kind"] in ("queue", "bridge", "end"):
                return "-"
            code = heard.code(entry["text"]) if entry["kind"] == "say" else None
            return None if code in used else code

        found = await self.handset.meets(wanted)
        return None if found == "-" else found

    async def _in_the_app(self, code: str) -> None:
        plan, heard_before = self.plan, len(self.handset.entries)
        claimed = await self._claimed(code)
        if claimed is None:
            return
        await self._leave_if(Leaves.AFTER_THE_CLAIM)
        if plan.way is Way.CANCELS:
            await self.phone.step(claimed, lambda: claimed.cancel("user_cancelled"))
            return
        answer = "no_call" if plan.way is Way.DECLINES else "i_called"
        said = await self.phone.step(claimed, lambda: claimed.confirm(answer))
        if not isinstance(said, PairingState) or not await self._chosen(claimed, heard_before):
            return
        await self._leave_if(Leaves.BEFORE_THE_PROOF)
        await self._prove(claimed)

    async def _claimed(self, code: str) -> Held | None:
        await self._thinks()
        phones = (self.phone, *self.friends)
        return (await asyncio.gather(*(phone.claim(code) for phone in phones)))[0]

    async def _chosen(self, claimed: Held, after: int) -> bool:
        """The number that the call speaks; two wrong ones by those who are like that."""
        for _ in range(2):
            await self._thinks()
            said = await self.phone.step(claimed, lambda: claimed.wait(0))
            if not isinstance(said, PairingState) or said.choice is None:
                break
            choice = said.choice
            spoken = await self.handset.hears(
                lambda text, of=choice.choices: heard.item(text, of),  # type: ignore[misc]  # bound now
                after=after,
            )
            if spoken is None:
                return False
            picked = spoken
            if self.plan.way is Way.WRONG:
                picked = next(one for one in choice.choices if one != spoken)
            await self.phone.step(
                claimed,
                lambda c=choice, p=picked: claimed.choose(c.round, p),  # type: ignore[misc]  # bound now
            )
            if claimed.now.statement is not None:
                return True
        return False

    async def _prove(self, claimed: Held) -> None:
        await self.phone.step(claimed, lambda: claimed.progress("awaiting_card"))
        tapped = await self.phone.tap(claimed)
        if tapped is None:
            return
        if self.plan.way is Way.OFFLINE:
            await asyncio.sleep(self.plan.offline)
        if self.plan.way is Way.TWICE:
            await asyncio.gather(*(self.phone.prove(claimed, tapped) for _ in range(2)))
        else:
            await self.phone.prove(claimed, tapped)

    async def _queued(self) -> bool:
        return bool(await self.handset.meets(lambda e: e["kind"] in ("queue", "bridge", "end")))

    async def _leave_if(self, here: Leaves) -> None:
        if self.plan.leaves is here:
            raise HungUp

    async def _thinks(self) -> None:
        await asyncio.sleep(self.plan.thinks)


def _is_the_menu(said: str) -> bool:
    """The shipped flow's, in which zero leads to a person."""
    return "担当者は" in said and "ゼロ" in said
