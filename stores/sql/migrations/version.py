"""Which schema a database has, and which this program needs; read without the migration tool."""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, MetaData, NullPool, Table, Text, create_engine, inspect, select

from stores.sql.database import database_url
from stores.sql.engines.connection import Connection

_FILES: Final = Path(__file__).parent / "versions"
# The migration tool's own table: one row, written in the transaction of each migration.
_TABLE: Final = Table("alembic_version", MetaData(), Column("version_num", Text))


class NewerSchema(Exception):
    """The database was migrated by a newer version of this program."""


def needed() -> str:
    """The newest migration there is: files are named `v<revision>_<what>.py`."""
    return max(path.name[1:5] for path in _FILES.glob("v[0-9][0-9][0-9][0-9]_*.py"))


def current(url: str) -> str | None:
    """The revision the database has; None when it has no tables of ours or does not exist."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not Path(str(parsed.database)).exists():
            return None
        parsed = parsed.set(drivername="sqlite")
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(_TABLE.name):
                return None
            return connection.execute(select(_TABLE)).scalar()
    finally:
        engine.dispose()


async def current_of(connection: Connection) -> str | None:
    """The same of a database in use, whose tables are there."""
    return (await connection.execute(select(_TABLE))).scalar()
