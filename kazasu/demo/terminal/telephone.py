"""The caller's telephone: the simulated carrier's control API, as a person would use it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone:
    """`base` and `token` are the control door's."""

    http: httpx2.AsyncClient
    base: str
    token: str = field(repr=False)

    async def dial(self, caller: str, to: str, *, post_dial: str = "") -> str:
        """The sid of the new call. `post_dial` is sent by itself once it is answered."""
        order: dict[str, object] = {"to": to}
        if post_dial:
            order["post_dial"] = post_dial
        answer = await self._ask("POST", f"/phones/{caller}/call", order)
        return str(answer["call_sid"])

    async def press(self, sid: str, digits: str) -> bool:
        """False when nobody listened: then it is as if nothing had been pressed."""
        answer = await self._ask("POST", f"/calls/{sid}/keys", {"digits": digits})
        return bool(answer["heard"] == len(digits))

    async def hang_up(self, sid: str) -> None:
        """Nothing happens to a call that is over already."""
        await self._request("POST", f"/calls/{sid}/hang-up", {})

    async def messages(self, number: str) -> list[dict[str, Any]]:
        """The text messages that this telephone got, oldest first."""
        found: list[dict[str, Any]] = (await self._ask("GET", f"/messages?to={quote(number)}"))[
            "messages"
        ]
        return found

    async def seconds(self, sid: str) -> float:
        """How long the call has lasted, on the carrier's clock."""
        return float((await self._ask("GET", f"/calls/{sid}?after=0"))["seconds"])

    async def entries(self, sid: str) -> AsyncIterator[dict[str, Any]]:
        """The call's timeline from its beginning, as it is written; ends with the call."""
        async with self.http.stream(
            "GET", f"{self.base}/calls/{sid}/events", headers=self._headers(), timeout=None
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    entry: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    yield entry
                    if entry["kind"] == "end":
                        return

    @asynccontextmanager
    async def at_speed(self, speed: float | None) -> AsyncIterator[None]:
        """Speech and waits at this speed meanwhile; None leaves it as it is."""
        before = (await self._ask("GET", "/speed"))["speed"]
        if speed is not None:
            await self._ask("PUT", "/speed", {"speed": speed})
        try:
            yield
        finally:
            if speed is not None:
                await self._request("PUT", "/speed", {"speed": before})

    async def _ask(
        self, method: str, path: str, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        answer = await self._request(method, path, body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def _request(
        self, method: str, path: str, body: dict[str, object] | None = None
    ) -> httpx2.Response:
        return await self.http.request(method, self.base + path, json=body, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
