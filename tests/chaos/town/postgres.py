"""A PostgreSQL that can be killed, stopped and started again, by the ids of its own processes."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from tests.postgres import Cluster

_PATIENCE: Final = 30.0


class FragileCluster(Cluster):
    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    def over(self, url: str, port: int) -> str:
        """The same database by way of a port on loopback."""
        name = make_url(url).database
        return f"postgresql://postgres@127.0.0.1:{port}/{name}"

    def copy(self, url: str) -> str:
        """A new database that begins as the one of this URL; nobody may be connected there."""
        fresh = self.database()
        old, new = make_url(url).database, make_url(fresh).database
        self._psql(f"DROP DATABASE {new}", f"CREATE DATABASE {new} TEMPLATE {old}")
        return fresh

    def drop(self, url: str) -> None:
        self._psql(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _psql(self, *commands: str) -> None:
        each = [word for command in commands for word in ("-c", command)]
        self._run("psql", "-q", "-h", str(self.folder), "-U", "postgres", "postgres", *each)

    def kill(self) -> None:
        """kill -9 of all of it, and gone when this returns."""
        processes = self._processes()
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + _PATIENCE
        while any(_lives(pid) for pid in processes):
            assert time.monotonic() < until, "PostgreSQL does not die"
            time.sleep(0.02)

    def start_again(self) -> None:
        """After a kill: recovery from what was durable."""
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=200"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        for attempt in range(10):  # the kernel may still be clearing up its shared memory
            try:
                self._run("pg_ctl", "-D", data, "-w", "-t", "30", "-l", log, "-o", options, "start")
            except subprocess.CalledProcessError:
                if attempt == 9:
                    raise
                time.sleep(0.2)
            else:
                return

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for pid in self._processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _processes(self) -> list[int]:
        """The postmaster first, then its children."""
        pid_file = self.folder / "data" / "postmaster.pid"
        if not pid_file.exists():
            return []
        first = int(pid_file.read_text(encoding="ascii").split()[0])
        return [first, *(pid for pid in _all_processes() if _parent(pid) == first)]


def _all_processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def _lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
