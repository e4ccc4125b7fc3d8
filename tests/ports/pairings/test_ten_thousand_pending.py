"""Ten thousand checks open at once: claims, hold ticks and the expiry sweep stay right, and no
statement or transaction grows with their number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from identity.pairing.model import InstallationId, Pairing
from identity.pairing.outcomes import Hint, Status
from stores.sql.database import Database
from stores.sql.sealing import Sealer
from tests.chaos import claimers, crowd
from tests.identity.pairing.world import World
from tests.ports.stage import TENANT, key_for, news_of

AT_ONCE = 50
OVERDUE = 120


@dataclass
class Work:
    """`rows`: the most that one statement changed; `statements`: the most in a transaction."""

    rows: int = 0
    statements: int = 0
    _open: int = 0

    def one_more(self, connection: Connection, cursor: Any, *_: Any) -> None:
        self.rows = max(self.rows, cursor.rowcount)
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return  # who only reads is in no transaction
        self._open += 1
        self.statements = max(self.statements, self._open)

    def over(self, _connection: Any) -> None:
        self._open = 0


@contextmanager
def watched() -> Iterator[Work]:
    work = Work()
    hears: dict[str, Callable[..., None]] = {
        "after_cursor_execute": work.one_more,
        "commit": work.over,
        "rollback": work.over,
    }
    for name, heard in hears.items():
        event.listen(Engine, name, heard)
    try:
        yield work
    finally:
        for name, heard in hears.items():
            event.remove(Engine, name, heard)


@pytest.fixture
async def people(database: Database) -> list[Pairing]:
    """The last ones have run out already."""
    now, sealer = datetime.now(UTC), Sealer(key_for)
    most = crowd.SIZE - OVERDUE
    waiting = await crowd.gather(
        database, sealer, TENANT, until=now + timedelta(hours=1), size=most
    )
    late = await crowd.gather(
        database, sealer, TENANT, until=now - timedelta(seconds=1), size=OVERDUE, first=most
    )
    return [*waiting, *late]


async def test_claims_ticks_and_the_sweep(database: Database, people: list[Pairing]) -> None:
    world = claimers.world_over(database)
    with watched() as work:
        await one_of_them_is_claimed(world, people[4321])
        await each_call_finds_its_own(world, people[::2500])
        await the_sweep_ends_what_is_over(world, people)
    assert work.rows <= AT_ONCE
    assert work.statements <= 12, "a transaction's work does not grow with the crowd"


async def one_of_them_is_claimed(world: World, one: Pairing) -> None:
    after = replace(one, hint=Hint.AWAITING_CALL_CONFIRM, claimed_by=InstallationId("the only one"))
    moved = await world.pairings.change(one, after, news=news_of(after), record=None)
    assert isinstance(moved, Pairing)
    again = replace(after, claimed_by=InstallationId("another"))
    lost = await world.pairings.change(one, again, news=news_of(again), record=None)
    assert not isinstance(lost, Pairing)


async def each_call_finds_its_own(world: World, some: list[Pairing]) -> None:
    for one in some:
        view = await world.watching.latest(TENANT, one.call_ref)
        assert view is not None
        assert (view.pairing, view.status) == (one.id, Status.PENDING)


async def the_sweep_ends_what_is_over(world: World, people: list[Pairing]) -> None:
    """In turns of so many at most, until none is left; the others stay as they are."""
    turns = [await world.overdue.settle(AT_ONCE) for _ in range(4)]
    assert turns == [50, 50, 20, 0]
    for one in people[-OVERDUE:]:
        found = await world.pairings.by_id(TENANT, one.id)
        assert found is not None
        assert found.hint is Hint.CODE_EXPIRED
    for one in people[:-OVERDUE:1000]:
        found = await world.pairings.by_id(TENANT, one.id)
        assert found is not None
        assert found.status is Status.PENDING
