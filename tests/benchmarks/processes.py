"""Servers as processes, and what they cost: CPU and memory of the whole tree, from /proc."""

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """`began` is when the process was asked for, on the clock that only counts on."""

    pid: int
    port: int
    began: float
    process: "subprocess.Popen[str]" = field(repr=False)

    def cpu(self) -> float:
        """Seconds of user and system time of the process and all its children, so far."""
        return sum(_cpu(pid) for pid in _tree(self.pid))

    def memory(self) -> float:
        """MiB that are its own: proportional set size."""
        return sum(_pss(pid) for pid in _tree(self.pid)) / 1024


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[Started]:
    """Until it says on which port it listens; ended afterwards."""
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  # our own programs, and the peer's
        list(command), env=dict(environment), cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Started(pid=process.pid, port=_port(process), began=began, process=process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: "subprocess.Popen[str]") -> int:
    """Read by a thread, which goes on reading: a full pipe would stop the server."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    output = process.stdout

    def read() -> None:
        for line in output:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said: list[str] = []
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end and (line := lines.get(timeout=_STARTS_WITHIN)):
        said.append(line)
        if line.startswith("{") and "port" in (told := json.loads(line)):
            return int(told["port"])
    raise RuntimeError("it did not start: " + "".join(said)[-2000:])


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        children = Path(f"/proc/{one}/task/{one}/children")
        found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def _cpu(pid: int) -> float:
    """Of its threads to the nanosecond where the kernel tells, else in its ticks."""
    try:
        threads = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
        exact = sum(int(one.read_text().split()[0]) for one in threads) / 1e9
    except (OSError, ValueError):
        exact = 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own, ended = (sum(int(ticks) for ticks in fields[n : n + 2]) / _TICK for n in (11, 13))
    return (exact or own) + ended


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
