"""A process as others can tell whether it lives, on this machine or elsewhere."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """This process as others can tell whether it lives: the same words mean the same machine, and
    `since` tells it from a later one of the same `pid`."""

    machine: str
    pid: int
    since: str


def this_process() -> Process:
    """Name, boot and process space of the machine; pid and its start as the kernel counts them."""
    boot = _line("/proc/sys/kernel/random/boot_id")
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    pid = os.getpid()
    return Process(f"{socket.gethostname()} {boot} {space}".strip(), pid, _since(pid))


def _since(pid: int) -> str:
    """Start time in ticks since the boot (proc(5), field 22); "" where there is no such file."""
    return (_line(f"/proc/{pid}/stat").rpartition(")")[2].split() or [""] * 20)[19]


def _line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def is_dead(other: Process, me: Process) -> bool:
    """Only what this machine can see for itself; for others the heartbeat tells."""
    if other.machine != me.machine:
        return False
    try:
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _since(other.pid) != other.since
