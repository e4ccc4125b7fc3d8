"""The handset that the terminal's app runs on: it places the call that the simulated carrier
carries, and knows of it what a handset knows."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from companion_app.handset import DialString, OwnCall
from kazasu.demo import place as places
from kazasu.demo.terminal.telephone import Telephone
from kazasu.demo.terminal.words import words


class TerminalHandset:
    """`companion_app.handset.Handset`. `rung` hears the sid of the call that was placed."""

    def __init__(
        self, telephone: Telephone, *, say: Callable[[str], None], rung: Callable[[str], None]
    ) -> None:
        self._telephone = telephone
        self._say = say
        self._rung = rung
        self._sid = ""
        self._begun = 0.0
        self.code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def place(self, dial: DialString) -> bool:
        self._say(words("ticket"))
        self._begun = time.monotonic()
        self._sid = await self._telephone.dial(places.CALLER, dial.number, post_dial=dial.post_dial)
        self._rung(self._sid)
        return True

    async def own_call(self) -> OwnCall | None:
        connected = None
        async for entry in self._telephone.entries(self._sid):
            if entry["kind"] == "status" and entry["status"] == "in-progress":
                connected = time.monotonic()
                break
        return OwnCall(call_state="outgoing", begun=self._begun, connected=connected)

    async def messages(self) -> list[dict[str, Any]]:
        """The text messages that came, oldest first."""
        return await self._telephone.messages(places.CALLER)

    async def key_in(self, code: str) -> None:
        """The caller reads it off the screen and keys it when the call asks for it."""
        self._say(words("code_shown", code=code))
        if not self.code.done():
            self.code.set_result(code)
