"""Live sessions: in SQL, in Redis, and in SQL while Redis is away."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from ivr.live_calls.ports import Sessions, StoredSession
from stores.redis.link import RedisAway, RedisLink
from stores.redis.sessions import RedisSessions
from stores.sql.calls import SqlCallRows
from stores.sql.database import Database
from stores.sql.sealing import Sealer
from stores.sql.sessions import SqlSessions
from tests.ports.stage import TENANT, Stage, key_for
from tests.ports.test_calls import a_call
from tests.redis_server import RedisServer

WRONG = Sealer(lambda tenant: key_for(f"not {tenant}"))


@dataclass(frozen=True)
class Place:
    """Where sessions are kept. `process()` opens them as another process does."""

    make: Callable[[Sealer, str], SqlSessions | RedisSessions]
    sealer: Sealer
    numbers: "itertools.count[int]"

    def process(self, sealer: Sealer | None = None) -> SqlSessions | RedisSessions:
        return self.make(sealer or self.sealer, f"life-{next(self.numbers)}")


@pytest.fixture(params=["sqlite", "postgresql", "redis", "redis away"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """The last one from the first call on: all of it is in SQL, and its row says so."""
    kind: str = request.param
    which = "postgresql" if kind == "postgresql" else "sqlite"
    database = Database(str(request.getfixturevalue(f"{which}_url")))
    stage = Stage(database)
    links: list[RedisLink] = []

    def make(sealer: Sealer, life: str) -> SqlSessions | RedisSessions:
        in_sql = SqlSessions(database, sealer, life=life)
        if kind == which:
            return in_sql
        links.append(_link(request, away=kind == "redis away"))
        return RedisSessions(links[-1], sealer, in_sql, life=life)

    yield Place(make, stage.sealer, itertools.count(1))
    for link in links:
        await link.close()
    await database.close()


def _link(request: pytest.FixtureRequest, *, away: bool) -> RedisLink:
    server: RedisServer = request.getfixturevalue("redis")
    monotonic = asyncio.get_running_loop().time
    url = "unix:///nowhere/at/all" if away else server.url
    return RedisLink(url, monotonic=monotonic, call_seconds=20.0)


async def test_saved_with_the_right_version_only(place: Place) -> None:
    sessions = place.process()
    assert await sessions.load(TENANT, "call-1") is None
    assert await sessions.save(TENANT, "call-1", {"n": 1, "名": "高"}, expected=0)
    assert not await sessions.save(TENANT, "call-1", {"n": 9}, expected=0)
    assert not await sessions.save(TENANT, "call-1", {"n": 9}, expected=2)
    assert await body(sessions) == {"n": 1, "名": "高"}
    assert await sessions.save(TENANT, "call-1", {"n": 2}, expected=1)
    assert not await sessions.save(TENANT, "call-1", {"n": 9}, expected=1)
    assert await version(sessions) == 2
    assert await body(place.process()) == {"n": 2}
    assert await sessions.load("another", "call-1") is None


@pytest.mark.parametrize("stored", [0, 1])
async def test_one_of_many_saves_wins(place: Place, stored: int) -> None:
    processes = [place.process() for _ in range(4)]
    for number in range(stored):
        await processes[0].save(TENANT, "call-1", {}, expected=number)
    won = await asyncio.gather(
        *(processes[n % 4].save(TENANT, "call-1", {"by": n}, expected=stored) for n in range(16))
    )
    assert sum(won) == 1
    assert await body(processes[0]) == {"by": won.index(True)}
    assert await version(processes[0]) == stored + 1


async def test_another_key_does_not_open_it(place: Place) -> None:
    """Its version is known all the same: what replaces it is saved over it."""
    await place.process().save(TENANT, "call-1", {"n": 1}, expected=0)
    other = place.process(WRONG)
    assert await body(other) == {}
    assert await version(other) == 1
    assert await other.save(TENANT, "call-1", {"n": 2}, expected=1)


async def test_keys_are_turned_while_calls_go_on(place: Place) -> None:
    await place.process().save(TENANT, "call-1", {"n": 1}, expected=0)
    newer = Sealer(lambda _: b"n" * 32, key_id="2", older={"1": key_for})
    turned = place.process(newer)
    assert await body(turned) == {"n": 1}
    assert await turned.save(TENANT, "call-1", {"n": 2}, expected=1)
    assert await body(turned) == {"n": 2}
    assert await body(place.process()) == {}


async def test_who_answered_the_carrier_is_known(place: Place) -> None:
    first, second = place.process(), place.process()
    await first.save(TENANT, "call-1", {}, expected=0)
    assert not await with_us(first)
    await first.save(TENANT, "call-1", {}, expected=1, asked=True)
    assert await with_us(first)
    await first.save(TENANT, "call-1", {}, expected=2)
    assert await with_us(first)
    assert not await with_us(second)  # it never heard of the first: that may be dead


async def test_who_begins_anew_has_answered_nobody_yet(place: Place) -> None:
    sessions = place.process()
    await sessions.save(TENANT, "call-1", {}, expected=0, asked=True)
    with suppress(RedisAway):  # then it is in SQL that nobody has been answered
        await sessions.begin_anew(TENANT)
    moved = (await stored(sessions)).moved
    assert not await with_us(sessions)
    await sessions.save(TENANT, "call-1", {}, expected=1, asked=True, moved=moved)
    assert await with_us(sessions)


async def stored(sessions: Sessions) -> StoredSession:
    found = await sessions.load(TENANT, "call-1")
    assert found is not None
    return found


async def body(sessions: Sessions) -> dict[str, object]:
    return dict((await stored(sessions)).body)


async def version(sessions: Sessions) -> int:
    return (await stored(sessions)).version


async def with_us(sessions: Sessions) -> bool:
    return (await stored(sessions)).with_us


async def test_old_ones_are_dropped(stage: Stage) -> None:
    sessions = SqlSessions(stage.database, stage.sealer)
    await sessions.save(TENANT, "call-1", {}, expected=0)
    between = await stage.database.now() + timedelta(milliseconds=1)
    assert await sessions.drop_ended(between - timedelta(hours=1)) == 0
    while await stage.database.now() <= between:
        pass
    await sessions.save(TENANT, "call-2", {}, expected=0)
    assert await sessions.drop_ended(between) == 1
    assert await sessions.load(TENANT, "call-1") is None
    assert await sessions.load(TENANT, "call-2") is not None


class TestRedis:
    """What only several processes over one Redis can show."""

    @pytest.fixture(params=["sqlite"])
    def url(self, sqlite_url: str) -> str:
        return sqlite_url

    async def test_a_process_that_beats_is_believed_to_live(
        self, stage: Stage, link: RedisLink
    ) -> None:
        first, second = (
            RedisSessions(link, stage.sealer, SqlSessions(stage.database, stage.sealer), life=life)
            for life in ("first", "second")
        )
        await first.beat(TENANT)
        await first.save(TENANT, "call-1", {}, expected=0, asked=True)
        assert await with_us(second)
        await first.leave(TENANT)
        assert not await with_us(second)

    async def test_who_begins_anew_is_believed_by_no_other_either(
        self, stage: Stage, link: RedisLink
    ) -> None:
        first, second = (
            RedisSessions(link, stage.sealer, SqlSessions(stage.database, stage.sealer), life=life)
            for life in ("first", "second")
        )
        await first.beat(TENANT)
        await first.save(TENANT, "call-1", {}, expected=0, asked=True)
        await first.begin_anew(TENANT)
        assert not await with_us(second)
        await first.save(TENANT, "call-1", {}, expected=1, asked=True)
        assert await with_us(second)

    async def test_a_session_expires_by_itself(
        self, stage: Stage, link: RedisLink, redis: RedisServer
    ) -> None:
        sql = SqlSessions(stage.database, stage.sealer)
        sessions = RedisSessions(link, stage.sealer, sql, life="one")
        await sessions.save(TENANT, "call-1", {}, expected=0)
        left = int(redis.says("PTTL", f"kazasu:{{{TENANT}}}:call:call-1")[1:])
        assert timedelta(hours=4) < timedelta(milliseconds=left) <= timedelta(hours=4, minutes=15)

    async def test_what_moved_to_sql_stays_there(
        self, stage: Stage, link: RedisLink, redis: RedisServer
    ) -> None:
        """Redis comes back with what it knew: older, and not read again."""
        rows, sql = SqlCallRows(stage.database, stage.sealer), None
        await rows.begin(a_call())
        sql = SqlSessions(stage.database, stage.sealer, life="one")
        near = RedisSessions(link, stage.sealer, sql, life="one")
        loop = asyncio.get_running_loop()
        cut = RedisLink("unix:///nowhere/at/all", monotonic=loop.time)
        far = RedisSessions(cut, stage.sealer, sql, life="one")
        await near.save(TENANT, "call-1", {"n": 1}, expected=0)
        assert await far.load(TENANT, "call-1") is None
        assert await far.save(TENANT, "call-1", {"n": 2}, expected=1, asked=True)
        row = await rows.by_ref(TENANT, "call-1")
        assert row is not None
        assert row.session_moved
        assert (await stored(near)).version == 1  # who has not read the row anew
        found = await near.load(TENANT, "call-1", moved=row.session_moved)
        assert found == StoredSession(body={"n": 2}, version=2, with_us=True, moved=True)
        assert await near.save(TENANT, "call-1", {"n": 3}, expected=2, moved=True)
        assert not await far.save(TENANT, "call-1", {"n": 9}, expected=2)
        await cut.close()
