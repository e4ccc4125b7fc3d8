"""One Redis (or Valkey) server as this process reaches it: short calls and a circuit breaker.

What is kept there may be lost at any time, so nothing waits for it long: a call has `call_seconds`
in all, and after a few failures in a row none is tried for a moment (docs/threats.md, F4 to F6).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from stores.redis.lines import Lines

_log = structlog.get_logger()
CALL_SECONDS: Final = 0.3
FAILURES: Final = 3
"""So many in a row open the breaker."""
OPEN_SECONDS: Final = 1.0
"""How long it stays open before one call is let through to see."""
MOST_CONNECTIONS: Final = 100
_NO_ANSWER: Final = (RedisError, OSError, TimeoutError, RuntimeError, ValueError)
"""ValueError: what came back is not of the protocol."""


class RedisAway(ConnectionError):
    """Not reached in time, refused, or not tried because it was away a moment ago. Retryable."""


@dataclass(frozen=True, slots=True)
class Script:
    """One Lua program: read, decide and write in one round trip, with nobody in between."""

    text: str = field(repr=False)
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


class RedisLink:
    """`monotonic` gives seconds. One per process; scripts run by `run`, waiting reads by `wait`."""

    def __init__(
        self, url: str, *, monotonic: Callable[[], float], call_seconds: float = CALL_SECONDS
    ) -> None:
        self._monotonic = monotonic
        self._call_seconds = call_seconds
        # No time of their own: a call has `call_seconds` in all.
        self._short = Lines(_client(url).connection_pool, most=MOST_CONNECTIONS)
        self._waiting = _client(url)
        self._failed = 0
        self._open_until = 0.0
        self._looking = False
        self._hears: Callable[[float, bool], None] = lambda _seconds, _raised: None

    def watch(self, hears: Callable[[float, bool], None]) -> None:
        """Tell somebody the seconds of every call from now on, and if it raised, for metrics."""
        self._hears = hears

    @property
    def is_open(self) -> bool:
        """The breaker: True while the server counts as away."""
        return self._failed >= FAILURES

    async def run(self, script: Script, keys: Sequence[str], *given: str | bytes | int) -> Any:
        """What the script returns. RedisAway."""
        self._may_try()
        began, raised = self._monotonic(), True
        try:
            async with asyncio.timeout(self._call_seconds):
                answer = await self._evaluate(script, keys, given)
        except _NO_ANSWER as error:
            self._note_failure(error)
            raise RedisAway(type(error).__name__) from None
        else:
            raised = False
        finally:
            self._looking = False
            self._hears(self._monotonic() - began, raised)
        self._note_success()
        return answer

    async def wait(self, key: str, after: str, *, seconds: float, at_most: int) -> Any:
        """Entries of a stream that come after `after`, waiting for the first. RedisAway.

        Beside the breaker: who waits here finds out for itself when the server is back.
        """
        try:
            async with asyncio.timeout(seconds + self._call_seconds):
                found = await self._waiting.xread(
                    {key: after}, block=int(seconds * 1000), count=at_most
                )
        except _NO_ANSWER as error:
            raise RedisAway(type(error).__name__) from None
        streams = found.items() if isinstance(found, dict) else found or ()
        return [entry for _, entries in streams for entry in _flat(entries)]

    async def close(self) -> None:
        await self._short.close()
        await self._waiting.aclose()

    async def _evaluate(self, script: Script, keys: Sequence[str], given: Sequence[Any]) -> Any:
        try:
            return await self._short.command("EVALSHA", script.sha, len(keys), *keys, *given)
        except NoScriptError:
            return await self._short.command("EVAL", script.text, len(keys), *keys, *given)

    def _may_try(self) -> None:
        if not self.is_open:
            return
        if self._looking or self._monotonic() < self._open_until:
            raise RedisAway("away a moment ago")
        self._looking = True

    def _note_failure(self, error: Exception) -> None:
        self._failed += 1
        if self.is_open:
            if self._failed == FAILURES:
                _log.error("redis_away", error=type(error).__name__)
            self._open_until = self._monotonic() + OPEN_SECONDS

    def _note_success(self) -> None:
        if self.is_open:
            _log.warning("redis_back")
        self._failed = 0


def _client(url: str) -> "Redis":
    client: Redis = Redis.from_url(
        url,
        protocol=2,
        socket_timeout=None,
        socket_connect_timeout=None,
        max_connections=MOST_CONNECTIONS,
        client_name="kazasu",
        retry=Retry(NoBackoff(), 0),
    )
    return client


def _flat(entries: Any) -> list[Any]:
    """RESP2 gives a list of entries, later protocols a list of such lists."""
    return list(entries)
