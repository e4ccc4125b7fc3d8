"""Sliding windows that all processes share: one script to count one more, one to look.

A server that came back empty has forgotten every count. Each process then brings what it counted
itself, and until all had the time to do so nobody can tell: what a stranger may try stays closed,
voice goes on (docs/threats.md, F5).
"""

import hmac
import json
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from identity.pairing.ports import CountersAway
from stores.redis.link import RedisAway, RedisLink, Script

_log = structlog.get_logger()
SETTLE_SECONDS: Final = 3.0
"""From an empty server until its counts are believed: every process looks each second."""
MOST_PER_KEY: Final = 32_768
_SHARE_KEYS: Final = 10_000
_SHARE_PER_KEY: Final = 1_000
_AT_ONCE: Final = 200

# Who is first at an empty server says when it was born; times are the server's, in microseconds.
_BORN: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local born = redis.call('GET', KEYS[1])
if not born then
  born = ARGV[1] .. ':' .. string.format('%.0f', now)
  redis.call('SET', KEYS[1], born)
end
local age = now - tonumber(string.match(born, ':(%d+)$'))
"""
_LOOK: Final = Script(
    _BORN
    + """
local count = 0
if KEYS[2] then
  count = redis.call('ZCOUNT', KEYS[2], string.format('(%.0f', now - ARGV[2]), '+inf')
end
return {born, string.format('%.0f', age), count}
"""
)
_ADD: Final = Script(
    _BORN
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - ARGV[2]))
redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[2], math.ceil(ARGV[2] / 1000))
return {born, string.format('%.0f', age), redis.call('ZCARD', KEYS[2])}
"""
)
_BRING: Final = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for place, given in ipairs(cjson.decode(ARGV[1])) do
  for number, age in ipairs(given.ages) do
    local member = ARGV[2] .. ':' .. given.first + number
    redis.call('ZADD', KEYS[place], string.format('%.0f', now - age), member)
  end
  redis.call('PEXPIRE', KEYS[place], given.window)
end
return 1
""")


@dataclass(slots=True)
class _Own:
    """What this process counted under one key: times on its own clock."""

    window: int
    times: deque[float] = field(default_factory=lambda: deque(maxlen=_SHARE_PER_KEY))


class RedisCounters:
    """`key` (32 bytes) hides what is counted: addresses and ids are in no key of the server.

    `monotonic` gives seconds. `settled`: whether the last answer's counts could be believed.
    """

    def __init__(
        self,
        link: RedisLink,
        *,
        tenant: str,
        key: bytes,
        monotonic: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._link = link
        self._tenant = tenant
        self._prefix = f"kazasu:{{{tenant}}}"
        self._key = key
        self._monotonic = monotonic
        self._settle = settle_seconds
        self._life = secrets.token_hex(8)
        self._born = ""
        self.settled = False
        self._own: OrderedDict[str, _Own] = OrderedDict()
        self._numbers = 0

    async def add(self, key: str, *, window_seconds: int) -> int:
        self._numbers += 1
        place, window = self._place(key), window_seconds * 1_000_000
        member = f"{self._life}:{self._numbers}"
        try:
            answer = await self._link.run(
                _ADD, [self._birth, place], self._life, window, member, MOST_PER_KEY
            )
            told = await self._told(answer)
        except RedisAway:
            raise CountersAway from None
        finally:
            self._remember(place, window_seconds)
        return told

    async def count(self, key: str, *, window_seconds: int) -> int:
        try:
            return await self._told(
                await self._link.run(
                    _LOOK,
                    [self._birth, self._place(key)],
                    self._life,
                    window_seconds * 1_000_000,
                )
            )
        except RedisAway:
            raise CountersAway from None

    async def settle(self) -> None:
        """Look whether the server forgot, and bring the own share if so. CountersAway until all
        had time for that."""
        try:
            await self._told(await self._link.run(_LOOK, [self._birth], self._life, 0))
        except RedisAway:
            raise CountersAway from None

    @property
    def mark(self) -> bytes:
        """Tells this Redis from any other, and says nothing of it; b"" before the first answer."""
        return mark_of(self._key, self._born.encode()) if self._born else b""

    @property
    def _birth(self) -> str:
        return birth_key(self._tenant)

    def _place(self, key: str) -> str:
        return f"{self._prefix}:count:{hmac.digest(self._key, key.encode(), 'sha256').hex()[:32]}"

    async def _told(self, answer: Any) -> int:
        born, age, count = answer[0].decode(), int(answer[1]), int(answer[2])
        if born != self._born:
            if self._born:
                _log.warning("counters_begin_anew", count=len(self._own))
            await self._bring()
            self._born = born
        self.settled = age >= self._settle * 1_000_000
        if not self.settled:
            raise CountersAway
        return count

    def _remember(self, place: str, window_seconds: int) -> None:
        own = self._own.setdefault(place, _Own(window_seconds))
        own.times.append(self._monotonic())
        self._own.move_to_end(place)
        if len(self._own) > _SHARE_KEYS:
            self._own.popitem(last=False)

    async def _bring(self) -> None:
        """The newest keys first, those that matter most, in few calls."""
        now = self._monotonic()
        places = [place for place in reversed(self._own) if self._ages(place, now)]
        for begin in range(0, len(places), _AT_ONCE):
            some = places[begin : begin + _AT_ONCE]
            given = []
            for place in some:
                ages = self._ages(place, now)
                given.append(
                    {
                        "ages": [int(age * 1_000_000) for age in ages],
                        "first": self._numbers,
                        "window": self._own[place].window * 1000,
                    }
                )
                self._numbers += len(ages)
            await self._link.run(_BRING, some, json.dumps(given), f"{self._life}:again")

    def _ages(self, place: str, now: float) -> list[float]:
        own = self._own[place]
        return [now - at for at in own.times if now - at < own.window]


def birth_key(tenant: str) -> str:
    """Where a server keeps when it began to count, and for whom first."""
    return f"kazasu:{{{tenant}}}:counting_since"


def mark_of(key: bytes, born: bytes) -> bytes:
    return hmac.digest(key, b"redis born " + born, "sha256")[:16]
