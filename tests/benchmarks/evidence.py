"""Durable evidence: appends and whole verdicts of 64 callers at once, against one append and
fdatasync each."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from identity.pairing.model import Pairing
from stores.sql.database import Database
from stores.sql.migrations import migrate
from tests.benchmarks.rounds import ROUNDS, Measured, compare_async
from tests.ports.stage import Stage, a_record, news_of, verified

CALLERS = 64


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        async with _stage(Path(folder)) as stage:
            log = os.open(Path(folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                return [await _appends(stage, log), await _verdicts(stage, log)]
            finally:
                os.close(log)


async def _appends(stage: Stage, log: int) -> Measured:
    async def ours() -> None:
        await asyncio.gather(*(stage.evidence.append(a_record()) for _ in range(CALLERS)))

    return await _against(log, f"{CALLERS} evidence appends at once", ours, ">= 5")


async def _verdicts(stage: Stage, log: int) -> Measured:
    """Claim re-checked, nonce, pairing, live row, evidence and news: one transaction each."""
    claimed = [await stage.claimed() for _ in range(CALLERS * (ROUNDS + 1))]

    async def close(before: Pairing) -> None:
        after = verified(before, person=f"person-of-{before.id}")
        record, news = a_record(before), news_of(after)
        await stage.pairings.close(before, after, record=record, news=news)

    async def ours() -> None:
        await asyncio.gather(*(close(claimed.pop()) for _ in range(CALLERS)))

    return await _against(log, f"{CALLERS} verdicts at once", ours, "told")


async def _against(log: int, what: str, ours: Callable[[], Awaitable[None]], goal: str) -> Measured:
    line = b"x" * 2048

    async def synced() -> None:
        for _ in range(CALLERS):
            os.write(log, line)
            os.fdatasync(log)

    return await compare_async(
        f"{what}, against append + fdatasync one by one",
        ours,
        synced,
        times=1,
        goal=goal,
        clock=time.perf_counter,  # waiting for the disk is what is compared
    )


@asynccontextmanager
async def _stage(folder: Path) -> AsyncIterator[Stage]:
    url = f"sqlite:///{folder / 'bench.db'}"
    await asyncio.to_thread(migrate.upgrade, url)
    database = Database(url)
    try:
        yield Stage(database)
    finally:
        await database.close()
