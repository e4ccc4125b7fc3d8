"""Claims of 64 apps at once, each of its own check, against one append and fdatasync each."""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from identity.pairing.model import Pairing
from stores.sql.database import Database
from stores.sql.migrations import migrate
from tests.benchmarks.rounds import ROUNDS, Measured, compare_async
from tests.ports.stage import Stage, claimed, news_of

APPS = 64
_Wish: TypeAlias = tuple[Pairing, Pairing]


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        await asyncio.to_thread(migrate.upgrade, url)
        database = Database(url)
        log = os.open(Path(folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            stage = Stage(database)
            return [await _compared(stage, iter(await _crowds(stage)), log)]
        finally:
            os.close(log)
            await database.close()


async def _crowds(stage: Stage) -> list[Sequence[_Wish]]:
    """Enough open checks for every round and the one before them, and what each shall become."""
    return [
        [
            (one, claimed(one))
            for one in await asyncio.gather(*(stage.opened() for _ in range(APPS)))
        ]
        for _ in range(ROUNDS + 1)
    ]


async def _compared(stage: Stage, crowds: Iterator[Sequence[_Wish]], log: int) -> Measured:
    async def ours() -> None:
        changed = await asyncio.gather(
            *(
                stage.pairings.change(before, after, news=news_of(after), record=None)
                for before, after in next(crowds)
            )
        )
        assert all(isinstance(one, Pairing) for one in changed)

    async def synced() -> None:
        for _ in range(APPS):
            os.write(log, b"x" * 2048)
            os.fdatasync(log)

    return await compare_async(
        f"{APPS} claims at once, against append + fdatasync one by one",
        ours,
        synced,
        times=1,
        goal="> 1",
        clock=time.perf_counter,  # waiting for the disk is what is compared
    )
