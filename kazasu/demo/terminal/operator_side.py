"""The operator's part of a call: answer, look, and have the caller checked where it is due."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from kazasu.demo.terminal import heard
from kazasu.demo.terminal.operator import TerminalOperator
from kazasu.demo.terminal.person import Ears
from kazasu.demo.terminal.script import Script
from kazasu.demo.terminal.words import words

_REASON: Final = "first_check"
_TRIES: Final = 10
_PAUSE: Final = 0.3


class OperatorSide:
    """`pop` is what the screen showed last. What the operator reads out, the caller hears."""

    def __init__(
        self,
        operator: TerminalOperator,
        ears: Ears,
        script: Script,
        *,
        say: Callable[[str], None],
    ) -> None:
        self._operator = operator
        self._ears = ears
        self._say = say
        self._to_start = script.mode == "operator_started"
        self._read: set[str] = set()
        self.pop: dict[str, Any] | None = None

    async def ready(self) -> None:
        await self._operator.available()

    async def serve(self) -> None:
        """See every offer, answer it, and look until the check that was asked for has ended."""
        async for _ in self._operator.news():
            state = await self._operator.state()
            shown = state["call"] or state["offer"]
            if shown is None:
                continue
            self.pop = await self._operator.pop(shown["token"]) or self.pop
            if state["call"] is None:
                await self._operator.act("answer", token=shown["token"])
            elif shown["state"] == "talking" and self.pop:
                if self._to_start:
                    self._to_start = not await self._start_check(shown["token"])
                elif self.pop["status"] != "pending":
                    return
                elif self.pop["check"]:
                    self._read_out(self.pop["check"])

    async def _start_check(self, token: str) -> bool:
        """A moment after both are joined the call may not be known as a talk everywhere yet."""
        self._say(words("starts", reason=_REASON))
        for _ in range(_TRIES):
            if await self._operator.act("check", token=token, mode="spoken_code", reason=_REASON):
                return True
            await asyncio.sleep(_PAUSE)
        return False

    def _read_out(self, check: dict[str, Any]) -> None:
        """Code and number of the choice, once each."""
        for digits in (check["code"], check["item"]):
            if digits and digits not in self._read:
                self._read.add(digits)
                said = heard.spoken(digits)
                self._say(words("reads", words=said))
                self._ears.hear(said)
