"""The role that the service has on PostgreSQL: it appends to the archive and cannot change it.

The owner of the tables migrates; a service under another role cannot even switch a trigger off.
"""

from typing import Final

from sqlalchemy import Connection, NullPool, create_engine, text

from stores.sql.database import database_url

APPEND_ONLY: Final = ("evidence", "evidence_parts", "evidence_checkpoints")
READ_ONLY: Final = ("alembic_version",)


class NotForThisRole(Exception):
    """A role that cannot be held to anything, or is not there. With words for an administrator."""


def grant(url: str, role: str) -> None:
    """As the tables' owner. What the role had before is taken away first, so it may be done again
    after each migration. NotForThisRole; database errors are raised."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        raise NotForThisRole("a SQLite file has no roles: its triggers alone protect the archive")
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.begin() as connection:
            _grant(connection, role)
    finally:
        engine.dispose()


def _grant(connection: Connection, role: str) -> None:
    asked = text("SELECT rolsuper, rolname = current_user FROM pg_roles WHERE rolname = :role")
    found = connection.execute(asked, {"role": role}).one_or_none()
    if found is None:
        raise NotForThisRole(f"{role}: no such role; make it: CREATE ROLE ... LOGIN PASSWORD ...")
    if found[0]:
        raise NotForThisRole(f"{role}: is a superuser, whom nothing holds")
    if found[1]:
        raise NotForThisRole(f"{role}: is the role that migrates, and owns the tables")
    name = connection.dialect.identifier_preparer.quote(role)
    everything = "ALL TABLES IN SCHEMA public"
    for statement in (
        f"REVOKE ALL ON {everything} FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {everything} TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {name}" for table in APPEND_ONLY),
        *(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {name}" for table in READ_ONLY),
    ):
        connection.execute(text(statement))
