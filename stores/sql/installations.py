"""Installed apps of the whole deployment, and the request proofs they have used up."""

import hashlib
from typing import Any

from sqlalchemy import Row, delete, select, update

from identity.installations.model import Installation
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import DEPLOYMENT, clock
from stores.sql.schema.identity_side import installations, seen_proofs

SWEEP_EVERY = 200


class SqlInstallations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, installation: Installation) -> Installation:
        async def job(connection: Connection) -> Installation:
            await connection.execute(
                upsert(connection, installations)
                .values(
                    tenant_id=DEPLOYMENT,
                    id=installation.id,
                    public_jwk=dict(installation.public_jwk),
                    platform=installation.platform,
                    app_version=installation.app_version,
                    registered_at=installation.registered_at,
                    ever_proved=installation.ever_proved,
                )
                .on_conflict_do_nothing()
            )
            standing = await _find(connection, installation.id)
            assert standing is not None
            return standing

        return await self._database.write(job)

    async def by_id(self, installation_id: str) -> Installation | None:
        async with self._database.read() as connection:
            return await _find(connection, installation_id)

    async def mark_proved(self, installation_id: str) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                update(installations)
                .where(installations.c.tenant_id == DEPLOYMENT)
                .where(installations.c.id == installation_id)
                .values(ever_proved=True)
            )

        await self._database.write(job)


class SqlSeenProofs:
    """In SQL, so that a restart does not let a proof in twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._since_sweep = 0

    async def first_time(self, installation_id: str, jti: str, *, seconds: int) -> bool:
        proof = hashlib.sha256(f"{len(installation_id)}:{installation_id}{jti}".encode()).digest()
        self._since_sweep = (self._since_sweep + 1) % SWEEP_EVERY
        sweep = self._since_sweep == 0

        async def job(connection: Connection) -> bool:
            if sweep:
                now = select(clock()).scalar_subquery()
                await connection.execute(delete(seen_proofs).where(seen_proofs.c.until <= now))
            until = clock(seconds)
            remembered = (
                upsert(connection, seen_proofs)
                .values(tenant_id=DEPLOYMENT, proof_sha256=proof, until=until)
                .on_conflict_do_update(
                    index_elements=[seen_proofs.c.tenant_id, seen_proofs.c.proof_sha256],
                    set_={"until": until},
                    where=seen_proofs.c.until <= clock(),
                )
                .returning(seen_proofs.c.until)
            )
            return (await connection.execute(remembered)).one_or_none() is not None

        return await self._database.write(job)


async def _find(connection: Connection, installation_id: str) -> Installation | None:
    wanted = select(installations).where(
        installations.c.tenant_id == DEPLOYMENT, installations.c.id == installation_id
    )
    row = (await connection.execute(wanted)).one_or_none()
    return _installation(row) if row else None


def _installation(row: Row[Any]) -> Installation:
    return Installation(
        id=row.id,
        public_jwk=row.public_jwk,
        platform=row.platform,
        app_version=row.app_version,
        registered_at=row.registered_at,
        ever_proved=row.ever_proved,
    )
