"""Sources of flows by version, immutable; `place` says which was saved last.

0 has no place among them: kept for people to agree on, and never what calls got.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.flows import flow_versions


class SqlFlowVersions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        async def job(connection: Connection) -> None:
            last = select(func.coalesce(func.max(flow_versions.c.place), 0)).where(
                flow_versions.c.tenant_id == tenant
            )
            place: int = (await connection.execute(last)).scalar_one() + 1
            await connection.execute(
                upsert(connection, flow_versions)
                .values(
                    tenant_id=tenant,
                    version=version,
                    flow_id=flow_id,
                    place=place,
                    bundle=bundle_json,
                )
                .on_conflict_do_update(
                    index_elements=[flow_versions.c.tenant_id, flow_versions.c.version],
                    set_={"place": place},
                )
            )

        await self._database.write(job)

    async def keep(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                upsert(connection, flow_versions)
                .values(
                    tenant_id=tenant, version=version, flow_id=flow_id, place=0, bundle=bundle_json
                )
                .on_conflict_do_nothing()
            )

        await self._database.write(job)

    async def load(self, tenant: str, version: str) -> str | None:
        wanted = select(flow_versions.c.bundle).where(
            flow_versions.c.tenant_id == tenant, flow_versions.c.version == version
        )
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).scalar_one_or_none()

    async def newest(self, tenant: str, flow_id: str) -> str | None:
        wanted = (
            select(flow_versions.c.bundle)
            .where(flow_versions.c.tenant_id == tenant, flow_versions.c.flow_id == flow_id)
            .where(flow_versions.c.place > 0)
            .order_by(flow_versions.c.place.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).scalar_one_or_none()

    async def like(self, tenant: str, beginning: str) -> Sequence[str]:
        wanted = (
            select(flow_versions.c.version)
            .where(flow_versions.c.tenant_id == tenant)
            .where(flow_versions.c.version.startswith(beginning, autoescape=True))
            .limit(2)
        )
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).scalars().all()
