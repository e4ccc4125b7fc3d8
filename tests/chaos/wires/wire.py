"""One wire: listens on loopback, carries every connection to its server, spoils what it carries.

TCP on our side; the server is a TCP port of this computer or a Unix socket. Each connection and
each way of it draws from a generator of its own, made from the seed and the connection's number.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.chaos.wires.killer import Killer, Listening, listening
from tests.chaos.wires.weather import CLEAR, Then, Way, Weather, fate

LOOPBACK: Final = "127.0.0.1"
LARGEST_PIECE: Final = 64 * 1024
_LINGER_NOT_AT_ALL: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`socket` is a Unix socket; without one, `port` on loopback."""

    port: int = 0
    socket: Path | None = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.socket is not None:
            return await asyncio.open_unix_connection(self.socket)
        return await asyncio.open_connection(LOOPBACK, self.port)


@dataclass(slots=True)
class Counted:
    """How many connections there were, and how many pieces did not pass as they came."""

    connections: int = 0
    pieces: int = 0
    harmed: int = 0


@dataclass(slots=True, eq=False)
class _Ends:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    listening: Listening | None = None

    def reset(self) -> None:
        for end in (self.client, self.server):
            if end is not None:
                _reset(end)

    async def gone(self) -> None:
        for end in (self.client, self.server):
            if end is not None:
                end.close()
                with suppress(OSError):
                    await end.wait_closed()


@dataclass(slots=True, kw_only=True)
class Wire:
    """`open` listens; `turn` changes the weather for everything from now on; `cut` resets all.

    With several targets each connection goes to the next of them, or to whichever is there. On
    wires that it knows by `name` the `killer` may strike.
    """

    targets: tuple[Target, ...]
    seed: int
    name: str = ""
    killer: Killer | None = None
    weather: Weather = CLEAR
    counted: Counted = field(default_factory=Counted)
    _server: asyncio.Server | None = None
    _ends: set[_Ends] = field(default_factory=set)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)
    _turned: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> int:
        """The port that is listened on."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def turn(self, weather: Weather) -> None:
        self.weather = weather
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()

    def sow(self, seed: int) -> None:
        """From here on as if newly made: connections are counted from 1 again."""
        self.seed, self.counted = seed, Counted()

    def cut(self) -> None:
        for ends in list(self._ends):
            ends.reset()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        while self._serving:
            await asyncio.wait(self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counted.connections += 1
        number = self.counted.connections
        ends = _Ends(writer, listening=listening(self.name, self.killer, writer))
        self._ends.add(ends)
        this = asyncio.current_task()
        assert this is not None
        self._serving.add(this)
        try:
            if self.weather.refused:
                return ends.reset()
            while self.weather.black_hole:
                await self._turned.wait()
            from_server, ends.server = await self._reach(number)
            await asyncio.gather(
                self._carry("there", reader, ends.server, ends, Random(f"{self.seed}:{number}:>")),
                self._carry("back", from_server, writer, ends, Random(f"{self.seed}:{number}:<")),
            )
        except OSError:
            ends.reset()  # the server is away, or one of the two has reset
        finally:
            self._ends.discard(ends)
            self._serving.discard(this)
            await ends.gone()

    async def _reach(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        first = number % len(self.targets)
        for target in (*self.targets[first:], *self.targets[:first]):
            with suppress(OSError):
                return await target.open()
        raise ConnectionRefusedError

    async def _carry(
        self,
        way: Way,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        ends: _Ends,
        random: Random,
    ) -> None:
        while piece := await source.read(LARGEST_PIECE):
            if ends.listening is not None and not ends.listening.passes(way, piece):
                return ends.reset()
            done = fate(self.weather, piece, random)
            self.counted.pieces += 1
            self.counted.harmed += done.harmed(piece)
            if done.delay:
                await asyncio.sleep(done.delay)
            while self.weather.keeps(way):
                await self._turned.wait()
            sink.write(done.piece)
            await sink.drain()
            if done.then is Then.RESET:
                return ends.reset()
            if done.then is Then.HALF_CLOSE:
                break
            if done.then is Then.CLOSE:
                ends.client.close()
                sink.close()
                return None
        if sink.can_write_eof():
            sink.write_eof()
        return None


def _reset(end: asyncio.StreamWriter) -> None:
    """RST instead of FIN where there is such a thing: what was not yet read is lost."""
    given = end.get_extra_info("socket")
    if given is not None and given.family == socket.AF_INET:
        with suppress(OSError):
            given.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
    end.transport.abort()
