"""Moves of a pairing inside one transaction, with the guards that make one winner.

Expiry is compared by the database's clock with what is stored, not with what the mover believes.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from identity.pairing.model import NO_CALL, InstallationId, Pairing, PairingId
from identity.pairing.outcomes import Status
from stores.sql.database import upsert_in
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order
from stores.sql.pairings.rows import to_row
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import consumed_nonces, live_verdicts, pairings
from stores.sql.sealing import Sealer

_CONSUMED: Final = Order(
    insert(consumed_nonces).values(
        tenant_id=bindparam("of_tenant"),
        nonce_sha256=bindparam("used"),
        pairing_id=bindparam("by"),
        consumed_at=clock(),
    )
)
_IN_TIME_ONLY: Final = (Status.PENDING, Status.COMPLETE)


class OtherLive(Exception):
    """The person has a live verdict of another call."""

    def __init__(self, pairing: PairingId) -> None:
        super().__init__("the person has a live verdict")
        self.pairing = pairing


class OvertakenHere(Exception):
    """One of several moves lost: none of them may stand."""


async def move(connection: Connection, sealer: Sealer, before: Pairing, after: Pairing) -> bool:
    """Write `after` over `before` unless somebody was first or time ran out."""
    in_time = before.status is Status.PENDING and after.status in _IN_TIME_ONLY
    statement = _moving(
        unexpired=in_time,
        unclaimed=before.claimed_by is None and after.claimed_by is not None,
        arriving=before.call_ref != after.call_ref,
    )
    row = to_row(after, sealer) | {"version": before.version + 1}
    given = {f"new_{name}": value for name, value in row.items()} | {
        "of_tenant": before.tenant,
        "of_pairing": before.id,
        "expected": before.version,
        "was": before.status.value,
    }
    return await connection.tell(statement, [given]) == 1


@cache
def _moving(*, unexpired: bool, unclaimed: bool, arriving: bool) -> Order:
    """Made once for each kind of move: putting it together costs more than doing it."""
    guards = [
        pairings.c.tenant_id == bindparam("of_tenant"),
        pairings.c.id == bindparam("of_pairing"),
        pairings.c.version == bindparam("expected"),
        pairings.c.status == bindparam("was"),
    ]
    if unexpired:
        guards.append(pairings.c.expires_at > clock())
    if unclaimed:
        guards.append(pairings.c.claim_by > clock())
    if arriving:
        guards.append(pairings.c.step_by > clock())
    new = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in pairings.c}
    return Order(update(pairings).where(*guards).values(new))


async def consume_nonce(connection: Connection, after: Pairing) -> None:
    """IntegrityError when the nonce was consumed before: ours to look into, nothing is written."""
    assert after.statement is not None
    nonce = json.loads(after.statement)["nonce"]
    used = hashlib.sha256(str(nonce).encode()).digest()
    given = {"of_tenant": after.tenant, "used": used, "by": after.id}
    await connection.tell(_CONSUMED, [given])


async def stop_living(connection: Connection, pairing: Pairing, *, unexpired: bool) -> bool:
    """The live row of a verdict goes; False when it had none (`unexpired`: that still lived)."""
    mine = [live_verdicts.c.tenant_id == pairing.tenant, live_verdicts.c.pairing_id == pairing.id]
    if unexpired:
        mine.append(live_verdicts.c.until > clock())
    return (await connection.execute(delete(live_verdicts).where(*mine))).rowcount == 1


async def go_live(
    connection: Connection, after: Pairing, until: datetime, private: bytes | None
) -> None:
    """Insert the live row, over one that has run out or is of the same call; else OtherLive.

    A card that leads to no person has no live row: there is nobody to compare. Nor has a check
    without a call: whoever stands at a desk may have a call elsewhere.
    """
    person = after.verdict.person if after.verdict else None
    if person is None or after.call_ref == NO_CALL:
        return
    live = {
        "tenant_id": after.tenant,
        "person_id": person,
        "pairing_id": after.id,
        "call_ref": after.call_ref,
        "until": until,
        "private": private,
    }
    if await connection.tell(_living(connection.dialect.name), [live]) == 0:
        other = select(live_verdicts.c.pairing_id).where(
            live_verdicts.c.tenant_id == after.tenant, live_verdicts.c.person_id == person
        )
        raise OtherLive(PairingId((await connection.execute(other)).scalar_one()))


@cache
def _living(dialect: str) -> Order:
    written = upsert_in(dialect, live_verdicts)
    key = ("tenant_id", "person_id")
    told = written.excluded
    return Order(
        written.on_conflict_do_update(
            index_elements=[live_verdicts.c[name] for name in key],
            set_={
                column.name: told[column.name]
                for column in live_verdicts.c
                if column.name not in key
            },
            where=or_(live_verdicts.c.until <= clock(), live_verdicts.c.call_ref == told.call_ref),
        )
    )


def check_change(before: Pairing, after: Pairing) -> None:
    """ValueError for what `change` must not do: complete, revive, or touch a verdict's status."""
    _check_same(before, after)
    if before.status is Status.PENDING:
        if after.status is Status.COMPLETE:
            raise ValueError("only close completes a pairing")
        if after.recheck is not None:
            raise ValueError("a certificate is asked about again afterwards")
        return
    repudiates = before.repudiated_at is None and after.repudiated_at is not None
    asked_again = after.recheck not in (None, before.recheck) and not before.revoked_since
    if before.status is not Status.COMPLETE or repudiates is asked_again:
        raise ValueError("an ended pairing changes by its repudiation, once, or by a recheck")
    if before != replace(after, repudiated_at=before.repudiated_at, recheck=before.recheck):
        raise ValueError("what a verdict found is never changed afterwards")


