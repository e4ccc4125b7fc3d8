"""Redis goes away in the middle of a call: killed, standing still, or back with nothing.

Never a wrong verdict, and the caller always has something to hear (docs/threats.md, F4 to F6).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from stores.redis.link import RedisLink
from stores.redis.sessions import RedisSessions
from stores.sql.sessions import SqlSessions
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.lost.test_lost_sessions import reaches_a_person
from tests.ivr.live_calls.stage import Caller, Stage, unhurried
from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
async def over_redis(stage: Stage, redis: RedisServer) -> AsyncIterator[Stage]:
    near = stage.stores.sessions
    assert isinstance(near, SqlSessions)
    loop = asyncio.get_running_loop()
    link = RedisLink(redis.url, monotonic=loop.time, call_seconds=1.0)
    sessions = RedisSessions(link, near._sealer, near, life=near.life)
    kept = replace(stage.stores, sessions=sessions)
    phone = unhurried(stage.parts, stage.identity, kept)
    yield replace(stage, stores=kept, phone=phone)
    await phone.background.close()
    await link.close()


@pytest.fixture(params=["kill", "pause", "empty"])
def fault(request: pytest.FixtureRequest, redis: RedisServer) -> Iterator[str]:
    """What is to happen to Redis; afterwards it runs again, empty."""
    yield request.param
    if request.param == "kill":
        redis.start()
    elif request.param == "pause":
        redis.go_on()
    redis.empty()


async def moved(caller: Caller) -> bool:
    return (await caller.row()).session_moved


async def test_in_the_hold(over_redis: Stage, redis: RedisServer, fault: str) -> None:
    caller = over_redis.caller()
    await caller.in_check()
    getattr(redis, fault)()
    heard = await caller.waits()
    await reaches_a_person(caller, heard)
    assert await moved(caller) is (fault != "empty")
    again = await caller.hears(f"/carriers/twilio/turn?n={await n_of(caller, redis, fault)}")
    assert again.token == heard.token  # the same document, now from where it was saved


async def n_of(caller: Caller, redis: RedisServer, fault: str) -> int:
    """The step that the last document consumed. A paused server is back by then, with a session
    of before: nobody reads it again."""
    if fault == "pause":
        redis.go_on()
    row = await caller.row()
    stored = await caller.stage.stores.sessions.load(
        row.tenant, row.call_ref, moved=row.session_moved
    )
    assert stored is not None
    number = stored.body["n"]
    assert isinstance(number, int)
    return number - 1


async def test_after_a_verdict(over_redis: Stage, redis: RedisServer, fault: str) -> None:
    caller = over_redis.caller()
    await caller.in_check()
    await App(stage=over_redis).verifies(caller)
    getattr(redis, fault)()
    await reaches_a_person(caller, await caller.waits())
    waiting = await caller.waiting()
    assert waiting is not None
    pop = await over_redis.phone.pop.by_token(waiting.tenant, waiting.token)
    assert pop is not None
    assert (pop.status, pop.identity_level) == ("complete", "id_card_auth")


async def test_in_a_talk(over_redis: Stage, redis: RedisServer, fault: str) -> None:
    caller = over_redis.caller()
    await caller.arrives()
    await caller.presses("0")
    getattr(redis, fault)()
    assert (await caller.leaves_queue("bridged")).verbs == ["Say", "Hangup"]


async def test_a_new_call_has_the_whole_dialogue(
    over_redis: Stage, redis: RedisServer, fault: str
) -> None:
    getattr(redis, fault)()
    caller = over_redis.caller()
    await caller.in_check()
    await App(stage=over_redis).verifies(caller)
    heard = await caller.waits()
    assert heard.verbs[-1] == "Enqueue"
    assert await moved(caller) is (fault != "empty")
