"""Live feeds within one process: a bounded backlog per channel, and followers who read from it.

A follower keeps only the place it has read to, so a slow page costs nothing; when the backlog has
moved past it, it is told to load anew.
"""

import asyncio
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from door_frame.feed import RESET, FeedItem


@dataclass(slots=True)
class _Channel:
    backlog: deque[tuple[int, FeedItem]]
    last: int = 0
    followers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def knows(self, place: int) -> bool:
        oldest = self.last - len(self.backlog)
        return oldest <= place <= self.last

    def after(self, place: int) -> list[tuple[int, FeedItem]]:
        return [(number, item) for number, item in self.backlog if number > place]


class MemoryFeed:
    """Ids carry a random word of this object: those of another life are unknown here."""

    def __init__(self, *, backlog: int = 256, most_channels: int = 4096) -> None:
        self._epoch = secrets.token_hex(4)
        self._backlog = backlog
        self._most_channels = most_channels
        self._channels: OrderedDict[str, _Channel] = OrderedDict()
        self._born = 0
        self._closed = False

    async def publish(self, channel: str, kind: str, data: Mapping[str, object]) -> str:
        one = self._channel(channel)
        one.last += 1
        item = FeedItem(id=self._id(one.last), kind=kind, data=data)
        one.backlog.append((one.last, item))
        self._tell(one)
        return item.id

    async def follow(self, channel: str, after: str | None) -> AsyncIterator[FeedItem]:
        one = self._channel(channel)
        return self._items(one, one.last if after is None else self._place(after))

    async def _items(self, one: _Channel, place: int | None) -> AsyncIterator[FeedItem]:
        one.followers += 1
        try:
            while not self._closed:
                if place is None or not one.knows(place):
                    place = one.last
                    yield FeedItem(id=self._id(place), kind=RESET, data={})
                    continue
                for number, item in one.after(place):
                    place = number
                    yield item
                if one.last == place and not self._closed:
                    await one.changed.wait()
        finally:
            one.followers -= 1

    async def close(self) -> None:
        self._closed = True
        for one in self._channels.values():
            self._tell(one)

    def _tell(self, one: _Channel) -> None:
        one.changed.set()
        one.changed = asyncio.Event()

    def _channel(self, name: str) -> _Channel:
        one = self._channels.get(name)
        if one is None:
            # Numbers go on from all channels' births: a channel that was dropped and came back
            # must not take an old id for one of its own.
            one = _Channel(backlog=deque(maxlen=self._backlog), last=self._born)
            self._channels[name] = one
            self._drop_idle(name)
        self._channels.move_to_end(name)
        return one

    def _drop_idle(self, but: str) -> None:
        if len(self._channels) <= self._most_channels:
            return
        for name, one in self._channels.items():
            if not one.followers and name != but:
                self._born = max(self._born, one.last + 1)
                del self._channels[name]
                return

    def _id(self, number: int) -> str:
        return f"{self._epoch}-{number}"

    def _place(self, given: str) -> int | None:
        epoch, _, number = given.rpartition("-")
        if epoch != self._epoch or not number.isascii() or not number.isdigit():
            return None
        return int(number[:18])
