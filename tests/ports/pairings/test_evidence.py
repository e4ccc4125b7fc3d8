"""The archive: a gapless chain, whoever appends at the same time, and rows that nobody changes."""

import asyncio
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

from identity.evidence_archive.chain import first_bad
from identity.evidence_archive.model import ChainHead
from identity.tenants.model import TenantId
from stores.sql.archive import rows as evidence
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.pairings.alarms import SqlLateProofs
from stores.sql.schema.identity_side import evidence_keys
from tests.ports.stage import TENANT, Stage, a_pairing, a_record, failed, news_of, now


async def test_rows_come_back_as_they_went(stage: Stage) -> None:
    record = a_record("pairing-x")
    row = await stage.evidence.append(record)
    assert (row.seq, row.previous_hash) == (1, ChainHead().hash)
    assert await stage.evidence.by_id(TENANT, record.id) == row
    assert await stage.evidence.of_pairing(TENANT, "pairing-x") == [row]
    assert await stage.evidence.by_id(TenantId("another"), record.id) is None
    assert not await stage.evidence.of_pairing(TENANT, "pairing-y")


async def test_64_at_once_make_one_gapless_chain(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "PAGE", 10)
    other = TenantId("another")
    await asyncio.gather(
        *(stage.evidence.append(a_record()) for _ in range(64)),
        *(stage.evidence.append(a_record(tenant=other)) for _ in range(16)),
    )
    rows = [row async for row in stage.evidence.all(TENANT)]
    assert [row.seq for row in rows] == list(range(1, 65))
    assert first_bad(rows) is None
    assert first_bad([row async for row in stage.evidence.all(other)]) is None


async def test_two_processes_share_one_chain(stage: Stage, url: str) -> None:
    """Two engines on one database, as two workers or a command beside the service have."""
    second = Database(url)
    archives = [stage.evidence, SqlEvidenceRows(second)]
    try:
        for archive in archives:  # connected: from here on, both begin by reading one head
            await archive.append(a_record())
        await asyncio.gather(*(archives[n % 2].append(a_record()) for n in range(32)))
    finally:
        await second.close()
    rows = [row async for row in stage.evidence.all(TENANT)]
    assert len(rows) == 34
    assert first_bad(rows) is None


async def test_ends_and_appends_share_one_chain(stage: Stage) -> None:
    pairings = [await stage.claimed(a_pairing()) for _ in range(12)]

    async def end(number: int) -> None:
        before = pairings[number]
        after = failed(before)
        await stage.pairings.change(before, after, news=news_of(after), record=a_record(before))

    await asyncio.gather(
        *(end(n) for n in range(12)), *(stage.evidence.append(a_record()) for _ in range(12))
    )
    rows = [row async for row in stage.evidence.all(TENANT)]
    assert len(rows) == 24
    assert first_bad(rows) is None


async def test_a_bad_record_leaves_no_gap(stage: Stage) -> None:
    good = a_record()
    await stage.evidence.append(good)
    answers = await asyncio.gather(
        stage.evidence.append(a_record()),
        stage.evidence.append(good),  # the same id again
        stage.evidence.append(a_record()),
        return_exceptions=True,
    )
    assert [isinstance(answer, DBAPIError) for answer in answers] == [False, True, False]
    rows = [row async for row in stage.evidence.all(TENANT)]
    assert [row.seq for row in rows] == [1, 2, 3]
    assert first_bad(rows) is None


async def test_times_are_utc_and_one_that_is_not_spoils_nothing(stage: Stage) -> None:
    tokyo = replace(a_record(), at=now().astimezone(timezone(timedelta(hours=9))))
    answers = await asyncio.gather(
        stage.evidence.append(a_record()),
        stage.evidence.append(tokyo),
        stage.evidence.append(a_record()),
        return_exceptions=True,
    )
    assert isinstance(answers[1], ValueError)
    rows = [row async for row in stage.evidence.all(TENANT)]
    assert [answers[0], answers[2]] == rows
    assert first_bad(rows) is None


async def test_an_asker_who_leaves_takes_nobody_along(stage: Stage) -> None:
    leaving = asyncio.create_task(stage.evidence.append(a_record()))
    staying = asyncio.create_task(stage.evidence.append(a_record()))
    await asyncio.sleep(0)
    leaving.cancel()
    row = await staying
    assert await stage.evidence.by_id(TENANT, row.record.id) == row


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET kind = 'view'",
        "UPDATE evidence_parts SET name = key_id",
        "DELETE FROM evidence",
        "DELETE FROM evidence_parts WHERE seq = 1",
        "INSERT OR REPLACE INTO evidence SELECT * FROM evidence",
        "INSERT OR REPLACE INTO evidence_parts SELECT * FROM evidence_parts",
        "TRUNCATE evidence",
        "TRUNCATE evidence_parts",
    ],
)
async def test_the_database_refuses_to_change_it(stage: Stage, statement: str) -> None:
    foreign = "TRUNCATE" if stage.database.is_sqlite else "OR REPLACE"
    before = await stage.evidence.append(a_record())

    async def job(connection: Connection) -> None:
        await connection.execute(text(statement))

    # SQLite has no TRUNCATE and PostgreSQL no OR REPLACE: refused as well, for another reason.
    with pytest.raises(DBAPIError, match="syntax error" if foreign in statement else "append-only"):
        await stage.database.write(job)
    assert [row async for row in stage.evidence.all(TENANT)] == [before]


async def test_a_forgotten_content_leaves_the_chain_whole(stage: Stage) -> None:
    record = a_record()
    await stage.evidence.append(record)

    async def forget(connection: Connection) -> None:
        await connection.execute(delete(evidence_keys).where(evidence_keys.c.place == 0))

    await stage.database.write(forget)
    (row,) = [row async for row in stage.evidence.all(TENANT)]
    assert [part.wrapped_key for part in row.record.parts] == [b"", b"l" * 60]
    assert first_bad([row]) is None


async def test_late_proofs_leave_evidence_up_to_a_number(stage: Stage) -> None:
    pairing = await stage.opened()
    late = SqlLateProofs(stage.database)
    kept = await asyncio.gather(
        *(late.keep(TENANT, pairing.id, a_record(pairing), at_most=3) for _ in range(8))
    )
    assert sum(kept) == 3
    assert len(await stage.evidence.of_pairing(TENANT, pairing.id)) == 3
    other = await stage.opened()
    assert await late.keep(TENANT, other.id, a_record(other), at_most=3)
