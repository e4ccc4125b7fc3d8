"""One address before several processes, as a proxy in front of a deployment behaves.

Every request goes to the next process in turn, by itself: the connection is closed after each
answer. A process that says in `/readyz` that it is not ready gets no new requests; one that cannot
be connected to is passed over. What was answered is written down.
"""

import asyncio
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_HOST: Final = "127.0.0.1"
_LOOK_EVERY: Final = 0.05
_HEAD_END: Final = b"\r\n\r\n"
_CONNECTION: Final = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """`status` 0: the connection ended without an answer. `port`: who was asked, 0 for nobody."""

    port: int
    method: str
    path: str
    status: int


@dataclass(slots=True)
class Balancer:
    """Runs in a thread of its own, beside whatever loop a test has."""

    ports: Sequence[int]
    port: int = 0
    answered: list[Answered] = field(default_factory=list)
    _ready: set[int] = field(default_factory=set)
    _turns: dict[str, int] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _stopped: asyncio.Event | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(up)), daemon=True)
        self._thread.start()
        assert up.wait(30)

    def stop(self) -> None:
        assert self._loop is not None
        assert self._stopped is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(30)

    def of(self, prefix: str, *, since: int = 0) -> list[Answered]:
        return [one for one in self.answered[since:] if one.path.startswith(prefix)]

    async def _serve(self, up: threading.Event) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        looking = [asyncio.create_task(self._look(port)) for port in self.ports]
        server = await asyncio.start_server(self._connected, _HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        up.set()
        await self._stopped.wait()
        server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*looking, *rest, return_exceptions=True)

    async def _look(self, port: int) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection(_HOST, port)
                writer.write(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                ready = b" 200 " in await reader.readline()
                writer.close()
            except OSError:
                ready = False
            (self._ready.add if ready else self._ready.discard)(port)
            await asyncio.sleep(_LOOK_EVERY)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(_HEAD_END)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        line, _, rest = head.partition(b"\r\n")
        method, target, _ = line.decode("ascii").split(" ", 2)
        port, status = 0, 0
        try:
            for port in self._in_turn(target):
                try:
                    back = await asyncio.open_connection(_HOST, port)
                except OSError:
                    continue
                alone = _CONNECTION.sub(b"", b"\r\n" + rest)
                back[1].write(line + b"\r\nconnection: close" + alone)
                status = await _carried((reader, writer), back)
                break
        finally:
            path = target.partition("?")[0]
            self.answered.append(Answered(port=port, method=method, path=path, status=status))
            writer.close()

    def _in_turn(self, target: str) -> list[int]:
        """All that are ready, the next one first; each door has turns of its own."""
        ready = [port for port in self.ports if port in self._ready] or list(self.ports)
        door = target.split("/")[1]
        self._turns[door] = self._turns.get(door, -1) + 1
        first = self._turns[door] % len(ready)
        return [*ready[first:], *ready[:first]]


_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _carried(front: _Ends, back: _Ends) -> int:
    """Bytes both ways until the process ends the connection; the status it answered with."""
    asking = asyncio.create_task(_pump(front[0], back[1]))
    status = 0
    try:
        while piece := await back[0].read(1 << 16):
            status = status or int(piece.split(b" ", 2)[1])
            front[1].write(piece)
            await front[1].drain()
    except (ConnectionError, ValueError, IndexError):
        pass
    finally:
        asking.cancel()
        back[1].close()
    return status


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
        writer.close()  # who asked has left, so nobody waits for more
    except ConnectionError:
        return
