"""Connections of this process to Redis, kept for one command at a time.

The library's own connections and its protocol; of its client only the layers around each command
(a lock, retries, records for a telemetry that is off) are left out. They cost as much again as the
command itself, and every webhook has two.
"""

from collections.abc import Sequence
from typing import Any, Final

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

_CLOSED: Final = (RedisConnectionError, RuntimeError)
"""Using a connection that the server has closed; the second is uvloop's word for it."""


class Lines:
    """`pool` says how connections are made, and is used for nothing else; `most` at one time."""

    def __init__(self, pool: ConnectionPool, *, most: int) -> None:
        self._pool = pool
        self._most = most
        self._in_use = 0
        self._free: list[AbstractConnection] = []

    async def command(self, *words: str | bytes | int) -> Any:
        """The answer. What is raised is the library's; whoever gives up waiting cancels.

        A line that was kept and turns out to be closed (a restart, say) is replaced at once.
        """
        if self._in_use >= self._most:
            raise RedisConnectionError("too many connections")
        self._in_use += 1
        try:
            line = self._free.pop() if self._free else None
            if line is not None:
                try:
                    return await self._asked(line, words)
                except _CLOSED:
                    pass
            return await self._asked(self._pool.make_connection(), words)  # type: ignore[no-untyped-call]  # the library says nothing
        finally:
            self._in_use -= 1

    async def close(self) -> None:
        while self._free:
            await self._free.pop().disconnect()

    async def _asked(self, line: AbstractConnection, words: Sequence[str | bytes | int]) -> Any:
        """A line is kept when its answer was read whole, and never with one still to come."""
        whole = False
        try:
            if not line.is_connected:
                await line.connect()  # type: ignore[no-untyped-call]  # as above
            await line.send_packed_command(line.pack_command(*words), check_health=False)
            try:
                answer = await line.read_response()
            except ResponseError:
                whole = True
                raise
            whole = True
            return answer
        finally:
            if whole and line.is_connected:
                self._free.append(line)
            else:
                await line.disconnect(nowait=True)
