"""The carrier as a process: one HTTP server for REST and control, ended by a signal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from quart import Quart

from stand_ins.carrier.clock import Pace
from stand_ins.carrier.control.calls import calls_door
from stand_ins.carrier.control.carrier import carrier_door
from stand_ins.carrier.control.door import guard
from stand_ins.carrier.control.messages import messages_door
from stand_ins.carrier.control.phones import phones_door
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.faults import Faults
from stand_ins.carrier.phones import DEFAULT_ANSWER_AFTER
from stand_ins.carrier.rest.door import rest_door
from stand_ins.carrier.settings import Credentials, ServedNumber
from stand_ins.carrier.webhooks.delivery import Delivery
from stand_ins.carrier.webhooks.sender import Sender
from stand_ins.carrier.webhooks.signer import Signer

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asks for."""

    port: int
    credentials: Credentials
    numbers: tuple[ServedNumber, ...]
    operator_phones: tuple[str, ...]
    token_file: Path
    origin: str | None
    speed: float
    answer_after: float = DEFAULT_ANSWER_AFTER
    webhook_hosts: frozenset[str] = frozenset()


class _Server(uvicorn.Server):
    """Signals are ours: open event streams must be let go before the server waits for them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def build_exchange(options: Options) -> Exchange:
    """The carrier's state; needs a running loop."""
    pace, faults = Pace(speed=options.speed), Faults()
    sender = Sender(Signer(options.credentials.auth_token), options.webhook_hosts)
    exchange = Exchange(
        credentials=options.credentials,
        pace=pace,
        faults=faults,
        delivery=Delivery(sender, faults, pace),
        numbers={served.number: served for served in options.numbers},
    )
    for number in options.operator_phones:
        exchange.phones.register(number, auto_answer=options.answer_after)
    return exchange


def build_app(exchange: Exchange, token: str, origin: str | None) -> Quart:
    app = Quart(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    guard(app, token, origin)
    for door in (rest_door, phones_door, calls_door, messages_door, carrier_door):
        app.register_blueprint(door(exchange))
    return app


async def run(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; prints `{"event":"listening","port":N}` once it accepts."""
    exchange = build_exchange(options)
    app = build_app(exchange, write_token(options.token_file), options.origin)
    listener = listen(options.port)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="critical",  # a dropped answer is an order, not an error; Quart logs the rest
        proxy_headers=False,
        access_log=False,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    server = _Server(config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    announced = {"event": "listening", "port": listener.getsockname()[1]}
    sys.stdout.write(json.dumps(announced, separators=(",", ":")) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await exchange.close()
    server.should_exit = True
    await serving


def listen(port: int) -> socket.socket:
    """A listening socket on loopback.

    The protocol is named because asyncio turns off Nagle's algorithm only for sockets that name
    it; left on, it costs 40 ms in every answer.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(128)
    return listener


def write_token(path: Path) -> str:
    """A new control token in a file that only its owner reads; an old file is replaced."""
    token = secrets.token_urlsafe(32)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token)
    return token
