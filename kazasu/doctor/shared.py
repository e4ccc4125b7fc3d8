"""Redis, when several processes share it: is it there, and how long does it take."""

import time
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from kazasu.doctor.findings import Finding, problem
from kazasu.settings import Settings
from kazasu.wiring import sealing
from stores.redis.counters import birth_key, mark_of
from stores.sql.database import Database
from stores.sql.serving.mark import RedisMark

_ASKED: Final = 5
_PART: Final = "redis"


async def redis(settings: Settings) -> list[Finding]:
    """Nothing when it is not used. What it holds is disposable and sealed: reach and pace count,
    and that nobody else empties it."""
    if not settings.redis_url:
        return []
    limit = settings.redis_timeout_ms / 1000
    client: Redis = Redis.from_url(
        settings.redis_url, socket_timeout=limit, socket_connect_timeout=limit
    )
    try:
        slowest = 0.0
        for _ in range(_ASKED):
            began = time.perf_counter()
            await client.ping()
            slowest = max(slowest, time.perf_counter() - began)
    except (RedisError, OSError, TimeoutError) as error:
        says = f"cannot be reached within {settings.redis_timeout_ms} ms ({type(error).__name__})"
        do = (
            "check REDIS_URL, and that the server runs and lets this user in; calls go on meanwhile"
        )
        return [problem(_PART, says, f"{do}, apps may not claim")]
    finally:
        await client.aclose()
    late = slowest > limit / 3
    found = [
        Finding(
            part=_PART,
            state="warning" if late else "ok",
            says=f"answers, slowest of {_ASKED} after {slowest * 1000:.0f} ms",
            do="bring it nearer: a webhook asks it twice, and gives up after "
            f"{settings.redis_timeout_ms} ms"
            if late
            else "",
        )
    ]
    if not is_near(settings.redis_url) and await lets_anybody_in(settings.redis_url, within=limit):
        says = "answers without a password, and is not on this machine: who reaches it can empty it"
        do = "give it users as docker/redis-users.acl does, and REDIS_URL one of them"
        found.append(Finding(part=_PART, state="warning", says=says, do=do))
    return found


def is_near(url: str) -> bool:
    """On this machine: a socket, or the loopback."""
    parts = urlsplit(url)
    if parts.scheme == "unix" or parts.hostname in (None, "localhost"):
        return True
    try:
        return ip_address(str(parts.hostname)).is_loopback
    except ValueError:
        return False


async def lets_anybody_in(url: str, *, within: float) -> bool:
    """Whether a client without name and password may read; no answer counts as no."""
    client: Redis = Redis.from_url(
        _without_credentials(url), socket_timeout=within, socket_connect_timeout=within
    )
    try:
        await client.exists("kazasu:")
    except (RedisError, OSError, TimeoutError):
        return False
    finally:
        await client.aclose()
    return True


def _without_credentials(url: str) -> str:
    """They may stand before the host and in the query."""
    address, _, query = url.partition("?")
    scheme, _, rest = address.partition("://")
    kept = [(k, v) for k, v in parse_qsl(query) if k not in ("username", "password")]
    return f"{scheme}://{rest.rpartition('@')[2]}?{urlencode(kept)}"


async def same_redis(settings: Settings) -> list[Finding]:
    """Whether the processes that serve are at the Redis that is set here. What cannot be asked is
    a finding of another part."""
    if not settings.redis_url:
        return []
    limit = settings.redis_timeout_ms / 1000
    client: Redis = Redis.from_url(
        settings.redis_url, socket_timeout=limit, socket_connect_timeout=limit
    )
    database = Database(settings.database(), pool_size=1)
    try:
        born = await client.get(birth_key(settings.tenant))
        mark = mark_of(
            sealing.keys_of(settings).counters(), born if isinstance(born, bytes) else b""
        )
        apart = await RedisMark(database, settings.tenant).others_say(mark)
    except (RedisError, SQLAlchemyError, OSError):
        return []
    finally:
        await client.aclose()
        await database.close()
    says = "the processes that serve are at another Redis than REDIS_URL names here"
    return [problem(_PART, says, "give all of them, and this command, the same")] if apart else []