def check_close(before: Pairing, after: Pairing) -> None:
    _check_same(before, after)
    if before.status is not Status.PENDING or after.status is not Status.COMPLETE:
        raise ValueError("close moves a pending pairing to complete")
    if after.verdict is None or after.statement is None:
        raise ValueError("a complete pairing has a verdict and the statement that was signed")


def check_supersede(
    mine: Pairing, mine_after: Pairing | None, other: Pairing, other_after: Pairing
) -> list[tuple[Pairing, Pairing]]:
    """The moves, in one order for everybody, so that two of them cannot hold each other up."""
    if mine.tenant != other.tenant or mine.id == other.id:
        raise ValueError("superseded are two pairings of one tenant")
    ends = [(other, other_after)] + ([(mine, mine_after)] if mine_after else [])
    for before, after in ends:
        _check_same(before, after)
        if after.status is not Status.FAILED:
            raise ValueError("a superseded pairing is a failed one")
    return sorted(ends, key=lambda end: end[0].id)


def check_arrive(before: Pairing, after: Pairing) -> None:
    if (before.id, before.tenant) != (after.id, after.tenant):
        raise ValueError("before and after are not the same pairing")
    pending = before.status is Status.PENDING and after.status is Status.PENDING
    if not pending or before.call_ref != NO_CALL or after.call_ref == NO_CALL:
        raise ValueError("arriving gives a pending pairing its call, once")


def check_desk_claim(before: Pairing, after: Pairing) -> InstallationId:
    """Who claims it; ValueError for any other move."""
    check_change(before, after)
    pending = before.status is Status.PENDING and after.status is Status.PENDING
    if not pending or after.call_ref != NO_CALL or before.claimed_by or after.claimed_by is None:
        raise ValueError("claimed at a desk is a pending pairing without a call, once")
    return after.claimed_by


def check_end_both(first: Pairing, first_after: Pairing, second: Pairing) -> None:
    _check_same(first, first_after)
    if first.tenant != second.tenant or first.call_ref == second.call_ref:
        raise ValueError("superseded are the checks of two calls of one tenant")
    if first_after.status is not Status.FAILED or second.status is not Status.FAILED:
        raise ValueError("a superseded pairing is a failed one")


def _check_same(before: Pairing, after: Pairing) -> None:
    if (before.id, before.tenant, before.call_ref) != (after.id, after.tenant, after.call_ref):
        raise ValueError("before and after are not the same pairing")
