"""Card, person and contract tied together, and what waits for that.

`write` is for the transaction in which a pairing ends; what two people do later is `SqlEnrolments`.
Everything here runs behind the tenant's locked chain of evidence, so one comes after the other.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Row, and_, delete, insert, or_, select, update

from identity.contract_holders.model import Tie
from identity.contract_holders.ports import Settled
from identity.contract_holders.waiting import Wait, mark_of, mark_of_texts
from identity.evidence_archive.model import SealedRecord
from identity.jpki.anchors import Purpose
from identity.tenants.model import TenantId
from identity.verification.model import LinkageKey
from identity.verification.ports import RevocationSubject
from stores.sql.archive import rows as evidence
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.holders import confirm, holder_of, linked
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import (
    card_holds,
    holders,
    linkage,
    pairings,
    waiting_enrolments,
)
from stores.sql.sealing import SealBroken, Sealer

_log = structlog.get_logger()


class Taken(Exception):
    """Card or contract are another person's by now, or the contract is not what was compared.
    Undoes what the transaction has written."""


async def write(connection: Connection, sealer: Sealer, tenant: TenantId, what: Tie | Wait) -> None:
    """Within the transaction that ends the pairing. Taken.

    A card that is tied to a contract, or waits for it anew, no longer waits as it did before.
    """
    contract = what.contract_ref if isinstance(what, Tie) else what.contract
    await connection.execute(
        delete(waiting_enrolments).where(
            waiting_enrolments.c.tenant_id == tenant,
            waiting_enrolments.c.contract_ref == contract,
            waiting_enrolments.c.card_hash == what.card_hash,
        )
    )
    if isinstance(what, Tie):
        await _tie(connection, sealer, tenant, what)
    else:
        row = _row(sealer, tenant, what)
        await connection.execute(insert(waiting_enrolments).values(row))


class SqlEnrolments:
    """The port `Enrolments` of contract_holders."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def waiting(self, tenant: TenantId) -> Sequence[Wait]:
        repudiated = select(pairings.c.id).where(
            pairings.c.tenant_id == tenant,
            pairings.c.id == waiting_enrolments.c.id,
            pairings.c.repudiated_at.is_not(None),
        )
        wanted = (
            select(waiting_enrolments)
            .where(
                waiting_enrolments.c.tenant_id == tenant,
                waiting_enrolments.c.until > clock(),
                ~repudiated.exists(),
            )
            .order_by(waiting_enrolments.c.at, waiting_enrolments.c.id)
        )
        async with self._database.read() as connection:
            found = [self._readable(row) for row in await connection.execute(wanted)]
        return [wait for wait in found if wait is not None]

    def _readable(self, row: Row[Any]) -> Wait | None:
        """None, and a line in the log, of what does not open: it keeps no other from its end."""
        try:
            return _wait(self._sealer, row)
        except (SealBroken, ValueError, KeyError, TypeError) as error:
            _log.error("waiting_enrolment_unreadable", error=type(error).__name__)
            return None

    async def approve(
        self, tenant: TenantId, wait: Wait, *, held: Sequence[str], record: SealedRecord
    ) -> Settled:
        async def job(connection: Connection) -> Settled:
            head = await evidence.lock_head(connection, tenant)
            if not await _gone(connection, tenant, wait):
                return Settled.GONE
            if await _disowned(connection, tenant, wait, held):
                raise _NotNow(Settled.DISOWNED)
            holder = await holder_of(connection, self._sealer, tenant, wait.contract)
            if holder is None or mark_of(holder) != wait.contract_mark:
                raise _NotNow(Settled.CHANGED)
            tie = Tie(
                card_hash=wait.card_hash,
                contract_ref=wait.contract,
                person=wait.person,
                contract_mark=mark_of_texts(holder),
            )
            await _tie(connection, self._sealer, tenant, tie)
            await evidence.append(connection, head, [record])
            return Settled.DONE

        try:
            return await self._database.write(job)
        except _NotNow as why:
            return why.settled
        except Taken:
            return Settled.CHANGED

    async def end(self, tenant: TenantId, wait: Wait, *, record: SealedRecord) -> bool:
        async def job(connection: Connection) -> bool:
            head = await evidence.lock_head(connection, tenant)
            gone = await _gone(connection, tenant, wait)
            if gone:
                await evidence.append(connection, head, [record])
            return gone

        return await self._database.write(job)

    async def give(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        async def job(connection: Connection) -> None:
            head = await evidence.lock_head(connection, tenant)
            await _give(connection, self._sealer, tenant, contract_ref, person)
            await evidence.append(connection, head, [record])

        try:
            await self._database.write(job)
        except Taken:
            return False
        return True

    async def untie(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        if not person:
            raise ValueError("nobody's contract is not untied")

        async def job(connection: Connection) -> bool:
            head = await evidence.lock_head(connection, tenant)
            if not await _set_person(connection, tenant, contract_ref, was=(person,), to=""):
                return False
            await confirm(connection, self._sealer, tenant, contract_ref)
            await evidence.append(connection, head, [record])
            return True

        return await self._database.write(job)


class _NotNow(Exception):
    """Undoes the transaction: the wait stands as it did."""

    def __init__(self, settled: Settled) -> None:
        super().__init__(settled)
        self.settled = settled


async def _gone(connection: Connection, tenant: TenantId, wait: Wait) -> bool:
    """Takes the wait away. False when it was not there, or over: it is never decided twice."""
    taken = await connection.execute(
        delete(waiting_enrolments).where(
            waiting_enrolments.c.tenant_id == tenant,
            waiting_enrolments.c.id == wait.id,
            waiting_enrolments.c.until > clock(),
        )
    )
    return bool(taken.rowcount)


async def _disowned(
    connection: Connection, tenant: TenantId, wait: Wait, persons: Sequence[str]
) -> bool:
    """Repudiated, or a person is held because of another repudiation; or there was one since the
    card was tapped, whose hold is over by now."""
    theirs = and_(pairings.c.person_id.in_(persons), pairings.c.repudiated_at >= wait.at)
    repudiated = select(pairings.c.id).where(
        pairings.c.tenant_id == tenant,
        or_(and_(pairings.c.id == wait.id, pairings.c.repudiated_at.is_not(None)), theirs),
    )
    held = select(card_holds.c.person_id).where(
        card_holds.c.tenant_id == tenant,
        card_holds.c.person_id.in_(persons),
        card_holds.c.until > clock(),
    )
    either = select(or_(repudiated.exists(), held.exists()))
    return bool((await connection.execute(either)).scalar_one())


async def _tie(connection: Connection, sealer: Sealer, tenant: TenantId, tie: Tie) -> None:
    holder = await holder_of(connection, sealer, tenant, tie.contract_ref)
    if holder is None or mark_of_texts(holder) != tie.contract_mark:
        raise Taken
    await connection.execute(
        upsert(connection, linkage)
        .values(tenant_id=tenant, card_hash=tie.card_hash, person_id=tie.person)
        .on_conflict_do_nothing()
    )
    if await linked(connection, tenant, tie.card_hash) != tie.person:
        raise Taken
    await _give(connection, sealer, tenant, tie.contract_ref, tie.person)


async def _give(
    connection: Connection, sealer: Sealer, tenant: TenantId, contract_ref: str, person: str
) -> None:
    if not await _set_person(connection, tenant, contract_ref, was=("", person), to=person):
        raise Taken
    await confirm(connection, sealer, tenant, contract_ref)


async def _set_person(
    connection: Connection, tenant: TenantId, contract_ref: str, *, was: Sequence[str], to: str
) -> bool:
    changed = await connection.execute(
        update(holders)
        .where(
            holders.c.tenant_id == tenant,
            holders.c.contract_ref == contract_ref,
            holders.c.person_id.in_(was),
        )
        .values(person_id=to)
    )
    return changed.rowcount == 1


def _row(sealer: Sealer, tenant: TenantId, wait: Wait) -> dict[str, Any]:
    asked = wait.certificate
    content = {
        "person": wait.person,
        "other_card": wait.other_card,
        "compared": dict(wait.compared),
        "mark": wait.contract_mark.hex(),
        "purpose": asked.purpose.value,
        "issuer": asked.certificate.issuer_key_sha256.hex(),
        "serial": f"{asked.certificate.serial:x}",
        "points": sorted(b64encode(point).decode() for point in asked.distribution_points),
    }
    return {
        "tenant_id": tenant,
        "id": wait.id,
        "contract_ref": wait.contract,
        "card_hash": wait.card_hash,
        "begun_by": wait.begun_by,
        "at": wait.at,
        "until": wait.until,
        "private": sealer.seal(tenant, _place(wait.id), content),
    }


def _wait(sealer: Sealer, row: Row[Any]) -> Wait:
    content: dict[str, Any] = sealer.unseal(row.tenant_id, _place(row.id), row.private)
    return Wait(
        id=row.id,
        contract=row.contract_ref,
        card_hash=row.card_hash,
        person=content["person"],
        other_card=content["other_card"],
        compared=content["compared"],
        contract_mark=bytes.fromhex(content["mark"]),
        certificate=RevocationSubject(
            purpose=Purpose(content["purpose"]),
            certificate=LinkageKey(
                issuer_key_sha256=bytes.fromhex(content["issuer"]),
                serial=int(content["serial"], 16),
            ),
            distribution_points=frozenset(b64decode(point) for point in content["points"]),
        ),
        begun_by=row.begun_by,
        at=row.at,
        until=row.until,
    )


def _place(wait: str) -> tuple[str, ...]:
    return ("waiting_enrolments", "private", wait)
