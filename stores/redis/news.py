"""Live feeds that every process can publish on and follow: one capped stream per channel.

Ids are the stream's own, so a page that reconnects to any process resumes by the last one it saw.
Each process reads a channel once, for all who follow it there. While the server is away followers
are told again and again to load anew: slower, and nothing is missed.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import structlog

from door_frame.feed import RESET, FeedItem
from stores.redis.link import RedisAway, RedisLink, Script
from stores.sql.sealing import SealBroken, Sealer

_log = structlog.get_logger()
LOOK_AGAIN: Final = 2.0
"""Seconds between two resets while the server is away."""
_WAIT: Final = 2.0
_AT_ONCE: Final = 256
_ID: Final = re.compile(r"([0-9]{1,15})-([0-9]{1,15})", re.ASCII)
Place: TypeAlias = tuple[int, int]
_NOWHERE: Final[Place] = (0, 0)

_PUBLISH: Final = Script("""
return redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', 'sealed', ARGV[2])
""")
# A stream always has an entry: its id tells this life of the stream from an earlier one.
_LOOK: Final = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('XADD', KEYS[1], '*', 'sealed', '') end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]
if ARGV[1] == '' then return {last, 1, {}} end
local known = #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if known == 0 then return {last, 0, {}} end
return {last, 1, redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')}
""")


@dataclass(slots=True)
class _Channel:
    """What this process has read; `backlog` is whole from `since` on, `last` is its end."""

    backlog: deque[tuple[Place, FeedItem]]
    since: Place = _NOWHERE
    last: Place = _NOWHERE
    resets: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, place: Place, item: FeedItem | None) -> None:
        if item is not None:
            if len(self.backlog) == self.backlog.maxlen:
                self.since = self.backlog[0][0]
            self.backlog.append((place, item))
        self.last = place

    def lose(self, last: Place) -> None:
        """There is a gap before `last`: whoever stands before it loads anew."""
        self.backlog.clear()
        self.since = self.last = last

    def tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class RedisFeed:
    """Entries are sealed: nothing that is published can be read or forged at the server."""

    def __init__(self, link: RedisLink, sealer: Sealer, *, tenant: str, backlog: int = 256) -> None:
        self._link = link
        self._sealer = sealer
        self._tenant = tenant
        self._backlog = backlog
        self._channels: dict[str, _Channel] = {}
        self._readers: list[asyncio.Task[None]] = []
        self._closed = False

    async def publish(self, channel: str, kind: str, data: Mapping[str, object]) -> str:
        """The item's id; "" when the server is away and only this process's followers are told."""
        content = {"kind": kind, "data": dict(data)}
        sealed = self._sealer.seal(self._tenant, ("feed", channel), content)
        try:
            place = await self._link.run(_PUBLISH, [self._key(channel)], self._backlog, sealed)
        except RedisAway:
            one = self._channels.get(channel)
            if one is not None:
                one.resets += 1
                one.tell()
            return ""
        return str(place.decode())

    async def follow(self, channel: str, after: str | None) -> AsyncIterator[FeedItem]:
        if self._closed:
            return self._items(_Channel(backlog=deque()), None, [])
        one = self._followed(channel)
        await one.begun.wait()
        if after is not None and not _ID.fullmatch(after):
            return self._items(one, None, [])
        try:
            last, known, missed = await self._look(channel, after or "")
        except RedisAway:
            return self._items(one, None, [])
        if not known:
            return self._items(one, None, [])
        return self._items(one, _place(after) if after else last, missed)

    async def close(self) -> None:
        self._closed = True
        for one in self._channels.values():
            one.begun.set()
            one.tell()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._readers.clear()

    async def _items(
        self, one: _Channel, place: Place | None, missed: list[tuple[Place, FeedItem]]
    ) -> AsyncIterator[FeedItem]:
        resets = one.resets
        for number, item in missed:
            place = number
            yield item
        while not self._closed:
            if place is None or place < one.since or one.resets != resets:
                place, resets = one.last, one.resets
                yield FeedItem(id=_text(place) if place != _NOWHERE else "", kind=RESET, data={})
                continue
            changed = one.changed
            for number, item in list(one.backlog):
                if number > place:
                    place = number
                    yield item
            if changed is one.changed and not self._closed:
                await changed.wait()

    def _followed(self, channel: str) -> _Channel:
        one = self._channels.get(channel)
        if one is None:
            one = self._channels[channel] = _Channel(backlog=deque(maxlen=self._backlog))
            self._readers.append(asyncio.ensure_future(self._read(channel, one)))
        return one

    async def _read(self, channel: str, one: _Channel) -> None:
        """As long as the process lives: there are few channels."""
        in_touch = False
        while not self._closed:
            try:
                if not in_touch:
                    await self._catch_up(channel, one)
                    in_touch = True
                entries = await self._link.wait(
                    self._key(channel), _text(one.last), seconds=_WAIT, at_most=_AT_ONCE
                )
                for number, item in self._opened(channel, entries):
                    one.take(number, item)
                if entries:
                    one.tell()
            except RedisAway:
                in_touch = False
                one.begun.set()
                one.resets += 1
                one.tell()
                await asyncio.sleep(LOOK_AGAIN)

    async def _catch_up(self, channel: str, one: _Channel) -> None:
        """Go on where this process stopped reading, if the stream still knows that place."""
        after = _text(one.last) if one.last != _NOWHERE else ""
        last, known, missed = await self._look(channel, after)
        if not known or not after:
            one.lose(last)
        for number, item in missed:
            one.take(number, item)
        one.begun.set()
        one.tell()

    async def _look(
        self, channel: str, after: str
    ) -> tuple[Place, bool, list[tuple[Place, FeedItem]]]:
        last, known, entries = await self._link.run(_LOOK, [self._key(channel)], after)
        missed = [(n, item) for n, item in self._opened(channel, entries) if item is not None]
        return _place(last.decode()), bool(known), missed

    def _opened(self, channel: str, entries: Any) -> list[tuple[Place, FeedItem | None]]:
        """In order; None for what says nothing (the first entry of a stream, or not ours)."""
        return [(_place(name.decode()), self._item(channel, name, rest)) for name, rest in entries]

    def _item(self, channel: str, name: bytes, fields: Any) -> FeedItem | None:
        sealed = fields[b"sealed"] if isinstance(fields, dict) else fields[1]
        if not sealed:
            return None
        try:
            content = self._sealer.unseal(self._tenant, ("feed", channel), sealed)
        except SealBroken:
            _log.error("news_do_not_open")
            return None
        data = content["data"]
        assert isinstance(data, dict)
        return FeedItem(id=name.decode(), kind=str(content["kind"]), data=data)

    def _key(self, channel: str) -> str:
        return f"kazasu:{{{self._tenant}}}:news:{channel}"


def _place(text: str) -> Place:
    high, _, low = text.partition("-")
    return int(high), int(low)


def _text(place: Place) -> str:
    return f"{place[0]}-{place[1]}"
