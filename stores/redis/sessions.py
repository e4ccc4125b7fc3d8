"""Live sessions in Redis: one script to load, one to save. Bodies are sealed as in SQL.

While Redis is away a session is kept in SQL instead, and the call's own row says so for good
(`moved`): what Redis still holds of that call when it comes back is older, and is never read again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from ivr.live_calls.ports import WITH_US, StoredSession
from stores.redis.link import RedisAway, RedisLink, Script
from stores.sql.sealing import Sealer
from stores.sql.sessions import SqlSessions, sealed, unsealed

_log = structlog.get_logger()
BEAT_SECONDS: Final = 1.0
ALIVE_SECONDS: Final = 5.0
"""A process that has not beaten for so long may be dead."""
KEPT: Final = timedelta(hours=4, minutes=15)
"""Longer than any call: nothing is saved in a queue or a talk."""

_LOAD: Final = Script("""
local kept = redis.call('HMGET', KEYS[1], 'version', 'body', 'by', 'at')
if not kept[1] then return false end
local with_us = 0
if kept[3] then
  local time = redis.call('TIME')
  local now = time[1] + time[2] / 1000000
  local beat = redis.call('ZSCORE', KEYS[2], kept[3])
  local alive = kept[3] == ARGV[1] or (beat and now - beat < tonumber(ARGV[2]))
  if alive and now - kept[4] < tonumber(ARGV[3]) then with_us = 1 end
end
return {kept[1], kept[2], with_us}
""")
_SAVE: Final = Script("""
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'body', ARGV[2])
if ARGV[3] ~= '' then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[1], 'by', ARGV[3], 'at', time[1] .. '.' .. string.format('%06d', time[2]))
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
""")
_BEAT: Final = Script("""
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 60)
if ARGV[2] == 'alive' then
  redis.call('ZADD', KEYS[1], string.format('%.6f', now), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return 1
""")


class RedisSessions:
    """`life` names this process: who of several answered the carrier last is kept with a session.

    `in_sql` keeps what is saved while Redis is away.
    """

    def __init__(self, link: RedisLink, sealer: Sealer, in_sql: SqlSessions, *, life: str) -> None:
        self._link = link
        self._sealer = sealer
        self._in_sql = in_sql
        self._in_sql.life = life

    async def load(
        self, tenant: str, call_ref: str, *, moved: bool = False
    ) -> StoredSession | None:
        if moved:
            return await self._in_sql.load(tenant, call_ref, moved=True)
        try:
            kept = await self._link.run(
                _LOAD,
                [_key(tenant, f"call:{call_ref}"), _alive(tenant)],
                self._in_sql.life,
                str(ALIVE_SECONDS),
                str(WITH_US.total_seconds()),
            )
        except RedisAway:
            return await self._in_sql.load(tenant, call_ref, moved=True)
        if kept is None:
            return None
        version = int(kept[0])
        body = unsealed(self._sealer, tenant, call_ref, version, kept[1])
        return StoredSession(body=body, version=version, with_us=bool(kept[2]))

    async def save(
        self,
        tenant: str,
        call_ref: str,
        body: Mapping[str, object],
        *,
        expected: int,
        asked: bool = False,
        moved: bool = False,
    ) -> bool:
        if not moved:
            stored = sealed(self._sealer, tenant, call_ref, expected + 1, body)
            try:
                saved = await self._link.run(
                    _SAVE,
                    [_key(tenant, f"call:{call_ref}")],
                    str(expected),
                    stored,
                    self._in_sql.life if asked else "",
                    int(KEPT.total_seconds() * 1000),
                )
            except RedisAway:
                _log.warning("session_moved_to_sql", call_ref=call_ref)
            else:
                return bool(saved)
        return await self._in_sql.take_over(tenant, call_ref, body, expected=expected, asked=asked)

    async def drop_ended(self, before: datetime) -> int:
        """Redis forgets by itself; what moved to SQL is dropped there."""
        return await self._in_sql.drop_ended(before)

    async def beat(self, tenant: str) -> None:
        """Say that this process lives, every `BEAT_SECONDS`. RedisAway."""
        await self._link.run(_BEAT, [_alive(tenant)], self._in_sql.life, "alive")

    async def begin_anew(self, tenant: str) -> None:
        """Take another name: no call that was answered until now counts as with this process, here
        or for any other. RedisAway."""
        before = self._in_sql.life
        await self._in_sql.begin_anew(tenant)
        await self._link.run(_BEAT, [_alive(tenant)], before, "gone")
        await self.beat(tenant)

    async def leave(self, tenant: str) -> None:
        """Say that it does not, so that nobody redirects calls that only it heard of. RedisAway."""
        await self._link.run(_BEAT, [_alive(tenant)], self._in_sql.life, "gone")


def _key(tenant: str, rest: str) -> str:
    """The braces keep one tenant's keys together where a cluster spreads them."""
    return f"kazasu:{{{tenant}}}:{rest}"


def _alive(tenant: str) -> str:
    return _key(tenant, "alive")
