"""News that leaves after the commit: written in the transaction that it tells of, told until done.

Delivery is at least once. `take` leases what is due; what nobody reports `done` comes due again,
each time after twice as long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, case, delete, func, insert, select, update

from identity.pairing.model import CallRef, PairingId, PairingNews
from identity.pairing.outcomes import Hint, Status
from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order, Question
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import outbox

MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`attempt` counts from 1."""

    id: int
    attempt: int
    news: PairingNews


# Made once: every change of a pairing asks them.
_APPEND: Final = Order(
    insert(outbox).values(
        tenant_id=bindparam("of_tenant"),
        payload=bindparam("news", type_=outbox.c.payload.type),
        attempts=0,
        due_at=clock(),
    )
)
_DUE: Final = Question(
    select(outbox.c.id)
    .where(outbox.c.due_at <= select(clock()).scalar_subquery())
    .order_by(outbox.c.id)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_THESE: Final = outbox.c.id.in_(bindparam("ids", expanding=True))
_BEFORE: Final = outbox.c.attempts
_DOUBLINGS: Final = case((_BEFORE > MOST_DOUBLINGS, MOST_DOUBLINGS), else_=_BEFORE)
_TAKEN: Final = (
    update(outbox)
    .where(_THESE)
    .values(
        attempts=_BEFORE + 1,
        due_at=clock(bindparam("lease", type_=Integer).bitwise_lshift(_DOUBLINGS)),
    )
    .returning(outbox)
)
_DONE: Final = delete(outbox).where(_THESE)


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
        given = [{"of_tenant": one.tenant, "news": _payload(one)} for one in news]
        if given:
            await connection.tell(_APPEND, given)

    async def take(self, at_most: int) -> Sequence[Delivery]:
        """Lease what is due, oldest first. Two takers never get the same news at once."""

        async def job(connection: Connection) -> list[Delivery]:
            ids = [row.id for row in await connection.ask(_DUE, {"at_most": at_most})]
            if not ids:
                return []
            taken = {"ids": ids, "lease": self._lease}
            rows = (await connection.execute(_TAKEN, taken)).all()
            return sorted(
                (Delivery(id=r.id, attempt=r.attempts, news=_news(r.payload)) for r in rows),
                key=lambda delivery: delivery.id,
            )

        return await self._database.write(job)

    async def done(self, ids: Sequence[int]) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(_DONE, {"ids": list(ids)})

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
