"""How much waits in the tables, for metrics and probes: counts and ages, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, text

from stores.sql.database import Database
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import WHILE_PENDING, outbox, pairings
from stores.sql.schema.phone_side import NOT_GONE, waiting_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`at` is the database's clock; of nothing that waits, there is no oldest."""

    at: datetime
    checks_open: int
    queue_length: int
    queue_first: datetime | None
    outbox_length: int
    outbox_first: datetime | None


async def look(database: Database) -> Figures:
    """Over all tenants. Database errors are raised."""
    async with database.read() as connection:
        row = (await connection.execute(_QUESTION)).one()
    told = row.outbox_first
    return Figures(
        at=row.at,
        checks_open=row.checks_open,
        queue_length=row.queue_length,
        queue_first=row.queue_first,
        outbox_length=row.outbox_length,
        outbox_first=None if told is None else datetime.fromisoformat(told["at"]),
    )


def _one(question: Select[Any], name: str) -> ColumnElement[Any]:
    return question.scalar_subquery().label(name)


def _in_queue(what: ColumnElement[Any]) -> Select[Any]:
    """Of callers without an operator. Conditions are spelled as the indexes' own are."""
    waiting = text("state IN ('waiting', 'ringing')")
    return select(what).select_from(waiting_calls).where(NOT_GONE, waiting)


_QUESTION: Final = select(
    clock().label("at"),
    _one(select(func.count()).select_from(pairings).where(WHILE_PENDING), "checks_open"),
    _one(_in_queue(func.count()), "queue_length"),
    _one(_in_queue(func.min(waiting_calls.c.since)), "queue_first"),
    _one(select(func.count()).select_from(outbox), "outbox_length"),
    _one(select(outbox.c.payload).order_by(outbox.c.id).limit(1), "outbox_first"),
)
