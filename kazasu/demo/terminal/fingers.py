"""The caller's keys: what the script answers to which question. A key nobody heard is kept."""

from collections.abc import Awaitable, Callable
from typing import Final

from kazasu.demo.terminal import heard
from kazasu.demo.terminal.handset import TerminalHandset
from kazasu.demo.terminal.script import OTHER_WAY, Script

_OFFERS_ANOTHER: Final = "ほかの方法は"


class Fingers:
    """`press` answers whether somebody listened."""

    def __init__(
        self,
        script: Script,
        handset: TerminalHandset,
        *,
        press: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._keys = list(script.keys or ())
        self._ways = script.other_ways
        self._handset = handset
        self._press = press

    async def hear(self, caption: str) -> None:
        """Another way is asked for while the code is spoken, or where the call offers one."""
        offered = heard.code(caption) is not None or _OFFERS_ANOTHER in caption
        if self._ways and offered and await self._press(OTHER_WAY):
            self._ways -= 1

    async def asked(self, digits: int, *, question: bool) -> None:
        """A question for one key is not answered with a customer number, nor a ticket's with one;
        the code that the app shows is keyed as often as it is asked for."""
        code = self._handset.code
        if self._keys:
            ours = question and digits == len(self._keys[0])
            if ours and await self._press(self._keys[0]):
                self._keys.pop(0)
        elif code.done() and digits == len(code.result()):
            await self._press(code.result())
