"""Two processes take what happens to one call at the same moment, from the same saved session.

Both have done their errands when either saves; one save wins. What the loser did is either the very
same (errands are done once by key) or undone by what follows: it leaves no second code, no second
place in a queue and no lost verdict. In every order, over SQL and over Redis.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from ivr.live_calls.ports import Sessions, StoredSession
from stores.redis.link import RedisLink
from stores.redis.sessions import RedisSessions
from stores.sql.schema.columns import metadata
from stores.sql.sessions import SqlSessions
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Stage, unhurried
from tests.redis_server import redis_server


@dataclass(slots=True)
class Gate:
    """The sessions of one process. Once `armed`, its first save waits for `go`."""

    inner: Sessions
    armed: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(
        self, tenant: str, call_ref: str, *, moved: bool = False
    ) -> StoredSession | None:
        return await self.inner.load(tenant, call_ref, moved=moved)

    async def save(
        self, tenant: str, call_ref: str, body: Mapping[str, object], **more: Any
    ) -> bool:
        if self.armed:
            self.reached.set()
            await self.go.wait()
        return await self.inner.save(tenant, call_ref, body, **more)

    async def drop_ended(self, before: datetime) -> int:
        return await self.inner.drop_ended(before)


@dataclass(slots=True)
class Two:
    """`caller` is served by the first of `processes`, `beside` is the same call at the second."""

    processes: list[Stage]
    gates: list[Gate]
    caller: Caller
    beside: Caller

    async def race(
        self, one: Coroutine[Any, Any, Any], other: Coroutine[Any, Any, Any], *, first: int
    ) -> list[Any]:
        """Both up to their saves, from what is saved now; then the one, then the other."""
        for gate in self.gates:
            gate.armed = True
        running = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
        for gate, task in zip(self.gates, running, strict=True):
            await self._at_its_save(gate, task)
        return await self.finish(running, first=first)

    async def finish(self, running: Sequence["asyncio.Future[Any]"], *, first: int) -> list[Any]:
        for number in (first, 1 - first):
            self.gates[number].go.set()
            await asyncio.wait({running[number]})
        return [task.result() for task in running]

    async def _at_its_save(self, gate: Gate, task: "asyncio.Future[Any]") -> None:
        reached = asyncio.ensure_future(gate.reached.wait())
        await asyncio.wait({reached, task}, return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()


@pytest.fixture(params=["sql", "redis"])
async def two(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Two]:
    near = stage.stores.sessions
    assert isinstance(near, SqlSessions)
    sealer, link = near._sealer, None
    sessions: list[Sessions] = [near, SqlSessions(stage.stores.database, sealer)]
    if request.param == "redis":
        server = request.getfixturevalue("redis")
        loop = asyncio.get_running_loop()
        link = RedisLink(server.url, monotonic=loop.time, call_seconds=20.0)
        sessions = [RedisSessions(link, sealer, near, life=f"life-{n}") for n in range(2)]
    gates = [Gate(one) for one in sessions]
    stages = []
    for gate in gates:
        kept = replace(stage.stores, sessions=gate)  # type: ignore[arg-type]  # the port is all a call asks of it
        phone = unhurried(stage.parts, stage.identity, kept)
        stages.append(replace(stage, stores=kept, phone=phone))
    caller = stages[0].caller()
    yield Two(stages, gates, caller, Caller(stage=stages[1], sid=caller.sid, number=caller.number))
    for one in stages:
        await one.phone.background.close()
    if link is not None:
        await link.close()


@pytest.fixture(scope="module")
def one_redis() -> Any:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(one_redis: Any) -> Any:
    one_redis.empty()
    return one_redis


async def pairings(stage: Stage, call_ref: str) -> list[str]:
    """The status of each of the call's pairings."""
    table = metadata.tables["pairings"]
    async with stage.stores.database.read() as connection:
        rows = await connection.execute(select(table.c.status).where(table.c.call_ref == call_ref))
        return sorted(row.status for row in rows)


