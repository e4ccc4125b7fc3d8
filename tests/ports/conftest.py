"""Each test of a port runs over SQLite and over PostgreSQL, migrated and empty each time.

Ports that Redis serves too run over a private Redis as well.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from stores.redis.link import RedisLink
from stores.sql.database import Database
from stores.sql.migrations import migrate
from tests.ports.stage import Stage
from tests.postgres import Cluster, cluster
from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as server:
        yield server


@pytest.fixture(scope="session")
def one_redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(one_redis: RedisServer) -> RedisServer:
    """Empty; whatever a test did to it, it runs."""
    one_redis.empty()
    return one_redis


@pytest.fixture
async def link(redis: RedisServer) -> AsyncIterator[RedisLink]:
    loop = asyncio.get_running_loop()
    opened = RedisLink(redis.url, monotonic=loop.time, call_seconds=20.0)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Cluster) -> str:
    url = postgres.database()
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    migrate.upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    path = tmp_path / "kazasu.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres: Cluster, migrated_postgres: str) -> Iterator[str]:
    yield migrated_postgres
    postgres.empty(migrated_postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A migrated database that nobody else uses."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database)
