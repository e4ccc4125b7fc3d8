"""How much each kind of webhook asks of the database: bounds that only a decision may raise.

A hold asks every few seconds, for every caller who looks for a card. Statements are counted as the
database sees them; what comes after the answer (news, redirects) is not part of it.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event

from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Stage


@dataclass
class Asked:
    """`reads` are in no transaction; BEGIN and COMMIT are not counted as statements."""

    reads: int = 0
    writes: int = 0
    transactions: int = 0


_OWN_WORDS: Final = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")


@pytest.fixture
def asked() -> Iterator[Asked]:
    """Every statement, as SQLite itself hears it, whoever put it into words."""
    seen = Asked()

    def listen(connection: Any, _record: object) -> None:
        def heard(text: str) -> None:
            seen.transactions += text == "COMMIT"
            if not text.startswith(_OWN_WORDS):
                if connection.in_transaction:
                    seen.writes += 1
                else:
                    seen.reads += 1

        connection.set_trace_callback(heard)

    event.listen(Engine, "connect", listen)
    yield seen
    event.remove(Engine, "connect", listen)


@pytest.fixture
async def warm(asked: Asked, stage: Stage) -> Stage:
    """Flows are read once a process, and their versions kept."""
    await stage.caller("+819000000000").arrives()
    return stage


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
        Asked(reads=7, writes=3, transactions=2),  # one more to know that there is news
    ),
}


@pytest.mark.parametrize("kind", AT_MOST)
async def test_no_more_than(warm: Stage, asked: Asked, kind: str) -> None:
    before, doing, most = AT_MOST[kind]
    caller = warm.caller()
    await before(caller)
    asked.reads = asked.writes = asked.transactions = 0
    await doing(caller)
    assert 0 < asked.reads <= most.reads, asked
    assert asked.writes <= most.writes, asked
    assert asked.transactions <= most.transactions, asked
