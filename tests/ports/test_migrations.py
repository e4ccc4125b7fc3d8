"""From nothing to the newest schema, the same on both databases as the stores describe it."""

import importlib
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import NullPool, create_engine, inspect, text

from stores.sql.database import Database, database_url
from stores.sql.migrations import migrate, version
from stores.sql.migrations.version import NewerSchema
from stores.sql.schema import flows, identity_side, outbound, phone_side
from stores.sql.schema.columns import metadata
from tests.postgres import Cluster

SIDES = (flows, identity_side, outbound, phone_side)  # importing them fills the metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new 100%.db"
    server: Cluster = request.getfixturevalue("postgres")
    return server.database()


def test_up_from_nothing_and_again(empty: str) -> None:
    assert version.current(empty) is None
    migrate.upgrade(empty)
    assert version.current(empty) == migrate.head() == version.needed()
    migrate.upgrade(empty)
    assert version.current(empty) == migrate.head()


def test_a_database_of_a_newer_version_is_left_alone(empty: str) -> None:
    migrate.upgrade(empty)
    url = database_url(empty)
    plain = url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url
    engine = create_engine(plain, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NewerSchema):
        migrate.upgrade(empty)
    assert version.current(empty) == "9999"


def test_migrations_make_what_the_stores_describe(empty: str) -> None:
    migrate.upgrade(empty)
    url = database_url(empty)
    plain = url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url
    engine = create_engine(plain, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        tables = inspect(connection)
        for table in tables.get_table_names():
            columns = {column["name"] for column in tables.get_columns(table)}
            assert "tenant_id" in columns or table == "alembic_version", table
    engine.dispose()


def test_looking_creates_nothing(tmp_path: Path) -> None:
    assert version.current(f"sqlite:///{tmp_path}/absent.db") is None
    assert not list(tmp_path.iterdir())


async def test_a_sqlite_file_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "kazasu.db"
    path.touch(0o644)
    migrate.upgrade(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    await database.now()
    modes = _modes(tmp_path)
    await database.close()
    assert modes == {"kazasu.db": 0o600, "kazasu.db-wal": 0o600, "kazasu.db-shm": 0o600}


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"not supported|names no SQLite file"):
        database_url(url)


@pytest.mark.parametrize(
    "version", ["v0001_identity_side", "v0002_phone_side", "v0006_further_modes"]
)
def test_there_is_no_way_back_that_would_drop_evidence(version: str) -> None:
    migration = importlib.import_module(f"stores.sql.migrations.versions.{version}")
    with pytest.raises(CommandError, match="restore a backup"):
        migration.downgrade()
