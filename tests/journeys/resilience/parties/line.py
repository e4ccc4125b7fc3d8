"""One call as its caller lives it: what is heard, and the keys of the telephone."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx2

from kazasu.demo.terminal.telephone import Telephone
from stand_ins.carrier.calls.performance import ERROR_SENTENCE
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.waiting import until

T = TypeVar("T")
Entry = Mapping[str, Any]


class Line:
    """Dialled by `dial`; `entries` is the carrier's timeline as far as it has happened."""

    def __init__(self, http: httpx2.AsyncClient, base: str, token: str, *, speed: float) -> None:
        self._http = http
        self._speed = speed
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}
        self._telephone = Telephone(http=http, base=base, token=token)
        self._following: asyncio.Task[None] | None = None
        self.entries: list[Entry] = []
        self.sid = ""

    async def dial(self, *, caller: str = people.CALLER) -> None:
        self.sid = await self._telephone.dial(caller, people.DIALLED)
        self._following = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        async for entry in self._telephone.entries(self.sid):
            self.entries.append(entry)

    async def meets(self, what: str, wanted: Callable[[Entry], T | None], *, after: int = 0) -> T:
        """The first thing wanted in the timeline behind its first `after` entries."""

        async def look() -> T | None:
            found = (wanted(entry) for entry in self.entries[after:])
            return next((thing for thing in found if thing), None)

        try:
            return await until(what, look)
        except AssertionError as never:
            lately = [e.get("text") or e["kind"] for e in self.entries[-12:]]
            raise AssertionError(f"{never}; lately: {lately}") from never

    async def hears(self, what: str, heard: Callable[[str], T | None], *, after: int = 0) -> T:
        return await self.meets(
            what,
            lambda entry: heard(entry["text"]) if entry["kind"] == "say" else None,
            after=after,
        )

    async def next_document(self) -> None:
        """Waits for one that has not come yet."""
        heard = len(self.entries)
        await self.meets("the next document", lambda e: e["kind"] == "document", after=heard)

    async def press(self, digits: str) -> None:
        """As soon as the call listens. At a person's speed, or a question is over too soon."""
        await self.at_speed(1.0)
        seen = len(self.entries)
        while not await self._heard(digits):
            await self.meets("anything new", bool, after=seen)
            seen = len(self.entries)
        await self.at_speed(self._speed)

    async def _heard(self, digits: str) -> bool:
        answer = await self._control("POST", f"/calls/{self.sid}/keys", {"digits": digits})
        return bool(answer["heard"] == len(digits))

    async def now(self) -> dict[str, Any]:
        """State, the other leg, the whole timeline, and every silence there was."""
        return await self._control("GET", f"/calls/{self.sid}?after=0")

    async def talks_with(self, number: str) -> None:
        """Waits until the caller is joined to this telephone."""

        async def look() -> bool:
            calls = (await self._control("GET", "/calls"))["calls"]
            ours = next(call for call in calls if call["call_sid"] == self.sid)
            assert not ours["over"], "the call was ended"
            other = [call for call in calls if call["call_sid"] == ours["bridged_with"]]
            return bool(other) and other[0]["to"] == number

        await until(f"the caller talks with {number}", look)

    async def hang_up(self) -> None:
        await self._telephone.hang_up(self.sid)
        if self._following is not None:
            await self._following

    async def at_speed(self, speed: float) -> None:
        await self._control("PUT", "/speed", {"speed": speed})

    async def answers_at_once(self, number: str, *, yes: bool) -> None:
        """Whether this telephone picks up by itself, after a second of ringing."""
        after = 1 if yes else None
        await self._control("PUT", f"/phones/{number}", {"auto_answer": after})

    async def rings(self, number: str) -> None:
        async def look() -> bool:
            phones = (await self._control("GET", "/phones"))["phones"]
            return any(p["number"] == number and p["state"] == "ringing" for p in phones)

        await until(f"{number} rings", look)

    async def pick_up(self, number: str) -> None:
        await self._control("POST", f"/phones/{number}/answer", {})

    async def _control(
        self, method: str, path: str, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        answer = await self._http.request(
            method, self._base + path, json=body, headers=self._headers
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


async def never_left_alone(line: Line) -> None:
    """In words, or asked for a key, or with a person, from beginning to end (I6)."""
    seen = await line.now()
    assert not seen["silence"], f"silence: {seen['silence']}"
    spoken = [entry["text"] for entry in seen["timeline"] if entry["kind"] == "say"]
    assert ERROR_SENTENCE not in spoken, spoken
