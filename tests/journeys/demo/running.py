"""A demo as anybody starts it: `kazasu demo`, in a folder of its own, on a free port."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kazasu.demo.outcomes import offer_keyed_codes
from kazasu.demo.place import Place

ROOT: Final = Path(__file__).parents[3]
SPEED: Final = "60"
STOPS_WITHIN: Final = 60.0
CALL_ENDS_WITHIN: Final = 120.0
COMMAND: Final = (sys.executable, "-m", "kazasu.cli.main", "demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    place: Place
    flows: Path
    process: "subprocess.Popen[str]"

    @property
    def addresses(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.place.running.read_text(encoding="utf-8"))
        return found

    @property
    def base(self) -> str:
        return str(self.addresses["base"])

    def stop(self) -> int:
        """SIGTERM; the exit status. TimeoutExpired when it does not end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS_WITHIN)

    async def call(self, card: str, mode: str) -> tuple[int, dict[str, Any]]:
        """`kazasu demo call --json`: exit status, and what its last line says, if anything."""
        command = (*COMMAND, "call", "--card", card, "--mode", mode, "--json")
        running = await asyncio.create_subprocess_exec(
            *command,
            *("--data", str(self.place.folder)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
        )
        async with asyncio.timeout(CALL_ENDS_WITHIN):
            said, _ = await running.communicate()
        assert running.returncode is not None
        lines = said.decode().strip().splitlines()
        return running.returncode, json.loads(lines[-1]) if lines else {}


def start(folder: Path, *, certificates: Path | None = None) -> Demo:
    """Up when this returns. Its flows are a copy, so that a test may edit them.

    `certificates` of another demo save making them anew.
    """
    flows = folder / "flows"
    shutil.copytree(ROOT / "flows", flows)
    offer_keyed_codes(flows)
    place = Place(folder=folder / "demo")
    if certificates is not None:
        shutil.copytree(certificates, place.pki)
    command = (*COMMAND, "--port", "0", "--data", str(place.folder), "--flows", str(flows))
    process = subprocess.Popen(  # noqa: S603  # our own program
        (*command, "--speed", SPEED, "--keyed-codes"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("→ open"):
            return Demo(place=place, flows=flows, process=process)
    raise AssertionError(f"the demo did not start: exit status {process.wait()}")


def processes_of(demo: Demo) -> set[int]:
    """Its process and all below it."""
    found, look = set[int](), [demo.process.pid]
    while look:
        pid = look.pop()
        found.add(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            look.extend(int(child) for child in task.read_text(encoding="ascii").split())
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}/cmdline").exists()}


def listens_at(pids: set[int]) -> set[str]:
    """The local addresses (hex, as the kernel gives them) on which these processes listen."""
    sockets = set[str]()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            sockets.add(str(handle.readlink()))
    listening = "0A"
    found = set[str]()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == listening and f"socket:[{fields[9]}]" in sockets:
                found.add(fields[1].partition(":")[0])
    return found
