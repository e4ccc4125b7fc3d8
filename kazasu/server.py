"""Run an ASGI application until asked to stop, open event streams included.

On SIGINT or SIGTERM the service first says that it is not ready, and goes on serving for the grace
that lets a proxy notice. uvicorn waits for connections that never end by themselves; so then the
streams are told, it drains, and what is still open after `DRAIN_SECONDS` is cut. A second signal
ends the grace.
"""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final, Protocol

import structlog
import uvicorn
import uvloop

from kazasu.connections import IDLE_SECONDS, Bounded
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings

DRAIN_SECONDS: Final = 8
_log = structlog.get_logger()


class Running(Protocol):
    """A built application and how its event streams are told to end."""

    @property
    def app(self) -> Any: ...

    @property
    def close_streams(self) -> Callable[[], Awaitable[None]]: ...

    @property
    def leave(self) -> Callable[[], None]: ...


Build = Callable[[], Awaitable[Running]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace:
    """`leave` is called at the first signal; for so many seconds everything is still served."""

    seconds: float
    leave: Callable[[], None]


class Server(uvicorn.Server):
    """`on_stop` runs once, before the drain; `announce` prints the port as a line of JSON."""

    def __init__(
        self,
        app: Any,
        *,
        host: str,
        port: int,
        on_stop: Callable[[], Awaitable[None]],
        grace: Grace | None = None,
        announce: bool = False,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                loop="uvloop",
                http=Bounded,
                timeout_keep_alive=IDLE_SECONDS,
                lifespan="on",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        self._on_stop = on_stop
        self._grace = grace
        self._leaving: asyncio.TimerHandle | None = None
        self._announce = announce
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def until_stopped(self, listening: socket.socket) -> int:
        """0 after a stop that was asked for, 1 when the application did not start."""
        await self.serve([listening])
        return 0 if self.started else 1

    async def startup(self, sockets: Any = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        if not self._announce:
            _log.info("serving", port=port)
        else:
            print(json.dumps({"event": "listening", "port": port}), flush=True)  # noqa: T201  # read by whoever started us

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._loop is not None and self._grace is not None and self._leaving is None:
            self._leaving = self._loop.call_later(self._grace.seconds, self._stop, sig)
            self._loop.call_soon_threadsafe(self._leave, self._grace)
        else:
            self._stop(sig)

    def _leave(self, grace: Grace) -> None:
        grace.leave()
        if grace.seconds:
            _log.info("leaving", seconds=grace.seconds)

    def _stop(self, sig: int) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin_closing)
        super().handle_exit(sig, None)
        # uvicorn raises the signal again at its end, for a parent that looks at the exit status.
        # A stop that was asked for is a success, so it has nothing to raise.
        self._captured_signals.clear()

    def _begin_closing(self) -> None:
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._on_stop())


def listen(host: str, port: int) -> socket.socket:
    """Bound before anything else is begun. BadSettings when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise BadSettings([f"{host}:{port}: cannot be listened on ({why})"]) from None


async def _serve(settings: Settings, build: Build, *, announce: bool) -> int:
    host, port = settings.listen_host, settings.listen_port
    with listen(host, port) as listening:
        running = await build()
        server = Server(
            running.app,
            host=host,
            port=port,
            on_stop=running.close_streams,
            grace=Grace(seconds=settings.stop_grace_seconds, leave=running.leave),
            announce=announce,
        )
        return await server.until_stopped(listening)


def run_service(settings: Settings, build: Build, *, announce: bool = False) -> int:
    """Build inside the loop, serve until asked to stop. 0 after a stop, 1 when it did not start."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings, build, announce=announce))
