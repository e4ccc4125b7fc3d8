"""Bring a database to the newest schema, and say where it stands. Run before the service starts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event, text

from stores.sql.database import database_url
from stores.sql.engines.sqlite import make_private_file, prepare_sqlite
from stores.sql.migrations.version import NewerSchema

ADVISORY_LOCK = 0x6B617A61
"""Any fixed number: two processes that migrate one PostgreSQL take turns."""


def upgrade(url: str) -> None:
    """Apply what is missing, in one transaction. SQLite files are created with mode 0600.

    NewerSchema when the database has a migration that is not here.
    """
    with _transaction(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        has = MigrationContext.configure(connection).get_current_revision()
        if has is not None and has not in _revisions():
            raise NewerSchema
        command.upgrade(_config(connection), "head")


def head() -> str:
    """The revision that the migration tool would bring a database to."""
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert newest is not None
    return newest


def _revisions() -> Iterator[str]:
    scripts = ScriptDirectory.from_config(_config(None))
    return (script.revision for script in scripts.walk_revisions())


def _config(connection: Connection | None) -> Config:
    config = Config()
    here = str(Path(__file__).parent).replace("%", "%%")
    config.set_main_option("script_location", here)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        make_private_file(parsed)
        parsed = parsed.set(drivername="sqlite")
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
    if parsed.get_backend_name() == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            prepare_sqlite(connection, query_only=False)

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
