"""The demo's processes: started in order, ended together, none left behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0


class DidNotStart(Exception):
    """A process ended, or said nothing, before it listened. `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`python -m module arguments` with these variables and nothing of ours from outside."""

    name: str
    module: str
    arguments: Sequence[str] = ()
    variables: Mapping[str, str] | None = None


class Processes:
    """Each in a session of its own, so that Ctrl-C reaches only us and we end them in order."""

    def __init__(self) -> None:
        self._running: list[tuple[str, asyncio.subprocess.Process]] = []

    async def start(self, program: Program) -> int:
        """Returns the port it listens on, read from its first line on standard output."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "kazasu.demo.child", str(os.getpid()), program.module),
            *program.arguments,
            stdout=asyncio.subprocess.PIPE,
            env={**_plain_environment(), **(program.variables or {})},
            start_new_session=True,
        )
        self._running.append((program.name, process))
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await process.stdout.readline()
            port: int = json.loads(line)["port"]
        except (TimeoutError, ValueError, KeyError):
            raise DidNotStart(program.name) from None
        return port

    async def one_ended(self) -> str:
        """Waits until any of them ends by itself; its name."""
        waiting = {asyncio.ensure_future(p.wait()): name for name, p in self._running}
        done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        return waiting[done.pop()]

    async def stop(self) -> None:
        """SIGTERM to all, last started first; what is left after ten seconds is killed."""
        for _, process in reversed(self._running):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await asyncio.gather(*(process.wait() for _, process in self._running))
        except TimeoutError:
            for _, process in self._running:
                with suppress(ProcessLookupError):
                    process.kill()
            await asyncio.gather(*(process.wait() for _, process in self._running))
        self._running.clear()


def _plain_environment() -> dict[str, str]:
    """No setting of a real deployment reaches the demo by accident."""
    ours = ("KAZASU_", "TWILIO_")
    named = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_BASE_URL", "TRUST_ANCHORS_DIR"}
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ours) and name not in named
    }
