"""Content keys wrapped anew: what they were before is in no file any more."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url

from identity.evidence_archive.model import EvidenceRow, Kind
from identity.evidence_archive.recording import Recorder
from stores.sql.archive.rewrapping import Rewrapping, Wrapped, drop
from stores.sql.archive.rows import KeyDropped
from stores.sql.database import Database
from tests.identity.pairing.world import TENANT as BUSINESS
from tests.identity.pairing.world import random_source
from tests.ports.stage import Stage, now

MANY = 300
"""Enough for the table's pages to have been split and merged."""


async def test_an_earlier_wrapping_is_not_left_in_the_file(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    stage, blocks = Stage(database), random_source()
    recorder = Recorder(lambda n: next(blocks)[:n])
    rows = [await _row(stage, recorder) for _ in range(MANY)]
    task, after, done = Rewrapping(database, BUSINESS.id), None, 0
    while True:
        turn = await task.turn("0123abcd", after, _anew)
        done, after = done + turn.done, turn.after
        if after is None:
            break
    await database.close()
    assert done == MANY
    content = _after_a_checkpoint(sqlite_url)
    before = [part.wrapped_key for row in rows for part in row.record.parts]
    assert [key for key in before if key in content] == []
    assert all(key[::-1] in content for key in before)


async def test_t25_a_key_dropped_before_there_was_any_record(stage: Stage) -> None:
    """A process with the key file as it was may be the one that writes the very first."""
    blocks = random_source()
    recorder = Recorder(lambda n: next(blocks)[:n])
    first = recorder.record(BUSINESS, Kind.VERDICT, at=now(), header={}, statement=b"the statement")
    assert await drop(stage.database, BUSINESS.id, first.parts[0].key_id) == 0
    with pytest.raises(KeyDropped):
        await stage.evidence.append(first)


async def _row(stage: Stage, recorder: Recorder) -> EvidenceRow:
    record = recorder.record(
        BUSINESS, Kind.VERDICT, at=now(), header={}, statement=b"the statement"
    )
    return await stage.evidence.append(record)


def _anew(one: Wrapped) -> tuple[str, bytes]:
    return "0123abcd", one.wrapped[::-1]


def _after_a_checkpoint(url: str) -> bytes:
    path = Path(str(make_url(url).database))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()
