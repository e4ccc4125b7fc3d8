"""`kazasu evidence verify` over a long archive: chain, checkpoints, time-stamps, copies, contents.

`make bench` takes 20,000 rows against the SHA-256 of their contents alone, and tells what a million
would take. `make archive ROWS=1000000` makes so many rows and checks them: minutes, and 3 GB.
"""

import asyncio
import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from identity.evidence_archive.checkpoints.keeping import CheckpointPolicy
from identity.evidence_archive.model import Kind, SealedPart, SealedRecord
from stores.sql.archive import rows
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.migrations import migrate
from tests.benchmarks.rounds import ROUNDS, Measured, told
from tests.ports.archive.another_time import SaysAnyTime
from tests.ports.archive.stamped import Stamped, an_authority, roots
from tests.ports.stage import TENANT, Stage

IN_A_BENCH: Final = 20_000
MILLION: Final = 1_000_000
_AT_ONCE: Final = 1_000
_EVERY: Final = timedelta(milliseconds=10)
_CONTENTS: Final = {"statement": 900, "card": 1500, "result": 300}
"""Octets of each, as a tap with the authentication certificate leaves them."""
_HEADER: Final = {
    "status": "complete",
    "hint": "verified",
    "mode": "spoken_code",
    "statement_type": "call",
    "identity": "id_card_auth",
    "binding": "bind_choice",
    "badge": "green",
    "policy": "default-2026-11",
    "certificate": "auth",
    "card_proven": "yes",
    "revocation": "good",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """An archive of so many rows whose every row is stamped and copied."""

    rows: int
    stamped: Stamped

    async def check(self) -> None:
        report = await self.stamped.check()
        assert report.finding is None, report.finding
        assert (report.place.head.seq, report.place.stamped_to) == (self.rows, self.rows)


async def measure() -> list[Measured]:
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        async with long_archive(Path(folder), IN_A_BENCH) as archive:
            await archive.check()
            for _ in range(ROUNDS):
                began = time.process_time()
                await archive.check()
                between = time.process_time()
                _hashed(IN_A_BENCH)
                pairs.append((between - began, time.process_time() - between))
    to_a_million = MILLION / IN_A_BENCH
    return [
        told(
            "evidence verify of 1,000,000 rows, against SHA-256 of their contents",
            [ours * to_a_million for ours, _ in pairs],
            [hashing * to_a_million for _, hashing in pairs],
            "< 600,000,000 µs",
        )
    ]


@asynccontextmanager
async def long_archive(folder: Path, many: int) -> AsyncIterator[Long]:
    """On SQLite. `many` is a multiple of a thousand, so that no row waits for its stamp."""
    url = f"sqlite:///{folder / 'archive.db'}"
    await asyncio.to_thread(migrate.upgrade, url)
    database = Database(url)
    try:
        began = datetime.now(UTC) - _EVERY * many - timedelta(minutes=1)
        for first in range(0, many, _AT_ONCE):
            await _write(database, [_record(n, began) for n in range(first, first + _AT_ONCE)])
        yield Long(rows=many, stamped=await _stamped(database, folder))
    finally:
        await database.close()


async def _write(database: Database, records: list[SealedRecord]) -> None:
    async def job(connection: Connection) -> None:
        await rows.append(connection, await rows.lock_head(connection, TENANT), records)

    await database.write(job)


async def _stamped(database: Database, folder: Path) -> Stamped:
    authority = an_authority(folder / "authority")
    stamped = Stamped(
        stage=Stage(database),
        second=folder / "copies",
        asked=(),
        policy=CheckpointPolicy(copies_at_once=MILLION),
    )
    asked = SaysAnyTime(authority=authority, at=datetime.now(UTC))
    stamped.pinned = roots(authority)
    keeping = stamped.keeping(asked=[asked])
    while (await keeping.turn(TENANT)).made:
        pass
    return stamped


def _record(n: int, began: datetime) -> SealedRecord:
    return SealedRecord(
        id=f"ev_{n:022d}",
        tenant=TENANT,
        kind=Kind.VERDICT,
        at=began + _EVERY * n,
        header={"pairing": f"pr_{n:020d}", **_HEADER},
        parts=tuple(
            SealedPart(
                name=name,
                key_id="1",
                wrapped_key=b"w" * 60,
                sealed=_content(n, octets),
                commitment=hashlib.sha256(b"%s %d" % (name.encode(), n)).digest(),
            )
            for name, octets in _CONTENTS.items()
        ),
    )


def _content(n: int, octets: int) -> bytes:
    return n.to_bytes(8) * (octets // 8)


def _hashed(many: int) -> None:
    for n in range(many):
        for octets in _CONTENTS.values():
            hashlib.sha256(_content(n, octets)).digest()


async def _main(many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        async with long_archive(Path(folder), many) as archive:
            made, made_cpu = time.perf_counter(), time.process_time()
            await archive.check()
            checked, cpu = time.perf_counter(), time.process_time() - made_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"{many:,} rows made in {made - began:.0f} s, checked in {checked - made:.0f} s "
        f"({cpu:.0f} s of CPU); "
        f"at most {peak} MB of memory\n"
    )


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) // _AT_ONCE * _AT_ONCE or _AT_ONCE))
