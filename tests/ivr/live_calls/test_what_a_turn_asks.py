"""How much each kind of webhook asks of the database: bounds that only a decision may raise.

A hold asks every few seconds, for every caller who looks for a card. Statements are counted as the
database sees them; what comes after the answer (news, redirects) is not part of it.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event

from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Stage


@dataclass
class Asked:
    """`reads` are in no transaction; BEGIN and COMMIT are not counted as statements."""

    reads: int = 0
    writes: int = 0
    transactions: int = 0

    def statement(self, connection: Connection, _cursor: Any, text: str, *_: Any) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            self.reads += 1
        elif not text.startswith("BEGIN"):
            self.writes += 1

    def committed(self, _connection: Connection) -> None:
        self.transactions += 1


@contextmanager
def counted() -> Iterator[Asked]:
    asked = Asked()
    hears: dict[str, Callable[..., None]] = {
        "after_cursor_execute": asked.statement,
        "commit": asked.committed,
    }
    for name, heard in hears.items():
        event.listen(Engine, name, heard)
    try:
        yield asked
    finally:
        for name, heard in hears.items():
            event.remove(Engine, name, heard)


async def nothing_before(_caller: Caller) -> None:
    return


async def arrived(caller: Caller) -> None:
    await caller.arrives()


async def in_the_hold(caller: Caller) -> None:
    await caller.in_check()
    await caller.waits()


async def claimed(caller: Caller) -> None:
    await caller.in_check()
    await App(stage=caller.stage).claims(caller)
    await caller.waits()


async def verified(caller: Caller) -> None:
    await caller.in_check()
    await App(stage=caller.stage).verifies(caller)


async def arrives(caller: Caller) -> None:
    await caller.arrives()


async def waits(caller: Caller) -> None:
    await caller.waits()


async def asks_again(caller: Caller) -> None:
    """The same request once more, as a carrier does whose answer was lost on the way."""
    await caller.hears(caller.document.action, Digits="9")


Doing = Callable[[Caller], Awaitable[None]]
AT_MOST: Final[dict[str, tuple[Doing, Doing, Asked]]] = {
    "first webhook": (nothing_before, arrives, Asked(reads=1, writes=3, transactions=2)),
    "key that is none": (arrived, asks_again, Asked(reads=2, writes=1, transactions=1)),
    "hold tick": (in_the_hold, waits, Asked(reads=3, writes=1, transactions=1)),
    "hold tick, claimed": (claimed, waits, Asked(reads=3, writes=1, transactions=1)),
    "hold tick that finds the verdict": (
        verified,
        waits,
        Asked(reads=6, writes=3, transactions=2),
    ),
}


@pytest.fixture(autouse=True)
async def _warm(stage: Stage) -> None:
    """Flows are read once a process, and their versions kept."""
    await stage.caller("+819000000000").arrives()


@pytest.mark.parametrize("kind", AT_MOST)
async def test_no_more_than(stage: Stage, kind: str) -> None:
    before, doing, most = AT_MOST[kind]
    caller = stage.caller()
    await before(caller)
    with counted() as asked:
        await doing(caller)
    assert asked.reads <= most.reads, asked
    assert asked.writes <= most.writes, asked
    assert asked.transactions <= most.transactions, asked
