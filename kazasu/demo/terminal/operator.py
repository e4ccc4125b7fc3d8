"""An operator without a browser: the console's own login, API and event stream."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from kazasu.demo.place import write_private

_CSRF: Final = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
_OVER_WITHIN: Final = 60.0
"""Seconds for a call's end to come to the console, on a machine that is busy with other things."""


class NotSignedIn(Exception):
    """The console did not take login and password."""


@dataclass(slots=True, kw_only=True)
class TerminalOperator:
    """`base` is the service's origin. Cookies live in a client of their own."""

    base: str
    http: httpx2.AsyncClient
    _csrf: str = field(default="", repr=False)

    async def sign_in(self, login: str, password: str) -> None:
        """Nothing is asked of the login while the session of an earlier call still lives, or while
        nobody can tell: passwords are counted. NotSignedIn, HTTPStatusError."""
        if await self._inside():
            return
        await self.http.post(
            f"{self.base}/operator/login",
            data={"login": login, "password": password},
            headers={"Origin": self.base},
        )
        if not await self._inside():
            raise NotSignedIn(login)

    async def _inside(self) -> bool:
        page = await self.http.get(f"{self.base}/operator/")
        if page.is_server_error:
            page.raise_for_status()  # a password tried now would be spent in vain
        found = _CSRF.search(page.text)
        self._csrf = found[1] if found else ""
        return found is not None

    async def available(self) -> None:
        """Takes calls from now on; ends a wrap-up that was left open."""
        await self.act("presence", presence="available")

    async def state(self) -> dict[str, Any]:
        answer = await self.http.get(f"{self.base}/operator/api/state")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def pop(self, token: str) -> dict[str, Any] | None:
        """What the screen shows of this call now; None once it is not ours to see."""
        answer = await self.http.get(f"{self.base}/operator/api/pop/{token}")
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found if found.get("view") == "pop" else None

    async def leave(self) -> None:
        """Finish what follows a call, and take no more."""
        async with asyncio.timeout(_OVER_WITHIN):
            async for _ in self.news():
                if (await self.state())["presence"]["state"] != "on_call":
                    break
        await self.act("presence", presence="offline")

    async def news(self) -> AsyncIterator[str]:
        """The kind of each event of the console's stream; `hello` comes first."""
        async with self.http.stream("GET", f"{self.base}/operator/events", timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    yield line.removeprefix("event: ")

    async def act(self, action: str, **body: str) -> bool:
        """One of the console's actions (`answer`, `check`, ...). False when it was too late for it:
        the offer went elsewhere, say."""
        answer = await self.http.post(
            f"{self.base}/operator/api/{action}",
            content=json.dumps(body),
            headers={**self._headers(), "Content-Type": "application/json"},
        )
        return answer.is_success

    def _headers(self) -> dict[str, str]:
        return {"Origin": self.base, "X-CSRF-Token": self._csrf}


@asynccontextmanager
async def operator_at(
    base: str, login: str, password: str, *, session: Path
) -> AsyncIterator[TerminalOperator]:
    """Signed in; takes no more calls at the end, whatever happens.

    The console's cookie is kept in the file `session` (0600), as a browser keeps it: a login for
    every call would soon be one too many for the console.
    """
    kept = _read(session)
    async with httpx2.AsyncClient(trust_env=False, timeout=10.0) as http:
        name, _, value = kept.partition("=")
        if value:
            http.cookies.set(name, value, domain=urlsplit(base).hostname or "", path="/")
        operator = TerminalOperator(base=base, http=http)
        await operator.sign_in(login, password)
        write_private(session, "".join(f"{name}={value}" for name, value in http.cookies.items()))
        try:
            yield operator
        finally:
            try:
                await operator.leave()
            except (TimeoutError, httpx2.HTTPError):
                pass  # the service is going, or the call is not over: offers run out by themselves


def _read(session: Path) -> str:
    return session.read_text(encoding="ascii") if session.exists() else ""
