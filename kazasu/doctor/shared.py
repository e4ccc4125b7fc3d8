"""Redis, when several processes share it: is it there, and how long does it take."""

import time
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from kazasu.doctor.findings import Finding, problem
from kazasu.settings import Settings

_ASKED: Final = 5
_PART: Final = "redis"


async def redis(settings: Settings) -> list[Finding]:
    """Nothing when it is not used. What it holds is disposable, so only reach and pace count."""
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
    return [
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
