"""Contract holders and the linkage of cards to persons. Names and phones are sealed.

Phones can be compared only through `hash_phone(tenant, e164)`, the tenant's HMAC.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, bindparam, case, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from identity.contract_holders.comparing import somebody_else
from identity.contract_holders.model import Holder
from identity.contract_holders.ports import LinkageUnavailable
from identity.tenants.model import TenantId
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import holder_phones, holders, linkage
from stores.sql.sealing import Sealer

_ASKED_AT_ONCE: Final = 500


class SqlHolders:
    def __init__(
        self, database: Database, sealer: Sealer, *, hash_phone: Callable[[TenantId, str], bytes]
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._hash_phone = hash_phone

    async def of_person(self, tenant: TenantId, person: str) -> Sequence[Holder]:
        if not person:  # "" waits for enrolment: not a person that all of them share
            return []
        return await self._where(tenant, holders.c.person_id == person)

    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None:
        found = await self._where(tenant, holders.c.contract_ref == contract_ref)
        return found[0] if found else None

    async def of_phone(self, tenant: TenantId, phone_hash: bytes) -> Sequence[Holder]:
        contracts = select(holder_phones.c.contract_ref).where(
            holder_phones.c.tenant_id == tenant, holder_phones.c.phone_hash == phone_hash
        )
        return await self._where(tenant, holders.c.contract_ref.in_(contracts))

    async def replace_all(self, tenant: TenantId, holders: Sequence[Holder]) -> Sequence[str]:
        """One transaction; ValueError for a holder of another tenant or a contract given twice."""
        references = {holder.contract_ref for holder in holders}
        if len(references) != len(holders) or any(h.tenant != tenant for h in holders):
            raise ValueError("holders of one tenant, each contract once")

        phones = [phone for holder in holders for phone in self._phones(holder)]
        sealed = {holder.contract_ref: self._row(holder) for holder in holders}

        async def job(connection: Connection) -> list[str]:
            rows, changed = dict(sealed), set[str]()
            for before in await _tied(connection, self._sealer, tenant, sealed):
                after = by_ref[before.contract_ref]
                another = after.person not in ("", before.person) or somebody_else(before, after)
                if another:
                    changed.add(before.contract_ref)
                if another or before.to_confirm:
                    rows[before.contract_ref] = self._row(replace(after, to_confirm=True))
            await _replace(connection, list(rows.values()), phones)
            return [ref for ref in by_ref if ref in changed]

        by_ref = {holder.contract_ref: holder for holder in holders}
        return await self._database.write(job) if sealed else []

    def _row(self, holder: Holder) -> dict[str, Any]:
        return {
            "tenant_id": holder.tenant,
            "contract_ref": holder.contract_ref,
            "person_id": holder.person,
            "private": _sealed(self._sealer, holder),
        }

    def _phones(self, holder: Holder) -> list[dict[str, Any]]:
        return [
            {
                "tenant_id": holder.tenant,
                "contract_ref": holder.contract_ref,
                "phone_hash": self._hash_phone(holder.tenant, phone),
            }
            for phone in sorted(set(holder.phones))
        ]

    async def _where(self, tenant: TenantId, condition: Any) -> list[Holder]:
        wanted = (
            select(holders)
            .where(holders.c.tenant_id == tenant, condition)
            .order_by(holders.c.contract_ref)
        )
        async with self._database.read() as connection:
            return [_holder(self._sealer, row) for row in await connection.execute(wanted)]


class SqlLinkage:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def person_of(self, tenant: TenantId, card_hash: bytes) -> str | None:
        try:
            async with self._database.read() as connection:
                return await linked(connection, tenant, card_hash)
        except (SQLAlchemyError, OSError, TimeoutError) as failure:
            raise LinkageUnavailable("the linkage table cannot be asked") from failure

    async def link(self, tenant: TenantId, card_hash: bytes, person: str) -> str:
        async def job(connection: Connection) -> str:
            await connection.execute(
                upsert(connection, linkage)
                .values(tenant_id=tenant, card_hash=card_hash, person_id=person)
                .on_conflict_do_nothing()
            )
            standing = await linked(connection, tenant, card_hash)
            assert standing is not None
            return standing

        return await self._database.write(job)


async def _replace(
    connection: Connection, rows: list[dict[str, Any]], phones: list[dict[str, Any]]
) -> None:
    """Few statements for many rows: an import must not hold up calls on SQLite."""
    written = upsert(connection, holders)
    await connection.execute(
        written.on_conflict_do_update(
            index_elements=[holders.c.tenant_id, holders.c.contract_ref],
            set_={
                # An empty person id waits for enrolment: it does not undo one that was made.
                "person_id": case(
                    (written.excluded.person_id == "", holders.c.person_id),
                    else_=written.excluded.person_id,
                ),
                "private": written.excluded.private,
            },
        ),
        rows,
    )
    await connection.execute(
        delete(holder_phones).where(
            holder_phones.c.tenant_id == bindparam("of_tenant"),
            holder_phones.c.contract_ref == bindparam("of_contract"),
        ),
        [{"of_tenant": row["tenant_id"], "of_contract": row["contract_ref"]} for row in rows],
    )
    if phones:
        await connection.execute(insert(holder_phones), phones)


async def _tied(
    connection: Connection, sealer: Sealer, tenant: TenantId, contracts: Collection[str]
) -> list[Holder]:
    """Those of them that are somebody's, held as they are until this transaction ends."""
    found, wanted_refs = list[Holder](), sorted(contracts)
    for at in range(0, len(wanted_refs), _ASKED_AT_ONCE):
        some = wanted_refs[at : at + _ASKED_AT_ONCE]
        wanted = (
            select(holders)
            .where(
                holders.c.tenant_id == tenant,
                holders.c.contract_ref.in_(some),
                holders.c.person_id != "",
            )
            .order_by(holders.c.contract_ref)
            .with_for_update()
        )
        found += [_holder(sealer, row) for row in await connection.execute(wanted)]
    return found


