"""A private Redis for tests: own folder, own socket, no network, nothing written to disk.

Missing binaries fail the tests with the command that installs them.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

INSTALL: Final = "apt-get install --yes --no-install-recommends redis-server"
_STARTS_WITHIN: Final = 60.0
_TABLES: Final = 2 * (24 + 12)
"""Bytes of a key in both tables, of keys and of when they expire: an entry, and its place."""


class RedisMissing(Exception):
    pass


class RedisServer:
    """Killed, it has forgotten everything when it starts again. `more` is its command line's."""

    def __init__(self, *more: str) -> None:
        self._more = more
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        if found is None:
            raise RedisMissing(f"Redis is needed for the tests and not installed: {INSTALL}")
        self._program = found
        self.folder = Path(mkdtemp(prefix="kazasu-redis-", dir="/tmp"))  # a socket path is short
        self._socket = self.folder / "socket"
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        given = ["--port", "0", "--unixsocket", str(self._socket), "--dir", str(self.folder)]
        given += ["--save", "", "--appendonly", "no", "--unixsocketperm", "700", *self._more]
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603  # the distribution's own program
                [self._program, *given], stdout=log, stderr=log
            )
        until = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            assert self._running.poll() is None, (self.folder / "log").read_text("utf-8")
            assert time.monotonic() < until, "Redis does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9, and gone when this returns."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def pause(self) -> None:
        """It takes connections and answers nobody, until `go_on`."""
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGCONT)

    def used_memory(self) -> int:
        """Bytes, of all keys with what is in them, and of their entries in its two tables. The
        tables themselves grow by doubling, and connections take 20 kB each: of `used_memory` as a
        whole a few hundred keys say nothing."""
        lines = self.says("INFO").decode().splitlines()
        told = dict(line.split(":", 1) for line in lines if ":" in line)
        keys = int(re.findall(r"keys=(\d+)", told.get("db0", "keys=0"))[0])
        return int(told["used_memory_dataset"]) + keys * _TABLES

    def says(self, *words: str) -> bytes:
        """The answer to one command, as it comes over the wire."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(5)
            asked.connect(str(self._socket))
            parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
            asked.sendall(f"*{len(words)}\r\n{''.join(parts)}".encode())
            answer = asked.recv(1 << 20)
            asked.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                while more := asked.recv(1 << 20):
                    answer += more
            return answer

    def empty(self) -> None:
        assert self.says("FLUSHALL").startswith(b"+OK")

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            return self.says("PING").startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def redis_server(*more: str) -> Iterator[RedisServer]:
    server = RedisServer(*more)
    try:
        server.start()
        yield server
    finally:
        server.stop()
