"""F22: a row that does not open is said once, and keeps no other check from its end."""

from datetime import timedelta

from sqlalchemy import update
from structlog.testing import capture_logs

from identity.pairing.model import PairingId
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import pairings
from tests.ports.stage import Stage


async def _spoiled(stage: Stage, *ids: PairingId) -> None:
    async def job(connection: Connection) -> None:
        wrong = update(pairings).where(pairings.c.id.in_(ids))
        await connection.execute(wrong.values(private=b"no longer what it was"))

    await stage.database.write(job)


async def _over(stage: Stage) -> None:
    """All of them, those that do not open first."""

    async def job(connection: Connection) -> None:
        past = clock(-int(timedelta(hours=1).total_seconds()))
        await connection.execute(update(pairings).values(expires_at=past, claim_by=past))
        earlier = update(pairings).where(pairings.c.private == b"no longer what it was")
        await connection.execute(earlier.values(expires_at=clock(-7200)))

    await stage.database.write(job)


async def test_those_that_open_are_found_behind_those_that_do_not(stage: Stage) -> None:
    opened = [await stage.opened() for _ in range(7)]
    await _spoiled(stage, *(one.id for one in opened[:4]))
    await _over(stage)
    good = {one.id for one in opened[4:]}
    with capture_logs() as said:
        for at_most in (1, 2):
            found = await stage.pairings.overdue(at_most)
            assert len(found) == at_most
            assert {one.id for one in found} <= good
        assert {one.id for one in await stage.pairings.overdue(10)} == good
        assert {one.id for one in await stage.pairings.overdue(3)} == good
    unreadable = [line for line in said if line["event"] == "pairing_unreadable"]
    assert sorted(line["call_ref"] for line in unreadable) == sorted(
        one.call_ref for one in opened[:4]
    )
