"""A `kazasu serve` or `fallback` of its own process, up, asked to stop, and over."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.kazasu.deployment import Deployment

STOPS_WITHIN = 60.0
_STARTS_WITHIN = 90.0


@dataclass(slots=True, kw_only=True)
class Running:
    base: str
    log: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)

    def lines(self) -> list[dict[str, Any]]:
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Its exit status; TimeoutExpired when it does not end in time."""
        self.process.send_signal(how)
        return self.process.wait(STOPS_WITHIN)


@contextmanager
def running(deployment: Deployment, *arguments: str, **changes: str) -> Iterator[Running]:
    """Until it listens; what is left of it at the end is killed."""
    log = deployment.folder / f"{arguments[0]}.log"
    command = [sys.executable, "-m", "kazasu.cli.main", *arguments]
    environment = deployment.environment(**changes)
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  # our own program
            command, stdout=out, stderr=out, env=environment, cwd=deployment.folder
        )
    try:
        port = announced_port(process, log)
        yield Running(base=f"http://127.0.0.1:{port}", log=log, process=process)
    finally:
        process.kill()
        process.wait()


def announced_port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """Where it says in its log that it listens; AssertionError with the log when it never does."""
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and "port" in (said := json.loads(line)):
                return int(said["port"])
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def client(process: Running) -> httpx2.Client:
    return httpx2.Client(base_url=process.base, trust_env=False, timeout=60)
