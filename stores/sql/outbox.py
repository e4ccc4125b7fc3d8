"""News that leaves after the commit: written in the transaction that it tells of, told until done.

Delivery is at least once. `take` leases what is due; what nobody reports `done` comes due again,
each time after twice as long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, insert, literal, select, update

from identity.pairing.model import CallRef, PairingId, PairingNews
from identity.pairing.outcomes import Hint, Status
from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import outbox

MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`attempt` counts from 1."""

    id: int
    attempt: int
    news: PairingNews


class Outbox:
    """`wake` is called after each commit that wrote news, in the process that committed.

    `lease_seconds`: how long one delivery may take before the news comes due again.
    """

    def __init__(
        self,
        database: Database,
        *,
        wake: Callable[[], None] = lambda: None,
        lease_seconds: int = 10,
    ) -> None:
        self._database = database
        self._lease = lease_seconds
        self.wake = wake

    async def append(self, connection: Connection, news: Sequence[PairingNews]) -> None:
        """Inside the caller's transaction; the caller calls `wake` after the commit."""
        rows = [
            {"tenant_id": one.tenant, "payload": _payload(one), "attempts": 0, "due_at": clock()}
            for one in news
        ]
        for row in rows:  # a clock is an expression, so no executemany
            await connection.execute(insert(outbox).values(row))

    async def take(self, at_most: int) -> Sequence[Delivery]:
        """Lease what is due, oldest first. Two takers never get the same news at once."""

        async def job(connection: Connection) -> list[Delivery]:
            due = (
                select(outbox.c.id)
                .where(outbox.c.due_at <= select(clock()).scalar_subquery())
                .order_by(outbox.c.id)
                .limit(at_most)
                .with_for_update(skip_locked=True)
            )
            ids = list((await connection.execute(due)).scalars())
            if not ids:
                return []
            before = outbox.c.attempts
            doublings = case((before > MOST_DOUBLINGS, MOST_DOUBLINGS), else_=before)
            taken = (
                update(outbox)
                .where(outbox.c.id.in_(ids))
                .values(
                    attempts=before + 1,
                    due_at=clock(literal(self._lease).bitwise_lshift(doublings)),
                )
                .returning(outbox)
            )
            rows = (await connection.execute(taken)).all()
            return sorted(
                (Delivery(id=r.id, attempt=r.attempts, news=_news(r.payload)) for r in rows),
                key=lambda delivery: delivery.id,
            )

        return await self._database.write(job)

    async def done(self, ids: Sequence[int]) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(delete(outbox).where(outbox.c.id.in_(list(ids))))

        if ids:
            await self._database.write(job)

    async def waiting(self) -> int:
        """How much is not done, for metrics and tests."""
        async with self._database.read() as connection:
            counted = select(func.count()).select_from(outbox)
            return (await connection.execute(counted)).scalar_one()


def _payload(news: PairingNews) -> dict[str, str]:
    return {
        "tenant": news.tenant,
        "pairing": news.pairing,
        "call_ref": news.call_ref,
        "status": news.status.value,
        "hint": news.hint.value,
        "at": news.at.isoformat(),
    }


def _news(payload: dict[str, str]) -> PairingNews:
    return PairingNews(
        tenant=TenantId(payload["tenant"]),
        pairing=PairingId(payload["pairing"]),
        call_ref=CallRef(payload["call_ref"]),
        status=Status(payload["status"]),
        hint=Hint(payload["hint"]),
        at=datetime.fromisoformat(payload["at"]),
    )
