"""Moves of aliases that wait for a second person."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from ivr.flow_library.model import Proposal, Publication
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.flows.aliases import publish
from stores.sql.flows.rows import columns, read
from stores.sql.schema.flows import flow_proposals


class SqlFlowProposals:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, proposal: Proposal, publication: Publication | None) -> None:
        async def job(connection: Connection) -> None:
            if publication is not None:
                await publish(connection, tenant, publication)
            await connection.execute(
                insert(flow_proposals).values(tenant_id=tenant, **columns(proposal))
            )

        await self._database.write(job)

    async def one(self, tenant: str, proposal_id: str) -> Proposal | None:
        mine = flow_proposals.c
        wanted = select(flow_proposals).where(mine.tenant_id == tenant, mine.id == proposal_id)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return read(Proposal, row) if row else None

    async def open(self, tenant: str, flow_id: str) -> Sequence[Proposal]:
        mine = flow_proposals.c
        wanted = (
            select(flow_proposals)
            .where(mine.tenant_id == tenant, mine.flow_id == flow_id, mine.done.is_(False))
            .order_by(mine.at)
        )
        async with self._database.read() as connection:
            return [read(Proposal, row) for row in await connection.execute(wanted)]

    async def change(self, tenant: str, before: Proposal, after: Proposal) -> bool:
        mine = flow_proposals.c

        async def job(connection: Connection) -> bool:
            changed = await connection.execute(
                update(flow_proposals)
                .where(mine.tenant_id == tenant, mine.id == before.id)
                .where(mine.version == before.version)
                .values(
                    approvals=list(after.approvals),
                    needed=after.needed,
                    done=after.done,
                    version=before.version + 1,
                )
            )
            return changed.rowcount == 1

        return await self._database.write(job)