async def confirm(connection: Connection, sealer: Sealer, tenant: TenantId, contract: str) -> None:
    """Whose contract it is stands from now on."""
    holder = await holder_of(connection, sealer, tenant, contract)
    if holder is not None and holder.to_confirm:
        await connection.execute(
            update(holders)
            .where(holders.c.tenant_id == tenant, holders.c.contract_ref == contract)
            .values(private=_sealed(sealer, replace(holder, to_confirm=False)))
        )


async def linked(connection: Connection, tenant: TenantId, card_hash: bytes) -> str | None:
    """The person of a card, as this transaction sees it."""
    wanted = select(linkage.c.person_id).where(
        linkage.c.tenant_id == tenant, linkage.c.card_hash == card_hash
    )
    return (await connection.execute(wanted)).scalar_one_or_none()


async def holder_of(
    connection: Connection, sealer: Sealer, tenant: TenantId, contract_ref: str
) -> Holder | None:
    """A contract's holder, held as it is until this transaction ends."""
    wanted = (
        select(holders)
        .where(holders.c.tenant_id == tenant, holders.c.contract_ref == contract_ref)
        .with_for_update()
    )
    row = (await connection.execute(wanted)).one_or_none()
    return _holder(sealer, row) if row is not None else None


def _sealed(sealer: Sealer, holder: Holder) -> bytes:
    content = {
        "display_name": holder.display_name,
        "phones": list(holder.phones),
        "birth_date": holder.birth_date,
        "address": holder.address,
        "former_addresses": list(holder.former_addresses),
        "to_confirm": holder.to_confirm,
    }
    return sealer.seal(holder.tenant, _place(holder.contract_ref), content)


def _holder(sealer: Sealer, row: Row[Any]) -> Holder:
    content: dict[str, Any] = sealer.unseal(row.tenant_id, _place(row.contract_ref), row.private)
    return Holder(
        tenant=TenantId(row.tenant_id),
        contract_ref=row.contract_ref,
        display_name=content["display_name"],
        phones=tuple(content["phones"]),
        person=row.person_id,
        # Rows of earlier versions do not say.
        birth_date=content.get("birth_date", ""),
        address=content.get("address", ""),
        former_addresses=tuple(content.get("former_addresses", ())),
        to_confirm=content.get("to_confirm", False),
    )


def _place(contract_ref: str) -> tuple[str, ...]:
    return ("holders", "private", contract_ref)
