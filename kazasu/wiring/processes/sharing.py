"""What several processes share through Redis, and how this one lives beside the others.

Decided once, at the start: with `REDIS_URL` live calls, counters and console news are shared and
others may serve too; without it they are this process's alone, and it serves alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from identity.tenants.model import Tenant
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.worker import Loop
from stores.redis.counters import SETTLE_SECONDS, RedisCounters
from stores.redis.link import RedisLink
from stores.redis.news import RedisFeed
from stores.redis.sessions import BEAT_SECONDS as LIFE_EVERY
from stores.redis.sessions import RedisSessions
from stores.sql.database import Database
from stores.sql.sealing import Sealer
from stores.sql.serving.mark import SAY_SECONDS, RedisMark, Standing
from stores.sql.serving.ports import BEAT_SECONDS, AlreadyServed, Serving
from stores.sql.serving.row import RowServing
from stores.sql.sessions import SqlSessions

_log = structlog.get_logger()
REDIS_AWAY: Final = "redis_away"
NOT_ALONE: Final = "another_process_serves"
REDIS_APART: Final = "redis_apart"
_SETTLING: Final = 12
_LOOK_AGAIN: Final = 1.0
_ANOTHER_REDIS: Final = (
    "REDIS_URL: the processes that serve this deployment are at another Redis, and calls that"
    " wander between the two would lose their sessions. Give all of them the same REDIS_URL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisParts:
    """How Redis is used: where, how patiently, and with which keys."""

    url: str = field(repr=False)
    call_seconds: float
    news: Sealer
    counters: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The stores in Redis, over one link."""

    tenant: str
    link: RedisLink
    sessions: RedisSessions
    counters: RedisCounters
    feed: RedisFeed
    mark: RedisMark

    async def begin(self) -> None:
        """The first beat. A server that was empty until now is given its time to settle, so that
        nobody is refused by a process that has just said it is ready."""
        await self.beat()
        for _ in range(_SETTLING):
            if self.counters.settled or self.link.is_open:
                break
            await asyncio.sleep(SETTLE_SECONDS / _SETTLING)
            await self.beat()

    async def is_apart(self) -> bool:
        """Whether the others that serve are at another Redis. A mark of theirs that nobody says any
        more is waited out; one that is said is looked at twice, for it may be just changing."""
        twice = False
        await self.say_where()
        while not self.link.is_open and self.mark.standing is not Standing.SAME:
            if self.mark.standing is Standing.APART:
                if twice:
                    return True
                twice = True
            await asyncio.sleep(_LOOK_AGAIN)
            await self.say_where()
        return False

    async def beat(self) -> None:
        """Say that this process lives; look whether the server forgot the counts."""
        try:
            await self.sessions.beat(self.tenant)
            await self.counters.settle()
        except ConnectionError:
            return  # the link has said so

    async def say_where(self) -> None:
        """Tell SQL which Redis this is, and hear whether the others are at the same."""
        try:
            await self.counters.settle()
        except ConnectionError:
            return
        before = self.mark.standing
        now = await self.mark.beat(self.counters.mark)
        if now is Standing.APART and before is not now:
            _log.error("redis_apart")

    async def close(self) -> None:
        try:
            await self.sessions.leave(self.tenant)
            await self.mark.leave()
        except (OSError, SQLAlchemyError):
            pass  # the others find out by themselves
        await self.feed.close()
        await self.link.close()


def shared(
    parts: RedisParts, tenant: str, sessions: Sealer, in_sql: SqlSessions, mark: RedisMark
) -> Shared:
    """`sessions` seals what `in_sql` keeps while Redis is away, too."""
    monotonic = asyncio.get_running_loop().time
    link = RedisLink(parts.url, monotonic=monotonic, call_seconds=parts.call_seconds)
    return Shared(
        tenant=tenant,
        link=link,
        sessions=RedisSessions(link, sessions, in_sql, life=in_sql.life),
        counters=RedisCounters(link, tenant=tenant, key=parts.counters, monotonic=monotonic),
        feed=RedisFeed(link, parts.news, tenant=tenant),
        mark=mark,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """This process beside the others that serve this deployment, or alone."""

    serving: Serving
    shared: Shared | None

    async def begin(self) -> None:
        """BadSettings when another process serves and the two do not go together."""
        try:
            await self.serving.begin()
        except AlreadyServed as there:
            raise BadSettings([_refused(there.by, alone=self.shared is None)]) from None
        _log.info("live_state_kept", kind="redis" if self.shared else "sql and memory")
        if self.shared is not None:
            await self.shared.begin()
            if await self.shared.is_apart():
                raise BadSettings([_ANOTHER_REDIS])

    def loops(self) -> Sequence[Loop]:
        mine = Loop(name="serving", every=BEAT_SECONDS, turn=self.serving.beat)
        if self.shared is None:
            return (mine,)
        return (
            mine,
            Loop(name="life", every=LIFE_EVERY, turn=self.shared.beat),
            Loop(name="same_redis", every=SAY_SECONDS, turn=self.shared.say_where),
        )

    def problems(self) -> Sequence[str]:
        """Reasons for not being ready, as far as they are about others."""
        alone = [] if self.serving.held else [NOT_ALONE]
        if self.shared is None:
            return alone
        away = [REDIS_AWAY] if self.shared.link.is_open else []
        apart = [REDIS_APART] if self.shared.mark.standing is Standing.APART else []
        return [*alone, *away, *apart]

    async def end(self) -> None:
        """Before the stores are closed."""
        try:
            await self.serving.end()
        except Exception as error:  # a database that is away forgets us by itself
            _log.warning("serving_not_ended", error=type(error).__name__)


def beside(
    settings: Settings, tenant: Tenant, database: Database, together: Shared | None
) -> Beside:
    alone = together is None
    if database.is_sqlite:
        return Beside(serving=RowServing(database, tenant.id, alone=alone), shared=together)
    # What it needs of SQLAlchemy is loaded only by who keeps its data there.
    from stores.sql.serving.lock import LockServing

    serving = LockServing(settings.database(), tenant.id, alone=alone)
    return Beside(serving=serving, shared=together)


def _refused(by: str, *, alone: bool) -> str:
    who = f" ({by})" if by else ""
    if alone:
        return (
            f"DATABASE_URL: another process serves this deployment already{who}. Without REDIS_URL"
            " one process serves alone: stop that one, or set REDIS_URL for all of them"
        )
    return (
        f"DATABASE_URL: a process without REDIS_URL serves this deployment already{who}."
        " Stop it and start it again with REDIS_URL"
    )
