"""The service as a process against the peer's, and against a raw static answer."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.benchmarks.processes import Started, started
from tests.benchmarks.rounds import Measured, told
from tests.benchmarks.webhook_caller import Caller, as_fast_as_possible, at_a_rate
from tests.kazasu.deployment import AUTH_TOKEN, ROOT, Deployment, copied, free_port, make_template
from tests.redis_server import RedisMissing, RedisServer

CALLERS: Final = 16
ROUNDS: Final = 5
ROUND_SECONDS: Final = 1.5
RATE: Final = 200
HOLDS: Final = 12
"""Turns of the hold in a call: about a minute and a half."""
ONLY_HOLDS: Final = 200
LIVE_CALLS: Final = 400
RATE_SECONDS: Final = 4.0
_say: Final = Console(stderr=True).print
_PEER: Final = Path(__file__).parent / "peer"
_INSTALLED: Final = ROOT / ".venv" / "benchmark-peer"


@dataclass(slots=True, kw_only=True)
class Side:
    """One server under measure, its callers, and what they saw."""

    name: str
    running: Started
    callers: list[Caller]
    cpu: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    async def cpu_round(self) -> None:
        before = self.running.cpu()
        answered = await as_fast_as_possible(self.callers, ROUND_SECONDS)
        self.cpu.append((self.running.cpu() - before) / answered)

    async def rate_round(self) -> None:
        took = await at_a_rate(self.callers, RATE, RATE_SECONDS)
        self.p50.append(statistics.median(took))
        self.p99.append(took[int(len(took) * 0.99)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What all servers share: a folder, a deployment, and Redis when there is one."""

    folder: Path
    deployment: Deployment
    redis: RedisServer | None

    @contextmanager
    def ours(self) -> Iterator[Started]:
        port = free_port()
        changes = {
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "KAZASU_LISTEN_PORT": str(port),
            "KAZASU_CALLS_PER_MINUTE": "30000",
            "KAZASU_CALLS_PER_NUMBER": "3000",
        }
        if self.redis is not None:
            changes["REDIS_URL"] = self.redis.url
        environment = _cached(self.deployment.environment(**changes), self.folder)
        command = [sys.executable, "-m", "kazasu.cli.main", "serve"]
        with started(command, environment, self.deployment.folder) as running:
            yield running

    @contextmanager
    def peer(self) -> Iterator[Started]:
        port = free_port()
        environment = {
            **os.environ,
            "NODE_ENV": "production",
            "PEER_PORT": str(port),
            "PEER_BASE": f"http://127.0.0.1:{port}",
            "PEER_TOKEN": AUTH_TOKEN,
            "PEER_REDIS": self.redis.url.removeprefix("unix://") if self.redis else "",
        }
        with started(["node", "server.js"], environment, _INSTALLED) as running:
            yield running

    @contextmanager
    def static(self) -> Iterator[Started]:
        environment = _cached(self.deployment.environment(), self.folder)
        command = [sys.executable, "-m", "tests.benchmarks.static_answer", "0"]
        with started(command, environment, ROOT) as running:
            yield running


async def measure() -> list[Measured]:
    with ExitStack() as stack:
        place = _place(stack)
        has_peer = _peer_is_there()
        found = await _loads(place, has_peer=has_peer)
        return found + await _starts(place, has_peer=has_peer)


def _place(stack: ExitStack) -> Place:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    make_template(folder / "template")
    deployment = copied(folder / "template", folder / "here")
    try:
        redis = RedisServer()
        redis.start()
        stack.callback(redis.stop)
    except RedisMissing:
        _say("no Redis here: our sessions are SQL rows, the peer's a map in its memory")
        return Place(folder=folder, deployment=deployment, redis=None)
    return Place(folder=folder, deployment=deployment, redis=redis)


async def _loads(place: Place, *, has_peer: bool) -> list[Measured]:
    with ExitStack() as stack:
        ours = stack.enter_context(place.ours())
        static = stack.enter_context(place.static())
        peer = stack.enter_context(place.peer()) if has_peer else None
        named = [("ours", ours), ("static", static), *([("peer", peer)] if peer else [])]
        idle = [one.memory() for _, one in named]
        calls = {name: _side(name, one, HOLDS) for name, one in named}
        holds = {name: _side(name, one, ONLY_HOLDS) for name, one in named}
        sides = [*calls.values(), *holds.values()]
        await _each(sides, lambda side: as_fast_as_possible(side.callers, 1.0))  # warm
        for _ in range(ROUNDS):
            await _each(sides, lambda side: side.cpu_round())
        for _ in range(ROUNDS if peer else 0):
            await _each([calls["ours"], calls["peer"]], lambda side: side.rate_round())
        each = await _bytes_of_a_call(place, ours) if place.redis else []
        for side in sides:
            await asyncio.gather(*(caller.close() for caller in side.callers))
    return [*_cpu(calls, holds), *(_against_the_peer(calls, idle) if peer else []), *each]


