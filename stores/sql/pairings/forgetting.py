"""Rows that have done their work go, so that the tables grow with the evidence and nothing else."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.sql.elements import ColumnElement

from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.pairings.reading import PENDING
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import (
    card_holds,
    consumed_nonces,
    late_proofs,
    line_warnings,
    live_verdicts,
    locator_uses,
    pairings,
    waiting_enrolments,
)
from stores.sql.schema.phone_side import lines_in_check

NONCES_KEPT: Final = timedelta(days=7)
"""Far longer than any statement can be proven: its pairing has ended within minutes."""
LOCATORS_KEPT: Final = timedelta(hours=25)
"""An hour over the day in which no code is given out again."""
LINES_KEPT: Final = timedelta(hours=1)
LATE_PROOFS_KEPT: Final = timedelta(days=30)
"""For which the late proofs of a check that is over are counted: a few more may leave evidence."""
WARNINGS_KEPT: Final = timedelta(days=1)
"""For which ended holds, warnings and waiting enrolments are kept after their time."""


class Forgetting:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def turn(self) -> int:
        """Delete what is past its time, by the database's clock; returns how many rows."""
        still_pending = (
            select(pairings.c.id)
            .where(pairings.c.id == locator_uses.c.pairing_id, PENDING)
            .exists()
        )
        long_over = (
            select(pairings.c.id)
            .where(
                pairings.c.id == late_proofs.c.pairing_id,
                pairings.c.ended_at < _before(LATE_PROOFS_KEPT),
            )
            .exists()
        )
        over = (
            delete(late_proofs).where(long_over),
            delete(consumed_nonces).where(consumed_nonces.c.consumed_at < _before(NONCES_KEPT)),
            delete(locator_uses).where(
                locator_uses.c.used_at < _before(LOCATORS_KEPT), ~still_pending
            ),
            delete(lines_in_check).where(lines_in_check.c.taken_at < _before(LINES_KEPT)),
            # A certificate is known here for no longer than its result counts.
            delete(live_verdicts).where(live_verdicts.c.until <= clock()),
            *(
                delete(table).where(table.c.until < _before(WARNINGS_KEPT))
                for table in (card_holds, line_warnings, waiting_enrolments)
            ),
        )

        async def job(connection: Connection) -> int:
            return sum([(await connection.execute(one)).rowcount for one in over])

        return await self._database.write(job)


def _before(kept: timedelta) -> ColumnElement[datetime]:
    return clock(-int(kept.total_seconds()))
