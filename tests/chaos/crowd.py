"""Ten thousand checks that are open at once, put straight where they are kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert

from identity.pairing.model import Pairing
from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.pairings.rows import to_row
from stores.sql.schema.identity_side import pairings
from stores.sql.sealing import Sealer
from tests.ports.stage import a_pairing

SIZE: Final = 10_000
_AT_ONCE: Final = 500
_FIRST: Final = 1_000_000
"""Beyond the numbers that other tests give their pairings."""


def pending(tenant: str, number: int, *, until: datetime) -> Pairing:
    """One of them: nobody has claimed it, and it runs out at `until`."""
    model = a_pairing(number=_FIRST + number, opened_at=until - timedelta(minutes=2))
    return replace(model, tenant=TenantId(tenant), claim_by=until, expires_at=until)


async def gather(
    database: Database,
    sealer: Sealer,
    tenant: str,
    *,
    until: datetime,
    size: int = SIZE,
    first: int = 0,
) -> list[Pairing]:
    """All of them, as they are kept; `first` is the number of the first."""
    people = [pending(tenant, number, until=until) for number in range(first, first + size)]
    for start in range(0, size, _AT_ONCE):
        rows = [to_row(one, sealer) for one in people[start : start + _AT_ONCE]]

        async def job(connection: Connection, rows: list[dict[str, object]] = rows) -> None:
            await connection.execute(insert(pairings), rows)

        await database.write(job)
    return people