def _cpu(calls: dict[str, Side], holds: dict[str, Side]) -> list[Measured]:
    found = []
    for what, sides in (("a turn of the hold", holds), ("webhooks of whole calls", calls)):
        static = sides["static"].cpu
        found.append(
            told(f"CPU of {what}, against a raw static answer", sides["ours"].cpu, static, ">= 0.3")
        )
        if "peer" in sides:
            goal = ">= 1.3 (stretch 2)" if sides is holds else "> 1"
            yardstick = sides["peer"].cpu
            found.append(
                told(f"CPU of {what}, against the peer", sides["ours"].cpu, yardstick, goal)
            )
    return found


def _against_the_peer(calls: dict[str, Side], idle: list[float]) -> list[Measured]:
    ours, peer = calls["ours"], calls["peer"]
    return [
        told(f"p50 at {RATE} requests/s, the peer's by ours", ours.p50, peer.p50, ">= 1.25"),
        told(f"p99 at {RATE} requests/s, the peer's by ours", ours.p99, peer.p99, ">= 1.25"),
        told("idle memory of one worker (unit: MiB), the peer's by ours",
             [idle[0] / 1e6], [idle[-1] / 1e6], ">= 1.0"),
    ]  # fmt: skip


async def _bytes_of_a_call(place: Place, running: Started) -> list[Measured]:
    """What Redis holds for a caller in the hold, against a GiB for a million of them: the session
    (900), a count for the number and one for its block (150 each), and their places in its tables
    (72 a key)."""
    assert place.redis is not None
    callers = _side("more", running, ONLY_HOLDS, callers=LIVE_CALLS).callers
    before = place.redis.used_memory()
    for caller in callers:
        await caller.in_the_hold()
        await caller.close()
    each = (place.redis.used_memory() - before) / LIVE_CALLS
    name = "Redis memory of a live call (unit: bytes), a million in a GiB by ours"
    return [told(name, [each / 1e6], [2**30 / 1e12], ">= 1.0")]


async def _starts(place: Place, *, has_peer: bool) -> list[Measured]:
    """From the asked-for process to its first answered webhook: time, and CPU."""
    seen: dict[str, list[tuple[float, float]]] = {"ours": [], "peer": []}
    for _ in range(3):
        for name, start in (("ours", place.ours), ("peer", place.peer)):
            if name == "peer" and not has_peer:
                continue
            with start() as running:
                side = _side(name, running, HOLDS, callers=1)
                await side.callers[0].webhook()
                seen[name].append((time.perf_counter() - running.began, running.cpu()))
                await side.callers[0].close()
    if not has_peer:
        return []
    return [
        told(f"cold start to the first answered webhook, {what}, the peer's by ours",
             [of[n] for of in seen["ours"]], [of[n] for of in seen["peer"]], ">= 1.0")
        for n, what in enumerate(("time", "CPU"))
    ]  # fmt: skip


def _side(name: str, running: Started, holds: int, *, callers: int = CALLERS) -> Side:
    base = f"http://127.0.0.1:{running.port}"
    prefix = "/carriers/twilio" if name in ("ours", "more") else ""
    numbered = time.time_ns() % 10**9 * 1000
    return Side(
        name=name,
        running=running,
        callers=[
            Caller(base=base, prefix=prefix, number=numbered + n, holds=holds)
            for n in range(callers)
        ],
    )


async def _each(sides: list[Side], do: Callable[[Side], Awaitable[object]]) -> None:
    for side in sides:
        await do(side)


def _cached(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """Modules as an installation has them: compiled."""
    kept = {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _peer_is_there() -> bool:
    """Installed once, outside of what is kept in the repository, from its lock."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _say("no Node here: the peer is left out")
        return False
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    lock = (_PEER / "package-lock.json").read_bytes()
    for name in ("package.json", "package-lock.json", "server.js"):
        shutil.copyfile(_PEER / name, _INSTALLED / name)
    done = _INSTALLED / "installed"
    if done.exists() and done.read_bytes() == lock:
        return True
    command = ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"]
    if subprocess.run(command, cwd=_INSTALLED, check=False, capture_output=True).returncode:  # noqa: S603  # our own words
        _say("the peer cannot be installed (npm ci failed): it is left out")
        return False
    done.write_bytes(lock)
    return True
