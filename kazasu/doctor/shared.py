"""Redis, when several processes share it: is it there, and how long does it take."""

import time
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from kazasu.doctor.findings import NOTHING, Finding, Part, problem
from kazasu.settings.model import Settings
from kazasu.wiring import sealing
from stores.redis.counters import birth_key, mark_of
from stores.sql.database import Database
from stores.sql.serving.mark import RedisMark

_ASKED: Final = 5
_PART: Final[Part] = "redis"


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
        return [_away(settings, type(error).__name__)]
    finally:
        await client.aclose()
    found = [_pace(settings, slowest, late=slowest > limit / 3)]
    if not is_near(settings.redis_url) and await lets_anybody_in(settings.redis_url, within=limit):
        found.append(_OPEN)
    return found


def _away(settings: Settings, kind: str) -> Finding:
    within = settings.redis_timeout_ms
    return problem(
        _PART,
        Bilingual(
            en=f"cannot be reached within {within} ms ({kind})",
            ja=f"{within} ミリ秒以内に応答がありません({kind})",
        ),
        Bilingual(
            en="check REDIS_URL, and that the server runs and lets this user in; calls go on "
            "meanwhile, apps may not claim",
            ja="REDIS_URL と、サーバーが動いていてこのユーザーで入れることを確かめてください。"
            "その間も通話は続きますが、アプリはコードを使えません",
        ),
    )


def _pace(settings: Settings, slowest: float, *, late: bool) -> Finding:
    slow = f"{slowest * 1000:.0f}"
    do = Bilingual(
        en="bring it nearer: a webhook asks it twice, and gives up after "
        f"{settings.redis_timeout_ms} ms",
        ja="近くに置いてください。Webhook ごとに二度問い合わせ、"
        f"{settings.redis_timeout_ms} ミリ秒で諦めます",
    )
    return Finding(
        part=_PART,
        state="warning" if late else "ok",
        says=Bilingual(
            en=f"answers, slowest of {_ASKED} after {slow} ms",
            ja=f"応答しています。{_ASKED} 回のうち最も遅いもので {slow} ミリ秒",
        ),
        do=do if late else NOTHING,
    )


_OPEN: Final = Finding(
    part=_PART,
    state="warning",
    says=Bilingual(
        en="answers without a password, and is not on this machine: who reaches it can empty it",
        ja="パスワードなしで応答し、しかも別のマシンにあります。届く人なら誰でも中身を消せます",
    ),
    do=Bilingual(
        en="give it users as docker/redis-users.acl does, and REDIS_URL one of them",
        ja="docker/redis-users.acl のようにユーザーを作り、REDIS_URL にその一人を書いてください",
    ),
)


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
    return [_APART] if apart else []


_APART: Final = problem(
    _PART,
    Bilingual(
        en="the processes that serve are at another Redis than REDIS_URL names here",
        ja="動いているプロセスは、ここの REDIS_URL とは別の Redis を使っています",
    ),
    Bilingual(
        en="give all of them, and this command, the same",
        ja="すべてのプロセスとこのコマンドに、同じ REDIS_URL を設定してください",
    ),
)
