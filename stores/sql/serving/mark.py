"""Whether all processes of a deployment are at one Redis: SQL, which they do share, says which.

The mark is a keyed hash of what that Redis calls its birth. One that came back empty has another,
and all who share it change over together; so a mark of others counts against ours only when it is
said again after we have ours. What nobody says any more is taken over.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy import delete, or_, select

from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import shared_redis

SAY_SECONDS: Final = 2.0
STALE_SECONDS: Final = 6
_SLACK: Final = timedelta(seconds=3)
"""What a process that has just read the old mark may take to write it down."""


class Standing(Enum):
    SAME = "same"
    UNCLEAR = "unclear"
    """Another mark stands; whether anybody is still there is not known yet."""
    APART = "apart"


class RedisMark:
    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant
        self._mark = b""
        self._since: datetime | None = None
        self.standing = Standing.UNCLEAR

    async def beat(self, mark: bytes) -> Standing:
        """Say that this process is at the Redis with that mark; every `SAY_SECONDS`."""
        written = {"tenant_id": self._tenant, "mark": mark, "seen_at": clock()}

        async def job(connection: Connection) -> tuple[datetime | None, datetime]:
            saying = upsert(connection, shared_redis).values(written)
            may = or_(shared_redis.c.mark == mark, shared_redis.c.seen_at < clock(-STALE_SECONDS))
            await connection.execute(
                saying.on_conflict_do_update(
                    index_elements=[shared_redis.c.tenant_id],
                    set_={"mark": saying.excluded.mark, "seen_at": clock()},
                    where=may,
                )
            )
            wanted = select(shared_redis.c.mark, shared_redis.c.seen_at, clock()).where(
                shared_redis.c.tenant_id == self._tenant
            )
            stands, seen_at, now = (await connection.execute(wanted)).one()
            return (None if bytes(stands) == mark else seen_at), now

        theirs, now = await self._database.write(job)
        if self._since is None or self._mark != mark:
            self._mark, self._since = mark, now
        self.standing = Standing.SAME
        if theirs is not None:
            apart = theirs > self._since + _SLACK
            self.standing = Standing.APART if apart else Standing.UNCLEAR
        return self.standing

    async def leave(self) -> None:
        """Nobody waits for a process that has gone; the others say theirs again."""

        async def job(connection: Connection) -> None:
            await connection.execute(
                delete(shared_redis).where(
                    shared_redis.c.tenant_id == self._tenant, shared_redis.c.mark == self._mark
                )
            )

        await self._database.write(job)

    async def others_say(self, mark: bytes) -> bool:
        """Whether processes that serve now are at another Redis than the one with that mark."""
        wanted = select(shared_redis.c.mark).where(
            shared_redis.c.tenant_id == self._tenant,
            shared_redis.c.seen_at >= clock(-STALE_SECONDS),
        )
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).scalar_one_or_none()
        return found is not None and bytes(found) != mark
