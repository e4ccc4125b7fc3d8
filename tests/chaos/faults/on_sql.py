"""Faults of the database: restart, hang, lock, slowness, a spoiled wire (F7, F8, F22), and a great
many checks that run out at once (F17)."""

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from sqlalchemy import NullPool, create_engine, text

from stores.sql.sealing import Sealer
from tests.chaos import crowd
from tests.chaos.faults.scene import Scene
from tests.chaos.wires.weather import Weather


async def restarted(scene: Scene) -> None:
    """F7: kill -9 of all of PostgreSQL, and back after a moment."""
    assert scene.town.cluster is not None
    await asyncio.to_thread(scene.town.cluster.kill)
    await scene.lasts(0, 5)
    await asyncio.to_thread(scene.town.cluster.start_again)


async def hangs(scene: Scene) -> None:
    """F8: every process of PostgreSQL stands still."""
    assert scene.town.cluster is not None
    scene.town.cluster.pause()
    await scene.lasts(2, 6)
    scene.town.cluster.go_on()


async def locked(scene: Scene) -> None:
    """F8: somebody else holds what every change needs."""
    seconds = scene.random.uniform(1, 5)
    if not scene.home.on_postgres:
        return await asyncio.to_thread(_hold_sqlite, scene.home.url, seconds)
    return await asyncio.to_thread(_hold_postgres, scene.home.url, seconds)


async def slow(scene: Scene) -> None:
    """F8: each answer takes its time."""
    delay = scene.random.uniform(0.05, 0.4)
    await scene.town.weather("sql", Weather(latency=delay, jitter=delay))
    await scene.lasts(3, 7)
    await scene.town.weather("sql")


async def stalls(scene: Scene) -> None:
    await scene.town.weather("sql", Weather(stall=scene.random.uniform(1, 5)))
    await scene.lasts(3, 7)
    await scene.town.weather("sql")


async def cut(scene: Scene) -> None:
    """All connections are reset, and some that come later."""
    await scene.town.weather("sql", Weather(reset=0.1), cut=True)
    await scene.lasts(1, 4)
    await scene.town.weather("sql")


async def refused(scene: Scene) -> None:
    """No connection left: the ones there are end, no new ones come about."""
    await scene.town.weather("sql", Weather(refused=True), cut=True)
    await scene.lasts(1, 5)
    await scene.town.weather("sql")


async def black_hole(scene: Scene) -> None:
    await scene.town.weather("sql", Weather(black_hole=True))
    await scene.lasts(2, 7)
    await scene.town.weather("sql")


async def one_way(scene: Scene) -> None:
    """What is asked arrives; what is answered does not."""
    await scene.town.weather("sql", Weather(blocked="back"))
    await scene.lasts(2, 6)
    await scene.town.weather("sql")


async def torn(scene: Scene) -> None:
    """Half closed and truncated connections."""
    await scene.town.weather("sql", Weather(half_close=0.04, truncate=0.04))
    await scene.lasts(2, 5)
    await scene.town.weather("sql")


async def corrupted(scene: Scene) -> None:
    """F22: bits turn round in what the database answers."""
    await scene.town.weather("sql", Weather(flip=0.05))
    await scene.lasts(2, 5)
    await scene.town.weather("sql", cut=True)


async def crowd_runs_out(scene: Scene) -> None:
    """F17: ten thousand checks of other calls that all end in one second."""
    until = datetime.now(UTC) + timedelta(seconds=scene.random.uniform(6, 9))
    kept, tenant = scene.home.stores(), scene.home.tenant()
    try:
        sealer = Sealer(lambda _tenant: tenant.keys.content)
        await crowd.gather(kept.database, sealer, tenant.id, until=until)
    finally:
        await kept.close()


def _hold_sqlite(url: str, seconds: float) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as held:
        held.execute("PRAGMA busy_timeout = 5000")
        held.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        held.execute("ROLLBACK")


def _hold_postgres(url: str, seconds: float) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    with engine.begin() as held:
        for table in ("pairings", "sessions", "evidence_heads"):
            held.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        time.sleep(seconds)
