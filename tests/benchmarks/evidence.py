"""Durable evidence: appends by 64 callers at once, against one append and fdatasync each."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from stores.sql.database import Database
from stores.sql.migrations import migrate
from tests.benchmarks.rounds import Measured, compare_async
from tests.ports.stage import Stage, a_record

CALLERS = 64


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        await asyncio.to_thread(migrate.upgrade, url)
        database = Database(url)
        stage = Stage(database)
        log = os.open(Path(folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        line = b"x" * 2048

        async def ours() -> None:
            await asyncio.gather(*(stage.evidence.append(a_record()) for _ in range(CALLERS)))

        async def synced() -> None:
            for _ in range(CALLERS):
                os.write(log, line)
                os.fdatasync(log)

        try:
            told = await compare_async(
                f"{CALLERS} evidence appends at once, against append + fdatasync one by one",
                ours,
                synced,
                times=1,
                goal=">= 5",
                clock=time.perf_counter,  # waiting for the disk is what is compared
            )
        finally:
            os.close(log)
            await database.close()
        return [told]
