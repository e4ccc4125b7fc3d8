"""kill -9 at a named point: before what is being written reaches its server, or after it has and
before its answer reaches the process (F1).

The process that dies is the one whose connection it is.
"""

import os
import signal
import struct
from asyncio import StreamWriter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_INET, inet_pton
from typing import Final, Literal

from tests.chaos.wires.weather import Way
from tests.chaos.wires.writes import EARS, WRITES, Ear, Writes

When = Literal["before", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    when: When
    write: str

    @property
    def name(self) -> str:
        return f"{self.when} {self.write}"


_WHENS: Final[tuple[When, ...]] = ("before", "after")
POINTS: Final = tuple(Point(when=when, write=write) for write in WRITES for when in _WHENS)


@dataclass(slots=True, kw_only=True)
class Killer:
    """`skip` such writes pass first. `met` is emptied by whoever arms it anew."""

    point: Point | None = None
    skip: int = 0
    pids: Sequence[int] = ()
    met: str = ""

    def arm(self, point: Point | None, *, skip: int = 0, pids: Sequence[int] = ()) -> None:
        self.point, self.skip, self.pids, self.met = point, skip, pids, ""

    def strikes(self, when: When, writes: Writes, ends: StreamWriter) -> bool:
        """Whether somebody was killed: nothing of this connection goes on then."""
        if self.point is None or self.point.when != when or self.point.write not in writes:
            return False
        if self.skip:
            self.skip -= 1
            return False
        pid = owner(ends, self.pids)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.met, self.point = self.point.name, None
        return True


@dataclass(slots=True)
class Listening:
    """Beside one connection of a wire: `passes` is asked of each piece before it goes on."""

    killer: Killer
    ear: Ear
    client: StreamWriter
    _asked: Writes = field(default_factory=frozenset)

    def passes(self, way: Way, piece: bytes) -> bool:
        if way == "there":
            self._asked = self.ear.there(piece) or self._asked
            return not self.killer.strikes("before", self._asked, self.client)
        asked, self._asked = self._asked, frozenset()
        return not self.killer.strikes("after", asked, self.client)


def listening(wire: str, killer: Killer | None, client: StreamWriter) -> Listening | None:
    ear = EARS.get(wire)
    return None if killer is None or ear is None else Listening(killer, ear(), client)


def owner(client: StreamWriter, pids: Sequence[int]) -> int | None:
    """Which of these processes has the other end of this loopback connection."""
    theirs, ours = client.get_extra_info("peername"), client.get_extra_info("sockname")
    if not theirs or not ours:
        return None
    inode = _inode(theirs[:2], ours[:2])
    return next((pid for pid in pids if inode and inode in _sockets(pid)), None)


def _inode(local: tuple[str, int], remote: tuple[str, int]) -> str | None:
    """/proc/net/tcp gives addresses in the byte order of this computer."""
    wanted = [_hex(local), _hex(remote)]
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[1:3] == wanted:
            return words[9]
    return None


def _hex(address: tuple[str, int]) -> str:
    (number,) = struct.unpack("=I", inet_pton(AF_INET, address[0]))
    return f"{number:08X}:{address[1]:04X}"


def _sockets(pid: int) -> set[str]:
    return set(_inodes(Path(f"/proc/{pid}/fd")))


def _inodes(folder: Path) -> Iterator[str]:
    with suppress(OSError):  # it has ended
        for one in folder.iterdir():
            with suppress(OSError):
                name = str(one.readlink())
                if name.startswith("socket:["):
                    yield name[len("socket:[") : -1]
