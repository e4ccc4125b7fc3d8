"""An operator's page as far as its stream goes: it comes back by itself, by the last id it saw."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from kazasu.demo.terminal.operator import TerminalOperator


@dataclass(slots=True, kw_only=True)
class Page:
    """`heard` are the events in order, `streams` how often it had to connect."""

    operator: TerminalOperator
    heard: list[str] = field(default_factory=list)
    streams: int = 0
    last: str = ""

    async def follow(self) -> None:
        while True:
            headers = {"Last-Event-ID": self.last} if self.last else {}
            self.streams += 1
            try:
                await self._stream(headers)
            except httpx2.TransportError:
                pass  # cut: come back, as a browser does
            await asyncio.sleep(0.05)

    async def _stream(self, headers: dict[str, str]) -> None:
        url = f"{self.operator.base}/operator/events"
        async with self.operator.http.stream("GET", url, headers=headers, timeout=None) as stream:
            if not stream.is_success:
                return
            async for line in stream.aiter_lines():
                if line.startswith("id: "):
                    self.last = line.removeprefix("id: ")
                elif line.startswith("event: "):
                    self.heard.append(line.removeprefix("event: "))


@asynccontextmanager
async def open_page(operator: TerminalOperator) -> AsyncIterator[Page]:
    page = Page(operator=operator)
    following = asyncio.create_task(page.follow())
    try:
        yield page
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
