"""What goes wrong with databases: two processes at once, locks, a full disk, cut connections."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from identity.evidence_archive.chain import first_bad
from identity.pairing.model import Pairing, PairingId
from identity.pairing.ports import Closed, Lost, PersonLive
from stores.sql.database import Database, database_url
from stores.sql.engines.connection import Connection
from tests.ports.stage import TENANT, Stage, a_record, claimed, news_of, verified


async def test_two_processes_have_one_claim_and_one_verdict(stage: Stage, url: str) -> None:
    second = Database(url)
    stages = [stage, Stage(second)]
    try:
        for _ in range(4):
            before = await stage.opened()
            wishes = [claimed(before, by=f"app-{n}") for n in range(6)]
            moved = await asyncio.gather(
                *(
                    stages[n % 2].pairings.change(before, w, news=news_of(w), record=None)
                    for n, w in enumerate(wishes)
                )
            )
            (winner,) = (one for one in moved if isinstance(one, Pairing))
            done = replace(verified(winner, person=winner.id), ended_at=winner.opened_at)
            closed = await asyncio.gather(
                *(
                    stages[n % 2].pairings.close(
                        winner, done, record=a_record(winner), news=news_of(done)
                    )
                    for n in range(6)
                )
            )
            assert [type(one) for one in closed].count(Closed) == 1
            assert [type(one) for one in closed].count(Lost) == 5
    finally:
        await second.close()
    assert first_bad([row async for row in stage.evidence.all(TENANT)]) is None


async def test_two_processes_see_a_person_live_once(stage: Stage, url: str) -> None:
    second = Database(url)
    stages = [stage, Stage(second)]
    try:
        pairings = [await stage.claimed() for _ in range(6)]
        answers = await asyncio.gather(
            *(
                stages[n % 2].pairings.close(
                    one, verified(one), record=a_record(one), news=news_of(one)
                )
                for n, one in enumerate(pairings)
            )
        )
    finally:
        await second.close()
    assert [type(one) for one in answers].count(Closed) == 1
    assert [type(one) for one in answers].count(PersonLive) == 5


async def test_a_lock_held_elsewhere_only_delays(stage: Stage, url: str) -> None:
    await stage.evidence.append(a_record())
    other = create_engine(database_url(url), poolclass=NullPool)
    with other.begin() as holding:
        holding.execute(text("UPDATE evidence_heads SET seq = seq"))
        waiting = asyncio.create_task(stage.evidence.append(a_record()))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert await stage.pairings.by_id(TENANT, PairingId("unknown")) is None  # reads go on
    other.dispose()
    assert (await waiting).seq == 2


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_cut_connections_are_made_anew(stage: Stage) -> None:
    await stage.evidence.append(a_record())

    async def cut(connection: Connection) -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        mine = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(text(f"{others} WHERE {mine}"))

    await asyncio.gather(*(stage.database.now() for _ in range(4)))
    await stage.database.write(cut)
    assert (await stage.evidence.append(a_record())).seq == 2
    assert len([row async for row in stage.evidence.all(TENANT)]) == 2


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_full_disk_leaves_no_gap_and_no_half(stage: Stage) -> None:
    async def limit(pages: int) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))

        await stage.database.write(job)

    await limit(1)  # SQLite takes this as: no more than there are
    before = await stage.claimed()
    answers = await asyncio.gather(
        *(stage.evidence.append(a_record("x" * 4000)) for _ in range(40)), return_exceptions=True
    )
    full = [answer for answer in answers if isinstance(answer, OperationalError)]
    assert full
    with pytest.raises(OperationalError, match="full"):
        await stage.evidence.append(a_record("x" * 100_000))
    assert await stage.pairings.by_id(TENANT, before.id) == before
    await limit(1_000_000)
    await stage.evidence.append(a_record())
    rows = [row async for row in stage.evidence.all(TENANT)]
    assert len(rows) == 40 - len(full) + 1
    assert first_bad(rows) is None
