"""T23: the service's role on PostgreSQL does all that the service does, and nothing to evidence."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from stores.sql.database import Database, database_url
from stores.sql.engines.connection import Connection
from stores.sql.migrations import migrate, roles
from tests.ports.stage import TENANT, Stage, a_pairing, a_record, news_of, verified
from tests.postgres import Cluster

ROLE = 'the "service"'


@pytest.fixture(scope="module")
def owned(postgres: Cluster) -> str:
    """A database whose owner is no superuser, as in production."""
    url = postgres.database()
    name = str(make_url(url).database)
    as_superuser(url, "DROP ROLE IF EXISTS owner")
    as_superuser(url, "CREATE ROLE owner LOGIN", f"ALTER DATABASE {name} OWNER TO owner")
    as_superuser(url, "ALTER SCHEMA public OWNER TO owner", 'CREATE ROLE "the ""service""" LOGIN')
    mine = of(url, "owner")
    migrate.upgrade(mine)
    roles.grant(mine, ROLE)
    roles.grant(mine, ROLE)  # again after each migration
    return url


def of(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def as_superuser(url: str, *statements: str) -> None:
    engine = create_engine(database_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
async def service(owned: str) -> AsyncIterator[Stage]:
    database = Database(of(owned, ROLE))
    yield Stage(database)
    await database.close()


async def test_t23_the_service_does_its_work(service: Stage) -> None:
    before = await service.claimed(a_pairing())
    after = verified(before)
    await service.pairings.close(before, after, record=a_record(before), news=news_of(after))
    assert len(await service.evidence.of_pairing(TENANT, before.id)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET kind = 'view'",
        "DELETE FROM evidence_parts",
        "TRUNCATE evidence",
        "UPDATE evidence_checkpoints SET number = 7",
        "DELETE FROM evidence_checkpoints",
        "ALTER TABLE evidence DISABLE TRIGGER ALL",
        "DROP TRIGGER evidence_refuses_update ON evidence",
        "DROP TABLE evidence",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = '9999'",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
    ],
)
async def test_t23_and_cannot_change_what_is_there(service: Stage, statement: str) -> None:
    record = a_record()
    await service.evidence.append(record)

    async def job(connection: Connection) -> None:
        await connection.execute(text(statement))

    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        await service.database.write(job)
    assert await service.evidence.by_id(TENANT, record.id) is not None


def test_t23_a_role_that_nothing_holds_is_refused(owned: str, tmp_path: object) -> None:
    for role, says in (
        ("postgres", "superuser"),
        ("nobody-here", "no such"),
        ("owner", "migrates"),
    ):
        with pytest.raises(roles.NotForThisRole, match=says):
            roles.grant(of(owned, "owner"), role)
    with pytest.raises(roles.NotForThisRole, match="SQLite"):
        roles.grant(f"sqlite:///{tmp_path}/x.db", ROLE)
