"""Processes that a test starts, pauses, kills and reads, one at a time and by their own ids."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

STOPS_WITHIN = 60.0
"""Patience: on a free computer it is one or two."""


class Process:
    """`python -m module arguments`; its standard output and errors go to `log`."""

    def __init__(
        self, log: Path, module: str, arguments: Sequence[str], variables: Mapping[str, str]
    ) -> None:
        self.log = log
        self._command = [sys.executable, "-m", module, *arguments]
        self.variables = dict(variables)
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {**without_settings(), **self.variables}
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603  # our own program
                self._command, stdout=log, stderr=log, env=env, start_new_session=True
            )

    @property
    def port(self) -> int | None:
        """From its line about listening; None while it has written none."""
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if line.startswith('{"event": "listening"') or line.startswith('{"event":"listening"'):
                return int(json.loads(line)["port"])
        return None

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    @property
    def ended(self) -> bool:
        return self._running is None or self._running.poll() is not None

    def kill(self) -> None:
        """kill -9, and gone when this returns."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def ask_to_stop(self) -> None:
        assert self._running is not None
        self._running.terminate()

    def exit_status(self) -> int:
        """Waits for the end; TimeoutExpired when it does not come."""
        assert self._running is not None
        return self._running.wait(STOPS_WITHIN)

    def pause(self) -> None:
        """Nothing of it runs until `go_on`."""
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGCONT)


def without_settings() -> dict[str, str]:
    """No setting of whoever runs the tests reaches them."""
    named = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_BASE_URL", "TRUST_ANCHORS_DIR"}
    return {
        name: value
        for name, value in os.environ.items()
        if name not in named and not name.startswith(("KAZASU_", "TWILIO_"))
    }
