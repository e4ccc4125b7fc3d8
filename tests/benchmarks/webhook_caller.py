"""Callers who do what the carrier does: signed webhooks, each following the last document.

A call goes as calls do: the first webhook, a moment for tones of an app, a key in the menu, turns
of the hold, and the carrier's last word. Written for little cost of its own: one connection a
caller, signatures by one HMAC, documents looked through for the address of what comes next.
"""

import asyncio
import hmac
import re
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

from tests.kazasu.deployment import ACCOUNT, AUTH_TOKEN

_NEXT: Final = re.compile(rb'(?:action="|<Redirect method="POST">)([^"<#]+)')
DIALLED: Final = "+81312345678"
_MENU: Final = 2
"""The document that asks for a key, counted from the first as 1."""
BEFORE_THE_HOLD: Final = 4
"""Webhooks until the caller hears how the check goes on."""


@dataclass(slots=True, kw_only=True)
class Caller:
    """One caller after another on one connection, each with a number of their own.

    `holds`: turns of the hold after which they hang up.
    """

    base: str
    prefix: str
    number: int
    holds: int
    calls: int = 0
    turn: int = 0
    url: str = ""
    seconds: list[float] = field(default_factory=list)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def webhook(self) -> float:
        """The next request of this call; the next call's first when it is over."""
        began = time.perf_counter()
        if self.turn == 0:
            self.calls += 1
            await self._goes_on(f"{self.base}{self.prefix}/voice", {})
        elif not self.url or self.turn >= BEFORE_THE_HOLD + self.holds:
            await self._posted(f"{self.base}{self.prefix}/status", self._fields("completed"))
            self.turn = 0
        else:
            await self._goes_on(self.url, {"Digits": "1"} if self.turn == _MENU else {})
        took = time.perf_counter() - began
        self.seconds.append(took)
        return took

    async def in_the_hold(self) -> None:
        """Goes on until there; hangs up no more by itself."""
        while self.turn < BEFORE_THE_HOLD:
            await self.webhook()

    async def _goes_on(self, url: str, pressed: dict[str, str]) -> None:
        document = await self._posted(url, {**self._fields("in-progress"), **pressed})
        found = _NEXT.search(document)
        over = found is None or b"<Enqueue" in document or b"<Hangup" in document
        self.url = "" if over or found is None else found[1].decode().replace("&amp;", "&")
        self.turn += 1

    def _fields(self, status: str) -> dict[str, str]:
        return {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallSid": f"CA{self.number:016x}{self.calls:016x}",
            "CallStatus": status,
            "Direction": "inbound",
            "From": f"+8190{self.number % 10000:04d}{self.calls % 10000:04d}",
            "To": DIALLED,
        }

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()
            self._writer = None

    async def _posted(self, url: str, fields: dict[str, str]) -> bytes:
        """Once more on a new connection when the server had closed the idle one."""
        reused = self._writer is not None
        try:
            return await self._once(url, fields)
        except (asyncio.IncompleteReadError, ConnectionError):
            if not reused:
                raise
        await self.close()
        return await self._once(url, fields)

    async def _once(self, url: str, fields: dict[str, str]) -> bytes:
        parts = urlsplit(url)
        if self._writer is None or self._reader is None:
            assert parts.hostname
            assert parts.port
            self._reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port)
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        signature = b64encode(hmac.digest(AUTH_TOKEN.encode(), signed.encode(), "sha1")).decode()
        body = urlencode(fields)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        length = re.search(rb"(?i)content-length: (\d+)", head)
        document = await self._reader.readexactly(int(length[1])) if length else b""
        if status not in (b"200", b"204"):
            raise RuntimeError(f"{url} answered {status.decode()}: {document[:200]!r}")
        return document


async def as_fast_as_possible(callers: list[Caller], seconds: float) -> int:
    """All callers at once for so long; how many webhooks were answered."""
    until = time.perf_counter() + seconds

    async def calls(caller: Caller) -> int:
        count = 0
        while time.perf_counter() < until:
            await caller.webhook()
            count += 1
        return count

    return sum(await asyncio.gather(*(calls(caller) for caller in callers)))


async def at_a_rate(callers: list[Caller], a_second: int, seconds: float) -> list[float]:
    """So many webhooks begin each second, whatever came of the ones before. Seconds of each,
    counted from when it was due."""
    free: asyncio.Queue[Caller] = asyncio.Queue()
    for caller in callers:
        free.put_nowait(caller)
    took: list[float] = []

    async def one(due: float) -> None:
        caller = await free.get()
        try:
            await caller.webhook()
        finally:
            free.put_nowait(caller)
        took.append(time.perf_counter() - due)

    began, tasks = time.perf_counter(), []
    for n in range(int(a_second * seconds)):
        due = began + n / a_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return sorted(took)
