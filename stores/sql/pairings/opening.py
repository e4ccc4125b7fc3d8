"""Opening a pairing: once per errand key, one pending per call (before a call: per installation),
locators that nobody has in hand."""

from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, false, insert, or_, select

from identity.pairing.model import NO_CALL, Locator, Pairing
from identity.pairing.outcomes import Status
from identity.pairing.ports import CallBusy, LocatorTaken, Opened
from stores.sql.database import upsert_in
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order, Question
from stores.sql.pairings.reading import PENDING
from stores.sql.pairings.rows import from_row, to_row
from stores.sql.schema.identity_side import locator_uses, pairings
from stores.sql.sealing import Sealer

_NEW: Final = Order(insert(pairings))


class TakenHere(Exception):
    """The locator is not free: what the transaction has done must not stand."""


async def open_pairing(
    connection: Connection, sealer: Sealer, pairing: Pairing, not_reused_since: datetime
) -> Opened | LocatorTaken | CallBusy:
    """IntegrityError when another transaction was first: then the questions have new answers."""
    if pairing.status is not Status.PENDING or pairing.version != 1:
        raise ValueError("a pairing opens as pending, in version 1")
    # One statement, so that a pairing which commits in between is not taken for another errand's.
    in_the_way = _in_the_way(
        of_a_call=pairing.call_ref != NO_CALL, begun=pairing.claimed_by is not None
    )
    given = {
        "of_tenant": pairing.tenant,
        "of_errand": pairing.errand_key,
        "of_call": pairing.call_ref,
        "of_installation": pairing.claimed_by,
    }
    found = [from_row(row, sealer) for row in await connection.ask(in_the_way, given)]
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
    await connection.tell(_NEW, [to_row(pairing, sealer)])
    return Opened(pairing=pairing, fresh=True)


@cache
def _in_the_way(*, of_a_call: bool, begun: bool) -> Question:
    """The errand's own, and of which only one is pending: a call's, or what an installation has
    begun without one."""
    at_one_time: ColumnElement[bool] = false()  # nobody's yet: as many as there are desks
    if of_a_call:
        at_one_time = pairings.c.call_ref == bindparam("of_call")
    elif begun:
        theirs = pairings.c.claimed_by == bindparam("of_installation")
        at_one_time = and_(pairings.c.call_ref == NO_CALL, theirs)
    mine = pairings.c.errand_key == bindparam("of_errand")
    return Question(
        select(pairings).where(
            pairings.c.tenant_id == bindparam("of_tenant"), or_(mine, and_(at_one_time, PENDING))
        )
    )


async def take_locator(
    connection: Connection,
    pairing: Pairing,
    locator: Locator,
    at: datetime,
    not_reused_since: datetime,
) -> bool:
    """One row per locator remembers its last use; it is taken over only when that is long ago."""
    given = {
        "locator_hash": locator.hash,
        "tenant_id": pairing.tenant,
        "pairing_id": pairing.id,
        "used_at": at,
        "not_since": not_reused_since,
    }
    return await connection.tell(_taken(connection.dialect.name), [given]) == 1


@cache
def _taken(dialect: str) -> Order:
    still_pending = (
        select(pairings.c.id)
        .where(pairings.c.id == locator_uses.c.pairing_id, PENDING)
        .correlate(locator_uses)
        .exists()
    )
    not_since = bindparam("not_since", type_=locator_uses.c.used_at.type)
    written = upsert_in(dialect, locator_uses).values(
        {column.name: bindparam(column.name, type_=column.type) for column in locator_uses.c}
    )
    return Order(
        written.on_conflict_do_update(
            index_elements=[locator_uses.c.locator_hash],
            set_={name: written.excluded[name] for name in ("tenant_id", "pairing_id", "used_at")},
            where=(locator_uses.c.used_at < not_since) & ~still_pending,
        )
    )
