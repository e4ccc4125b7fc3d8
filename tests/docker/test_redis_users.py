"""T31: what the users of docker/redis-users.acl may do: the service its work, others a ping."""

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from kazasu.doctor import shared
from kazasu.settings.model import Settings
from stores.redis.counters import RedisCounters
from stores.redis.link import RedisLink
from stores.redis.news import RedisFeed
from stores.redis.sessions import RedisSessions
from stores.sql.database import Database
from stores.sql.sealing import Sealer
from stores.sql.sessions import SqlSessions
from tests.docker.files import DOCKER
from tests.redis_server import RedisServer, redis_server

pytestmark = pytest.mark.xdist_group("redis users")
TENANT = "main"
PASSWORD = "f00dfeed" * 6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    users = tmp_path_factory.mktemp("users") / "redis_users"
    hashed = sha256(PASSWORD.encode()).hexdigest()
    template = (DOCKER / "redis-users.acl").read_text(encoding="utf-8")
    users.write_text(template.replace("PASSWORD_SHA256", hashed), encoding="utf-8")
    with redis_server("--aclfile", str(users)) as started:
        yield started


def _url(server: RedisServer) -> str:
    return f"unix://kazasu:{quote(PASSWORD)}@{server.url.removeprefix('unix://')}"


async def test_the_service_can_do_all_its_work(server: RedisServer, tmp_path: Path) -> None:
    monotonic = asyncio.get_running_loop().time
    link = RedisLink(_url(server), monotonic=monotonic, call_seconds=20.0)
    sealer = Sealer(lambda _tenant: b"k" * 32)
    database = Database(f"sqlite:///{tmp_path / 'unused.db'}")
    sessions = RedisSessions(link, sealer, SqlSessions(database, sealer), life="a")
    counters = RedisCounters(
        link, tenant=TENANT, key=b"k" * 32, monotonic=monotonic, settle_seconds=0
    )
    feed = RedisFeed(link, sealer, tenant=TENANT)
    try:
        await sessions.beat(TENANT)
        assert await sessions.save(TENANT, "call-1", {"n": 1}, expected=0, asked=True)
        kept = await sessions.load(TENANT, "call-1")
        assert kept is not None
        assert kept.body == {"n": 1}
        await counters.settle()
        assert await counters.add("app", window_seconds=60) == 1
        assert await counters.count("app", window_seconds=60) == 1
        following = await feed.follow("desk", None)
        await feed.publish("desk", "offer", {})
        assert (await anext(following)).kind == "offer"
        await sessions.leave(TENANT)
    finally:
        await feed.close()
        await link.close()
        await database.close()


@pytest.mark.parametrize(
    "command",
    [
        ("FLUSHALL",),
        ("CONFIG", "GET", "*"),
        ("KEYS", "*"),
        ("GET", "another:key"),
        ("DEL", "kazasu:{main}:x"),
        ("EVAL", "return redis.call('GET', 'another:key')", "0"),
    ],
    ids=" ".join,
)
async def test_and_nothing_more(server: RedisServer, command: tuple[str, ...]) -> None:
    client: Redis = Redis.from_url(_url(server))
    try:
        with pytest.raises(ResponseError, match=r"(?i)no permissions|can't access"):
            await client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis's own
    finally:
        await client.aclose()


async def test_without_the_password_one_may_ping_and_no_more(server: RedisServer) -> None:
    client: Redis = Redis.from_url(server.url)
    wrong: Redis = Redis.from_url(_url(server).replace(PASSWORD, "wrong"))
    try:
        assert await client.ping()
        with pytest.raises(NoPermissionError):
            await client.get("kazasu:{main}:x")
        with pytest.raises(RedisError, match="invalid username-password"):
            await wrong.ping()
    finally:
        await client.aclose()
        await wrong.aclose()


async def test_the_doctor_tells_the_one_that_asks_for_a_password_from_the_one_that_does_not(
    server: RedisServer,
) -> None:
    assert not await shared.lets_anybody_in(_url(server), within=20.0)
    with redis_server() as another:
        assert await shared.lets_anybody_in(another.url, within=20.0)


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("unix:///run/redis.sock", True),
        ("redis://127.0.0.1:6379/0", True),
        ("redis://u:p@[::1]/0", True),
        ("redis://localhost", True),
        ("redis://redis:6379/0", False),
        ("rediss://u:p@192.0.2.7/0", False),
    ],
)
def test_what_is_on_this_machine(url: str, near: bool) -> None:
    assert shared.is_near(url) is near


async def test_a_far_one_that_lets_anybody_in_is_a_warning(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settings(url: str) -> Settings:
        return Settings.model_construct(redis_url=url, redis_timeout_ms=20_000)

    with redis_server() as another:
        (near,) = await shared.redis(settings(another.url))
        monkeypatch.setattr(shared, "is_near", lambda _url: False)
        far = await shared.redis(settings(another.url))
    guarded = await shared.redis(settings(_url(server)))
    assert near.state == "ok"
    assert [(f.part, f.state) for f in far] == [("redis", "ok"), ("redis", "warning")]
    assert "without a password" in far[1].says.en
    assert [f.state for f in guarded] == ["ok"]
