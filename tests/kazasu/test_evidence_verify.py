"""`kazasu evidence verify`: the chain holds, or the first row that does not fit is named."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from identity.tenants.model import TenantId
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.database import Database
from tests.kazasu.deployment import Deployment
from tests.ports.stage import a_record


async def rows(deployment: Deployment, many: int) -> None:
    database = Database(f"sqlite:///{deployment.folder / 'data' / 'kazasu.db'}")
    try:
        for _ in range(many):
            await SqlEvidenceRows(database).append(a_record(tenant=TenantId("main")))
    finally:
        await database.close()


def as_administrator(file: Path, change: str) -> None:
    """With the rights to drop what protects the rows."""
    with sqlite3.connect(file) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute(change).rowcount > 0
    database.close()


def test_an_untouched_chain_holds(deployment: Deployment) -> None:
    assert deployment.call("evidence", "verify").stdout.startswith("0 rows")
    asyncio.run(rows(deployment, 5))
    done = deployment.call("evidence", "verify")
    assert (done.exit_code, done.stdout[:7]) == (0, "5 rows,")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE evidence SET kind = 'export' WHERE seq = 3", "row 3"),
        ("DELETE FROM evidence WHERE seq = 2", "row 2"),
        ("UPDATE evidence SET tenant_id = 'other' WHERE seq = 1", "row 1"),
    ],
)
def test_a_changed_row_is_named(deployment: Deployment, change: str, named: str) -> None:
    asyncio.run(rows(deployment, 5))
    as_administrator(deployment.folder / "data" / "kazasu.db", change)
    done = deployment.run("evidence", "verify")
    assert done.returncode == 1
    assert named in done.stderr
