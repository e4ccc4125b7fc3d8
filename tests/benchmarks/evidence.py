"""Durable evidence: appends and whole verdicts of 64 callers at once, against one append and
fdatasync each.

Ours are chained and indexed rows (a header, two contents, two keys each); the yardstick writes
2 kB that are ready. What is recorded is ready on both sides. How many times one fdatasync our CPU
takes is the disk's word too: on one that answers in 0.2 ms, 64 of them are over before 64 rows are
hashed and put into three tables.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

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
    records = [a_record() for _ in range(CALLERS * (ROUNDS + 1))]

    async def ours() -> None:
        await asyncio.gather(*(stage.evidence.append(records.pop()) for _ in range(CALLERS)))

    return await _against(log, f"{CALLERS} evidence appends at once", ours, ">= 5")


async def _verdicts(stage: Stage, log: int) -> Measured:
    """Claim re-checked, nonce, pairing, live row, evidence and news: one transaction each."""
    claimed = [await stage.claimed() for _ in range(CALLERS * (ROUNDS + 1))]
    ended = [(one, verified(one, person=f"person-of-{one.id}"), a_record(one)) for one in claimed]

    async def close() -> None:
        before, after, record = ended.pop()
        await stage.pairings.close(before, after, record=record, news=news_of(after))

    async def ours() -> None:
        await asyncio.gather(*(close() for _ in range(CALLERS)))

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
