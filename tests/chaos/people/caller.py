"""A caller from the first ring to the end, as their plan says; faults may fall in anywhere."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from companion_app.handset import OwnCall, dial_string
from companion_app.replies import PairingState
from kazasu.demo.terminal import heard
from tests.chaos.people.handset import Entry, Handset
from tests.chaos.people.plans import Leaves, Plan, Way
from tests.chaos.people.smartphone import Held, Smartphone
from tests.chaos.town.residents import DIALLED, PURPOSE, RINGS_BACK

_PATIENT: Final = 20.0
"""Seconds until somebody presses zero whom nobody has answered."""
REACHES_WITHIN: Final = 60.0
"""Seconds until somebody who stays must have reached a person then, or heard an ending."""
_LOOKS_FOR_A_MESSAGE: Final = 40
_LOOKS_EVERY: Final = 0.3
_CODES: Final = 2
"""A step-up asks for a second proof, and a failed check is offered once more."""


class HungUp(Exception):
    """The caller has left, as planned."""


@dataclass(slots=True, kw_only=True)
class Caller:
    """`friends` are the further phones of those who share their code. `registered`: the service
    knows the phones from before."""

    plan: Plan
    handset: Handset
    phone: Smartphone
    friends: tuple[Smartphone, ...] = ()
    registered: bool = False
    left_early: bool = False

    async def live(self) -> None:
        await asyncio.sleep(self.plan.after)
        if self._uses_the_app and not self.registered:
            await asyncio.gather(*(phone.register() for phone in (self.phone, *self.friends)))
        identified = await self._dials()
        for phone in (self.phone, *self.friends):
            phone.call = self.handset.sid
        try:
            if not identified:
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
        return self.plan.way not in (Way.ZERO, Way.SILENT, Way.NO_APP, Way.RING_BACK)

    async def _dials(self) -> bool:
        """Whether the call brings a ticket."""
        if self.plan.way is Way.RING_BACK:
            await self.handset.dial(RINGS_BACK)
            return False
        ordered = await self._ordered() if self.plan.way is Way.APP else None
        dial = dial_string(ordered.now.tel) if ordered is not None else None
        if ordered is None or dial is None:
            await self.handset.dial()
            return False
        begun = time.monotonic()
        await self.handset.dial(dial.number, post_dial=dial.post_dial)
        if await self.handset.connected():
            now = time.monotonic()
            own = OwnCall(call_state="outgoing", begun=begun, connected=now)
            await self.phone.step(ordered, lambda: ordered.report(own, now=now))
        return True

    async def _ordered(self) -> Held | None:
        """A ticket whose card has been read; None when it came to nothing."""
        ordered = await self.phone.order(DIALLED, PURPOSE)
        if ordered is not None:
            await self._prove(ordered)
        return ordered

    async def _in_the_ivr(self) -> None:
        if self.plan.way is Way.RING_BACK:
            if await self.handset.hears(lambda said: "折り返し" in said):
                await self.handset.press("1")
            return
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
                by_link = self.plan.way is Way.LINK
                await self._in_the_app(await self._link() if by_link else code)

    async def _next_code(self, used: list[str]) -> str | None:
        """A code not heard before; None once the call has come to a queue, a person or its end."""

        def wanted(entry: Entry) -> str | None:
            if entry["kind"] in ("queue", "bridge", "end"):
                return "-"
            code = heard.code(entry["text"]) if entry["kind"] == "say" else None
            return None if code in used else code

        found = await self.handset.meets(wanted)
        return None if found == "-" else found

    async def _link(self) -> str | None:
        """The token of the message that the second key asks for."""
        before = await self.handset.links(self.phone.origin)
        if not await self.handset.press("2"):
            return None
        for _ in range(_LOOKS_FOR_A_MESSAGE):
            found = await self.handset.links(self.phone.origin)
            if len(found) > len(before):
                return found[-1]
            if self.handset.over:
                break
            await asyncio.sleep(_LOOKS_EVERY)
        return None

    async def _in_the_app(self, code: str | None) -> None:
        plan, heard_before = self.plan, len(self.handset.entries)
        claimed = await self._claimed(code) if code else None
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