async def sound(two: Two) -> None:
    """One place in a queue at most, where the session says; one open check at most."""
    session = await two.caller.session()
    rows = await two.caller.stage.stores.waiting.open(two.caller.stage.identity.tenant.id)
    waiting = session.transfer.token if session.transfer is not None else ""
    assert [row.token for row in rows] == ([waiting] if waiting else [])
    open_checks = (await pairings(two.caller.stage, two.caller.ref)).count("pending")
    assert open_checks <= (0 if waiting else 1)


@pytest.mark.parametrize("first", [0, 1])
async def test_the_same_request_at_both(two: Two, first: int) -> None:
    """The carrier repeats itself: the menu's key opens one check, with one code."""
    await two.caller.arrives()
    action = two.caller.document.action
    one, other = await two.race(
        two.caller.asks(action, Digits="1"), two.beside.asks(action, Digits="1"), first=first
    )
    assert one.body == other.body
    assert await pairings(two.caller.stage, two.caller.ref) == ["pending"]
    await sound(two)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(
    ("key", "left"),
    [
        ("0", ["cancelled"]),
        ("1", ["pending"]),
        ("2", ["cancelled", "pending"]),
        ("9", ["cancelled"]),
        ("", ["pending"]),
    ],
)
async def test_the_same_key_of_the_hold_at_both(
    two: Two, key: str, left: list[str], first: int
) -> None:
    """Close, open, extend, show: each once."""
    await two.caller.in_check()
    action = two.caller.document.action
    one, other = await two.race(
        two.caller.asks(action, Digits=key), two.beside.asks(action, Digits=key), first=first
    )
    assert one.body == other.body
    assert await pairings(two.caller.stage, two.caller.ref) == left
    await sound(two)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("key", ["", "0", "1", "2", "9"])
async def test_a_verdict_while_the_carrier_asks(two: Two, key: str, first: int) -> None:
    """The look for a verdict found none yet; it comes, and the other process hears of it."""
    caller, app = two.caller, App(stage=two.caller.stage)
    await caller.in_check()
    asked = await app.confirms(await app.claims(caller))
    chosen = await app.chooses(caller, asked)
    two.gates[0].armed = True
    asking = asyncio.ensure_future(caller.asks(caller.document.action, Digits=key))
    await two._at_its_save(two.gates[0], asking)
    proven = await pairings(caller.stage, caller.ref) == ["pending"]
    if proven:  # else the key has ended the check, and a tap comes too late
        await app.proves(chosen)
    two.gates[1].armed = True
    hearing = asyncio.ensure_future(two.beside.stage.deliver())
    await two._at_its_save(two.gates[1], hearing)
    await two.finish([asking, hearing], first=first)
    await caller.hears(await current(two))
    for _ in range(3):
        if (await caller.session()).wait == "identity":
            await caller.waits()
    await sound(two)
    status = (await caller.session()).identity.status
    assert (status == "complete") is proven


async def current(two: Two) -> str:
    n = (await two.caller.session()).n
    return f"/carriers/twilio/turn?n={n}&resumed=1"


@pytest.mark.parametrize("first", [0, 1])
async def test_news_of_the_app_while_the_carrier_asks(two: Two, first: int) -> None:
    """Progress is not lost with the save that lost: it is heard at the next turn at the latest."""
    caller, app = two.caller, App(stage=two.caller.stage)
    await caller.in_check()
    await app.confirms(await app.claims(caller))
    await two.race(
        caller.asks(caller.document.action, Digits=""), two.beside.stage.deliver(), first=first
    )
    heard = await caller.hears(await current(two))
    for _ in range(3):
        if "選んで" not in heard.said:
            heard = await caller.waits()
    assert "選んで" in heard.said
    await sound(two)


@pytest.mark.parametrize("first", [0, 1])
async def test_a_slow_answer_at_both(two: Two, first: int) -> None:
    """The business's table is asked by both; the call goes on once."""
    await two.caller.arrives()
    await two.caller.presses("3")
    action = two.caller.document.action
    one, other = await two.race(
        two.caller.asks(action, Digits="73519264"),
        two.beside.asks(action, Digits="73519264"),
        first=first,
    )
    assert one.body == other.body
    await sound(two)
