"""One telephone and its call, as it is lived: nothing here waits for ever, and nothing raises.

What does not come within a person's patience, or before the call is over, is None.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

import httpx2

from companion_app.link import token_of
from kazasu.demo.terminal.telephone import Telephone
from tests.chaos.town.residents import DIALLED

T = TypeVar("T")
Entry = Mapping[str, Any]
PATIENCE: Final = 30.0
_FREE_WITHIN: Final = 300.0
_LOOK_EVERY: Final = 0.1


class Handset:
    def __init__(self, http: httpx2.AsyncClient, base: str, token: str, number: str) -> None:
        self._http = http
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}
        self._telephone = Telephone(http=http, base=base, token=token)
        self._number = number
        self._news = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self.entries: list[Entry] = []
        self.sid = ""

    @property
    def over(self) -> bool:
        return bool(self.entries) and self.entries[-1]["kind"] == "end"

    @property
    def with_a_person(self) -> bool:
        return any(e["kind"] == "bridge" and "talks with" in e["text"] for e in self.entries)

    async def dial(self, to: str = DIALLED, *, post_dial: str = "") -> None:
        """As soon as the telephone is free: somebody may be ringing it back just now."""
        async with asyncio.timeout(_FREE_WITHIN):
            while not self.sid:
                try:
                    self.sid = await self._telephone.dial(self._number, to, post_dial=post_dial)
                except httpx2.HTTPStatusError as busy:
                    if busy.response.status_code != httpx2.codes.CONFLICT:
                        raise
                    await asyncio.sleep(_LOOK_EVERY)
        self._following = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        async for entry in self._telephone.entries(self.sid):
            self.entries.append(entry)
            self._news.set()

    async def meets(
        self, wanted: Callable[[Entry], T | None], *, after: int = 0, patience: float = PATIENCE
    ) -> T | None:
        """The first thing wanted behind the timeline's first `after` entries."""
        at = after
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    self._news.clear()
                    for entry in self.entries[at:]:
                        at += 1
                        if found := wanted(entry):
                            return found
                    if self.over:
                        return None
                    await self._news.wait()
        return None

    async def hears(
        self, heard: Callable[[str], T | None], *, after: int = 0, patience: float = PATIENCE
    ) -> T | None:
        return await self.meets(
            lambda entry: heard(entry["text"]) if entry["kind"] == "say" else None,
            after=after,
            patience=patience,
        )

    async def press(self, digits: str, *, patience: float = 10.0) -> bool:
        """Again until the call listens; whether it was heard."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not self.over:
                    answer = await self._http.post(
                        f"{self._base}/calls/{self.sid}/keys",
                        json={"digits": digits},
                        headers=self._headers,
                    )
                    if answer.is_success and answer.json()["heard"] == len(digits):
                        return True
                    await asyncio.sleep(_LOOK_EVERY)
        return False

    async def links(self, origin: str) -> list[str]:
        """The tokens of the text messages that came, oldest first."""
        words = " ".join(m["body"] for m in await self._telephone.messages(self._number)).split()
        return [token for word in words if (token := token_of(word, origin=origin))]

    async def connected(self) -> bool:
        return bool(await self.meets(lambda e: e["kind"] == "status" and e["text"] == "answered"))

    async def reaches_somebody(self, patience: float) -> bool:
        """A person on the line, or the call's own end."""
        found = await self.meets(
            lambda e: e["kind"] == "end" or (e["kind"] == "bridge" and "talks with" in e["text"]),
            patience=patience,
        )
        return bool(found) or self.over

    async def hang_up(self) -> None:
        if not self.sid:
            return
        await self._telephone.hang_up(self.sid)
        if self._following is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(20):
                    await self._following
