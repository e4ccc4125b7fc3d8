"""Four processes with fifty phones each, who all enter the same code at the same moment.

Each process is one of the service's would-be workers: the verb `claim` over the SQL store, with a
connection pool of its own. Started from a server that has everything imported (`forkserver`).
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from sqlalchemy.exc import TimeoutError as NoConnection

from identity.pairing.model import CallState
from identity.pairing.refusals import Refusal
from stores.sql.database import Database
from stores.sql.outbox import Outbox
from stores.sql.pairings.store import SqlPairings
from stores.sql.sealing import Sealer
from tests.identity.pairing.world import World
from tests.ports.stage import key_for

PROCESSES: Final = 4
PHONES: Final = 50
_PATIENCE: Final = 120.0
_TAKES_A_BREATH: Final = 0.05


@dataclass(frozen=True, slots=True)
class Answers:
    """`untold` got no answer: a store that is too busy fails, and their claim may stand or not."""

    won: list[str]
    untold: list[str]


@dataclass(slots=True)
class Claimer:
    process: BaseProcess
    ends: "Connection[Any, Any]"

    def ask(self, code: str, at: float) -> None:
        """All phones of this process enter it at the monotonic time `at`."""
        self.ends.send((code, at))

    def answers(self) -> "Answers | None":
        """What its phones were told; None when the process is gone."""
        try:
            if not self.ends.poll(_PATIENCE):
                raise TimeoutError("a claimer says nothing")
            found: Answers = self.ends.recv()
        except (EOFError, ConnectionResetError):
            return None
        return found


@contextmanager
def at_work(url: str, *, number: int = PROCESSES) -> Iterator[list[Claimer]]:
    """So many processes over one database."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    claimers = []
    try:
        for name in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(url, f"p{name}", theirs), daemon=True)
            process.start()
            theirs.close()
            claimers.append(Claimer(process, ours))
        yield claimers
    finally:
        for claimer in claimers:
            claimer.ends.close()
            claimer.process.kill()
            claimer.process.join()


def world_over(database: Database) -> World:
    """The verbs over SQL, by the real clock."""
    sealer = Sealer(key_for)
    kept = SqlPairings(database, sealer, Outbox(database), result_lives=timedelta(minutes=30))
    world = World(pairings=kept)  # type: ignore[arg-type]  # the same port, another adapter
    world.clock.at = datetime.now(UTC)
    return world


def together(
    claimers: list[Claimer], code: str, *, killed: Claimer | None = None
) -> list[Answers | None]:
    """One round: what each of those who live was told. `killed` is killed in the middle of it."""
    at, living = time.monotonic() + _TAKES_A_BREATH, [c for c in claimers if c.process.is_alive()]
    for claimer in living:
        claimer.ask(code, at)
    if killed is not None:
        # A moment of the round, whichever: what must hold does not depend on where it falls.
        time.sleep(_TAKES_A_BREATH * 1.3)
        killed.process.kill()
    return [claimer.answers() for claimer in living]


def _work(url: str, name: str, ends: "Connection[Any, Any]") -> None:
    asyncio.run(_rounds(url, name, ends))


async def _rounds(url: str, name: str, ends: "Connection[Any, Any]") -> None:
    database, turn = Database(url), 0
    try:
        while True:
            code, at = await asyncio.to_thread(ends.recv)
            turn += 1
            world = world_over(database)
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            phones = [f"{name}-{turn}-{phone}" for phone in range(PHONES)]
            told = await asyncio.gather(
                *(enter(world, phone, code) for phone in phones), return_exceptions=True
            )
            ends.send(_sorted(phones, told))
    except EOFError:
        await database.close()


def _sorted(phones: list[str], told: list[str | BaseException]) -> Answers:
    both = list(zip(phones, told, strict=True))
    return Answers(
        won=[phone for phone, answer in both if answer == phone],
        untold=[phone for phone, answer in both if isinstance(answer, BaseException)],
    )


async def enter(world: World, phone: str, code: str) -> str:
    """Each from an address of its own: no limit but the claim itself keeps anybody out.

    Fifty ask for one pool's connections at once. On a busy computer some get none in time, which an
    app hears as 503: like an app they ask again, and the same question has the same answer.
    """
    app = world.app(phone)
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                answer = await world.claiming.claim(app, code, CallState.UNKNOWN, address=phone)
            except NoConnection:
                continue
            return "" if isinstance(answer, Refusal) else phone
