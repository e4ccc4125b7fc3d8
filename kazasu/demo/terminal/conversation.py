"""One call from dialling to the operator's screen: telephone, app and console side by side."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import httpx2

from companion_app.card.http_card import CardAddress, loopback_client, restore
from companion_app.journey import Ending, NotACode
from companion_app.replies import Refusal
from kazasu.demo import place as places
from kazasu.demo.terminal.app_side import AppSide
from kazasu.demo.terminal.around import Around
from kazasu.demo.terminal.fingers import Fingers
from kazasu.demo.terminal.handset import TerminalHandset
from kazasu.demo.terminal.operator import TerminalOperator
from kazasu.demo.terminal.operator_side import OperatorSide
from kazasu.demo.terminal.person import Ears
from kazasu.demo.terminal.script import Script
from kazasu.demo.terminal.telephone import Telephone
from kazasu.demo.terminal.words import words

_APP_FIRST: Final = frozenset({"app_dial", "keyed_code"})
_NOT_OFFERED: Final = "mode_unavailable"


class Conversation:
    """`sid` is known once it rings; `pop` is what the operator's screen showed last; `app_said` how
    the app's last check ended, as a hint or code; `heard` every caption."""

    def __init__(
        self, around: Around, telephone: Telephone, operator: TerminalOperator, script: Script
    ) -> None:
        self._around = around
        self._telephone = telephone
        self._script = script
        self._ears = Ears()
        self._ringing = asyncio.Event()
        self._operator = OperatorSide(operator, self._ears, script, say=around.say)
        self.sid = ""
        self.app_said = ""
        self.heard: list[str] = []

    @property
    def pop(self) -> dict[str, Any] | None:
        return self._operator.pop

    async def run(self) -> None:
        """Until the operator talks with the caller and the check has ended, or the call is over.

        A check before the call that is refused ends it too: nobody calls then.
        """
        address = CardAddress(
            base=self._around.cards, token=self._around.card_token, name=self._script.card
        )
        handset = TerminalHandset(self._telephone, say=self._around.say, rung=self._rung)
        async with loopback_client() as http:
            await restore(http, address)
            await self._operator.ready()
            if self._script.mode != "app_dial":
                self._rung(await self._telephone.dial(places.CALLER, places.DIALLED))
            try:
                await self._side_by_side(http, address, handset)
            finally:
                if self.sid:
                    await self._telephone.hang_up(self.sid)

    def _rung(self, sid: str) -> None:
        self.sid = sid
        self._ringing.set()

    async def _side_by_side(
        self, http: httpx2.AsyncClient, address: CardAddress, handset: TerminalHandset
    ) -> None:
        side = AppSide(self._around, http, address, self._ears, handset, told=self._report)
        call = asyncio.ensure_future(self._listen(handset))
        app = asyncio.ensure_future(side.use(self._script.mode))
        operator = asyncio.ensure_future(self._operator.serve())
        try:
            first = {call, operator, app} if self._script.mode in _APP_FIRST else {call, operator}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            going = self.sid and self.app_said != _NOT_OFFERED
            if going and not (call.done() or operator.done()):
                await asyncio.wait({call, operator}, return_when=asyncio.FIRST_COMPLETED)
            _raise_first(task for task in (operator, call, app) if task.done())
        finally:
            for task in (call, app, operator):
                task.cancel()
            await asyncio.gather(call, app, operator, return_exceptions=True)

    async def _listen(self, handset: TerminalHandset) -> None:
        """Captions aloud, and the caller's keys where they are asked for."""
        fingers = Fingers(self._script, handset, press=self._press)
        await self._ringing.wait()
        async for entry in self._telephone.entries(self.sid):
            if entry["kind"] == "say":
                self._around.say(words("heard", text=entry["text"]))
                self.heard.append(entry["text"])
                self._ears.hear(entry["text"])
                await fingers.hear(entry["text"])
            elif entry["kind"] == "listen" and entry["digits"] is not None:
                await fingers.asked(entry["digits"], question=entry["question"])

    async def _press(self, digits: str) -> bool:
        self._around.say(words("pressed", digits=digits))
        return await self._telephone.press(self.sid, digits)

    def _report(self, ending: Ending) -> None:
        match ending:
            case NotACode():
                self.app_said = "not_a_code"
                self._around.say(words("not_a_code"))
            case Refusal():
                self.app_said = ending.code
                self._around.say(words("ended", how=ending.code))
            case _:
                self.app_said = ending.hint
                self._around.say(words("ended", how=f"{ending.status} / {ending.hint}"))


def _raise_first(done: Iterable[asyncio.Future[None]]) -> None:
    for task in done:
        task.result()
