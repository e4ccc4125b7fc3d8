"""A process at another Redis than those that serve is refused, and the doctor finds it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from identity.pairing.policy import PairingPolicy
from kazasu.doctor import shared as doctor
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side, sealing, stores
from kazasu.wiring.processes import sharing
from kazasu.wiring.processes.sharing import REDIS_APART, Beside, RedisParts
from stores.sql.serving import mark
from tests.kazasu.deployment import Deployment
from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[RedisServer, RedisServer]]:
    with redis_server() as one, redis_server() as another:
        yield one, another


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is taken for gone, however busy this computer is."""
    monkeypatch.setattr(mark, "STALE_SECONDS", 3600)
    monkeypatch.setattr(mark, "_SLACK", mark._SLACK / 30)
    monkeypatch.setattr(sharing, "_LOOK_AGAIN", 0.1)


def _settings(there: Deployment, server: RedisServer) -> Settings:
    return load(**there.variables, REDIS_URL=server.url, KAZASU_REDIS_TIMEOUT_MS="5000")


@asynccontextmanager
async def _process(settings: Settings) -> AsyncIterator[Beside]:
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    keys = sealing.keys_of(settings)
    kept = stores.build(
        settings.database(),
        tenant,
        keys,
        result_lives=PairingPolicy().result_lives,
        redis=RedisParts(
            url=settings.redis_url,
            call_seconds=settings.redis_timeout_ms / 1000,
            news=keys.news(),
            counters=keys.counters(),
        ),
    )
    beside = sharing.beside(settings, tenant, kept.database, kept.shared)
    try:
        yield beside
    finally:
        await beside.end()
        await kept.close()


async def _goes_on(beside: Beside) -> None:
    """Its loop, at a pace for tests."""
    assert beside.shared is not None
    while True:
        await beside.shared.say_where()
        await asyncio.sleep(0.02)


async def test_one_at_another_is_refused_and_found(
    deployment: Deployment, two: tuple[RedisServer, RedisServer]
) -> None:
    here, there = (_settings(deployment, server) for server in two)
    async with _process(here) as first, _process(here) as second, _process(there) as apart:
        await first.begin()
        going_on = asyncio.ensure_future(_goes_on(first))
        await second.begin()
        with pytest.raises(BadSettings, match=r"REDIS_URL: .* another Redis"):
            await apart.begin()
        found = await doctor.same_redis(there)
        assert await doctor.same_redis(here) == []
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)
        assert REDIS_APART in apart.problems()
        assert REDIS_APART not in first.problems()
    assert [(f.part, f.state) for f in found] == [("redis", "problem")]
    assert "another Redis" in found[0].says.en
