"""Opening a pairing: once per errand key, one pending per call (before a call: per installation),
locators that nobody has in hand."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, false, insert, or_, select

from identity.pairing.model import NO_CALL, Locator, Pairing
from identity.pairing.outcomes import Status
from identity.pairing.ports import CallBusy, LocatorTaken, Opened
from stores.sql.database import upsert
from stores.sql.engines.connection import Connection
from stores.sql.pairings.reading import PENDING
from stores.sql.pairings.rows import from_row, to_row
from stores.sql.schema.identity_side import locator_uses, pairings
from stores.sql.sealing import Sealer

_NEW: Final = insert(pairings)


class TakenHere(Exception):
    """The locator is not free: what the transaction has done must not stand."""


async def open_pairing(
    connection: Connection, sealer: Sealer, pairing: Pairing, not_reused_since: datetime
) -> Opened | LocatorTaken | CallBusy:
    """IntegrityError when another transaction was first: then the questions have new answers."""
    if pairing.status is not Status.PENDING or pairing.version != 1:
        raise ValueError("a pairing opens as pending, in version 1")
    # One statement, so that a pairing which commits in between is not taken for another errand's.
    mine = pairings.c.errand_key == pairing.errand_key
    in_the_way = select(pairings).where(
        pairings.c.tenant_id == pairing.tenant,
        or_(mine, and_(_at_one_time(pairing), PENDING)),
    )
    found = [from_row(row, sealer) for row in await connection.execute(in_the_way)]
    for one in found:
        if one.errand_key == pairing.errand_key:
            return Opened(pairing=one, fresh=False)
    if found:
        return CallBusy(pairing=found[0])
    for locator in pairing.locators:
        if not await take_locator(
            connection, pairing, locator, pairing.opened_at, not_reused_since
        ):
            return LocatorTaken()
    await connection.execute(_NEW, to_row(pairing, sealer))
    return Opened(pairing=pairing, fresh=True)


def _at_one_time(pairing: Pairing) -> ColumnElement[bool]:
    """Of which only one is pending: a call's, or what an installation has begun without one."""
    if pairing.call_ref == NO_CALL and pairing.claimed_by is None:
        return false()  # nobody's yet: as many as there are desks
    if pairing.call_ref == NO_CALL:
        return and_(pairings.c.call_ref == NO_CALL, pairings.c.claimed_by == pairing.claimed_by)
    return pairings.c.call_ref == pairing.call_ref


async def take_locator(
    connection: Connection,
    pairing: Pairing,
    locator: Locator,
    at: datetime,
    not_reused_since: datetime,
) -> bool:
    """One row per locator remembers its last use; it is taken over only when that is long ago."""
    still_pending = (
        select(pairings.c.id)
        .where(pairings.c.id == locator_uses.c.pairing_id, PENDING)
        .correlate(locator_uses)
        .exists()
    )
    use = {
        "tenant_id": pairing.tenant,
        "pairing_id": pairing.id,
        "used_at": at,
    }
    taken = (
        upsert(connection, locator_uses)
        .values(locator_hash=locator.hash, **use)
        .on_conflict_do_update(
            index_elements=[locator_uses.c.locator_hash],
            set_=use,
            where=(locator_uses.c.used_at < not_reused_since) & ~still_pending,
        )
        .returning(locator_uses.c.pairing_id)
    )
    return (await connection.execute(taken)).one_or_none() is not None
