"""What `tests/pcsc.py` runs in namespaces: pcscd, and a door to the reader's slots.

Ends with its standard input.
"""

import fcntl
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

PLACE: Final = Path("/run/pcscd")
PORT: Final = 35963
READER: Final = f"""FRIENDLYNAME "Virtual reader"
DEVICENAME /dev/null:{PORT}
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID {PORT}
"""
_SIOCSIFFLAGS: Final = 0x8914
_UP_AND_RUNNING: Final = 0x41


def main(folder: Path, *, apart: bool) -> None:
    """`apart`: in namespaces of its own, where pcscd's place and the loopback are still to come."""
    settings = folder / "readers"
    settings.mkdir()
    (settings / "vpcd").write_text(READER)
    if apart:
        loopback_up()
        own_place(folder / "run")
    else:
        PLACE.mkdir(exist_ok=True)
        (folder / "run" / "pcscd.comm").symlink_to(PLACE / "pcscd.comm")
    command = ["pcscd", "--foreground", "--error", "-c", str(settings)]
    pcscd = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - a fixed command
    threading.Thread(target=hand_out, args=(folder / "slots",), daemon=True).start()
    sys.stdin.read()
    pcscd.terminate()
    pcscd.wait()


def own_place(folder: Path) -> None:
    """pcscd's place is compiled in: this namespace gets a /run of its own, the folder in it."""
    for command in (
        ["mount", "-t", "tmpfs", "tmpfs", "/run"],
        ["mkdir", str(PLACE)],
        ["mount", "--bind", str(folder), str(PLACE)],
    ):
        subprocess.run(command, check=True)  # noqa: S603 - fixed commands


def loopback_up() -> None:
    with socket.socket() as any_socket:
        request = struct.pack("16sh14s", b"lo", _UP_AND_RUNNING, b"")
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def hand_out(place: Path) -> None:
    """Whoever sends a slot's number gets a connection to it."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{place}.new")
        door.listen()
        Path(f"{place}.new").rename(place)
        while True:
            asker, _ = door.accept()
            with asker:
                slot = asker.recv(1)
                if slot:
                    with connected(PORT + slot[0]) as connection:
                        socket.send_fds(asker, [b"."], [connection.fileno()])


def connected(port: int) -> socket.socket:
    """vpcd listens a moment after pcscd has begun."""
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=None)
        except ConnectionRefusedError:
            time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), apart="beside" not in sys.argv[2:])
