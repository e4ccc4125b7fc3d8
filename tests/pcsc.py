"""A private pcscd with a virtual reader: any PC/SC program then sees our software cards.

pcscd and its driver vpcd run in network, mount and user namespaces of their own, because vpcd
listens on all interfaces. What leaves them lies in one folder: pcscd's socket, which clients find
by PCSCLITE_CSOCK_NAME, and one where connections to the reader's slots are handed out.

Missing programs fail the tests with the command that installs them. Where the kernel refuses the
namespaces, as in most containers, vpcd would be open to whoever reaches this machine: under CI the
container itself is what keeps others out, and pcscd runs beside everything else; elsewhere these
tests are passed over, saying so.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest

from stand_ins.card.card_file import CardFile
from stand_ins.card.software_card import SoftwareCard
from stand_ins.card.vpcd import VirtualSlot

INSTALL: Final = (
    "apt-get install --yes --no-install-recommends "
    "pcscd vsmartcard-vpcd opensc opensc-pkcs11 libpcsclite-dev gcc"
)
INSIDE: Final = Path(__file__).with_name("pcsc_inside.py")
DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SOCKET_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
_APART: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("unshare", "--user", "--map-root-user", "--net", "--mount"): (
        *("nsenter", "--user", "--net", "--preserve-credentials"),
    ),
    ("unshare", "--net", "--mount"): ("nsenter", "--net"),
}
"""What begins the namespaces, and what enters them; the second where only root may."""
_STARTS_WITHIN: Final = 60.0


class ReaderMissing(Exception):
    pass


class VirtualReader:
    """Two slots, empty at first. One for all tests of a process: the PC/SC library remembers
    the first socket that it was told."""

    def __init__(self, begins: Sequence[str]) -> None:
        """`begins` of `_APART`, or nothing where namespaces are refused."""
        needed = ("pcscd", "opensc-tool", "pkcs11-tool", "unshare", "nsenter")
        if any(shutil.which(name) is None for name in needed) or not DRIVER.exists():
            raise ReaderMissing(f"The tests of card readers need: {INSTALL}")
        self.folder = Path(mkdtemp(prefix="kazasu-pcsc-", dir="/tmp"))  # a socket path is short
        (self.folder / "run").mkdir()
        self._doors = self.folder / "slots"
        self._log = (self.folder / "log").open("ab")
        self._enters = _APART.get(tuple(begins), ())
        beside = [] if begins else ["beside"]
        self._running = subprocess.Popen(  # noqa: S603 - our own script, by its path
            [*begins, sys.executable, str(INSIDE), str(self.folder), *beside],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
        )

    @property
    def address(self) -> Path:
        """Where PC/SC programs find pcscd."""
        return self.folder / "run" / "pcscd.comm"

    def wait_until_ready(self) -> None:
        until = time.monotonic() + _STARTS_WITHIN
        while not (self.address.exists() and self._doors.exists()):
            if self._running.poll() is not None or time.monotonic() > until:
                raise ReaderMissing(f"pcscd did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.02)
        self._connected(0).close()

    def stop(self) -> None:
        """The script inside ends with its standard input, also when this process is killed."""
        assert self._running.stdin is not None
        self._running.stdin.close()
        self._running.wait(timeout=60)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def holding(self, file: CardFile, *, slot: int = 0) -> Iterator["CardInReader"]:
        """This card lies on the reader, and pcscd knows it."""
        with self.placed(file, slot=slot) as card:
            self.wait_until_seen(slot, card=True)
            yield card

    @contextlib.contextmanager
    def placed(self, file: CardFile, *, slot: int = 0) -> Iterator["CardInReader"]:
        """This card is put there; after this, pcscd knows that it is gone.

        Otherwise the next card would be taken for the same one, still under power.
        """
        card = CardInReader(self._connected(slot), file)
        try:
            yield card
        finally:
            card.take_away()
            self.wait_until_seen(slot, card=False)

    def wait_until_seen(self, slot: int, *, card: bool) -> None:
        """pcscd looks a few times a second."""
        until = time.monotonic() + _STARTS_WITHIN
        shown = f"{slot}    {'Yes' if card else 'No'} "
        while f"\n{shown}" not in self._list():
            assert time.monotonic() < until, f"not seen: {shown}"
            time.sleep(0.01)

    def environment(self) -> dict[str, str]:
        """For programs that are to use this reader."""
        return {**os.environ, SOCKET_VARIABLE: str(self.address)}

    def _list(self) -> str:
        command = ["opensc-tool", "--list-readers"]
        return subprocess.run(  # noqa: S603 - the distribution's own program
            command, env=self.environment(), capture_output=True, text=True, check=True
        ).stdout

    def inside(self, *command: str) -> list[str]:
        """The command line that runs a program where vpcd listens."""
        if not self._enters:
            return list(command)
        return [*self._enters, "--target", str(self._running.pid), *command]

    def _connected(self, slot: int) -> socket.socket:
        """A connection to a slot. It was made inside, and works from anywhere."""
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(_STARTS_WITHIN)
            door.connect(str(self._doors))
            door.sendall(bytes([slot]))
            _, handles, _, _ = socket.recv_fds(door, 1, 1)
        return socket.socket(fileno=handles[0])


class CardInReader:
    """A software card in a slot; `commands` are those that it was sent."""

    def __init__(self, connection: socket.socket, file: CardFile) -> None:
        self.card = SoftwareCard(file)
        self.commands: list[bytes] = []
        self._connection = connection
        self._slot = VirtualSlot(connection, self.card, file.options, heard=self._hear)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def take_away(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=60)
        self._connection.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # taken away in the middle of an answer
            self._slot.serve()

    def _hear(self, command: bytes, _answer: bytes) -> None:
        self.commands.append(command)


def running_reader() -> Iterator[VirtualReader]:
    """For a session fixture."""
    begins = next((way for way in _APART if _allowed(way)), ())
    if not begins and not os.environ.get("CI"):
        pytest.skip("this kernel refuses the namespaces that keep vpcd off the network")
    reader = VirtualReader(begins)
    try:
        reader.wait_until_ready()
        yield reader
    finally:
        reader.stop()


def _allowed(begins: Sequence[str]) -> bool:
    return subprocess.run([*begins, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed commands
