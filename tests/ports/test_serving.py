"""Who serves: one alone, or several that share Redis; a dead one stands in nobody's way."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.phone_side import serving
from stores.sql.serving.lock import LockServing
from stores.sql.serving.ports import AlreadyServed, Serving
from stores.sql.serving.process import Process, this_process
from stores.sql.serving.row import RowServing
from tests.ports.stage import TENANT

OTHER = Process("another-machine boot space", 4711, "1")


def serving_of(database: Database, url: str, tenant: str, *, alone: bool) -> Serving:
    if database.is_sqlite:
        return RowServing(database, tenant, alone=alone)
    return LockServing(url, tenant, alone=alone)


@contextlib.asynccontextmanager
async def serves(one: Serving) -> AsyncIterator[Serving]:
    await one.begin()
    assert one.held
    try:
        yield one
    finally:
        await one.end()
        assert not one.held


class TestBoth:
    async def test_alone_is_alone(self, database: Database, url: str) -> None:
        first, second, third = (
            serving_of(database, url, TENANT, alone=alone) for alone in (True, True, False)
        )
        async with serves(first):
            for refused in (second, third):
                with pytest.raises(AlreadyServed):
                    await refused.begin()
                assert not refused.held
            async with serves(serving_of(database, url, "another", alone=True)):
                pass
        async with serves(second):
            pass
        await third.end()

    async def test_several_that_share_go_together(self, database: Database, url: str) -> None:
        first, second = (serving_of(database, url, TENANT, alone=False) for _ in range(2))
        async with serves(first), serves(second):
            alone = serving_of(database, url, TENANT, alone=True)
            with pytest.raises(AlreadyServed):
                await alone.begin()
            await first.beat()
            assert first.held
            await alone.end()


class TestRows:
    @pytest.fixture(params=["sqlite"])
    def url(self, sqlite_url: str) -> str:
        return sqlite_url

    async def test_the_refusal_says_who_is_there(self, database: Database) -> None:
        async with serves(RowServing(database, TENANT, alone=True)):
            with pytest.raises(AlreadyServed, match=rf"process {os.getpid()} on \S+, since 20"):
                await RowServing(database, TENANT, alone=True).begin()

    async def test_another_machine_is_believed_while_it_beats(self, database: Database) -> None:
        there, here = self.there(database), RowServing(database, TENANT, alone=True)
        await there.begin()
        with pytest.raises(AlreadyServed, match="another-machine"):
            await here.begin()
        await self.passes(database, seconds=14)
        await there.beat()
        await self.passes(database, seconds=14)
        with pytest.raises(AlreadyServed):
            await here.begin()
        await self.passes(database, seconds=2)
        async with serves(here):
            await there.beat()  # stood still too long: it was taken for dead
            assert not there.held
        await there.beat()
        assert there.held

    @pytest.mark.parametrize("how", ["gone", "another process of the same pid"])
    async def test_a_dead_process_of_this_machine_is_seen_at_once(
        self, database: Database, how: str
    ) -> None:
        me = this_process()
        dead = replace(me, since="1") if how != "gone" else replace(me, pid=_dead_pid())
        await RowServing(database, TENANT, alone=True, me=dead).begin()
        async with serves(RowServing(database, TENANT, alone=True)):
            pass

    async def test_two_at_once_do_not_both_get_in(self, database: Database) -> None:
        several = [RowServing(database, TENANT, alone=True) for _ in range(6)]
        tried = await asyncio.gather(*(s.begin() for s in several), return_exceptions=True)
        assert [type(t) for t in tried].count(AlreadyServed) == 5
        assert [one.held for one in several].count(True) == 1

    @staticmethod
    def there(database: Database) -> RowServing:
        return RowServing(database, TENANT, alone=True, me=OTHER)

    @staticmethod
    async def passes(database: Database, *, seconds: int) -> None:
        """As if the last beats had been so much earlier."""

        async def job(connection: Connection) -> None:
            rows = (await connection.execute(serving.select())).all()
            for row in rows:
                earlier = row.beat_at - timedelta(seconds=seconds)
                await connection.execute(
                    update(serving).where(serving.c.life == row.life).values(beat_at=earlier)
                )

        await database.write(job)


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


class TestLocks:
    @pytest.fixture(params=["postgresql"])
    def url(self, postgresql_url: str) -> str:
        return postgresql_url

    async def test_a_lost_connection_is_noticed_and_made_again(
        self, database: Database, url: str
    ) -> None:
        first = serving_of(database, url, TENANT, alone=True)
        async with serves(first):
            await self.cut(database)
            second = serving_of(database, url, TENANT, alone=True)
            async with serves(second):
                await first.beat()
                assert not first.held
            await first.beat()
            assert first.held

    @staticmethod
    async def cut(database: Database) -> None:
        """The server ends the session, as when a network or a server dies."""

        async def job(connection: Connection) -> None:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'kazasu serving'"
                )
            )

        await database.write(job)
