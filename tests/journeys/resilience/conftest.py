"""Houses: one whose service is killed again and again, and one per database that is lived in."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.journeys.resilience.house import House, build
from tests.journeys.resilience.stay import Stay


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _built(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def stay(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stay]:
    """After two green calls; the service still runs."""
    folder = tmp_path_factory.mktemp(request.param)
    with contextlib.ExitStack() as kept:
        cluster = url = None
        if request.param == "postgresql":
            cluster = kept.enter_context(postgres.cluster())
            url = cluster.database()
        house = kept.enter_context(contextlib.contextmanager(_built)(folder, url or ""))
        lived = Stay(house=house)
        asyncio.run(lived.live())
        if cluster is not None and url is not None:
            lived.dump = cluster.dump(url).encode()
        else:
            lived.dump = _every_cell(house.data / "kazasu.db")
        yield lived


def _built(folder: Path, database: str = "") -> Iterator[House]:
    house = asyncio.run(build(folder, database))
    try:
        yield house
    finally:
        house.stop()


def _every_cell(path: Path) -> bytes:
    """All tables as lines of cells; the file itself may cut a long value in two."""
    lines: list[bytes] = []
    with contextlib.closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  # a name of ours
                cells = [c if isinstance(c, bytes) else str(c).encode() for c in row]
                lines.append(table.encode() + b" | " + b" | ".join(cells))
    return b"\n".join(lines)
