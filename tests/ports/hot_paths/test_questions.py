"""Questions of the hot paths, asked at the driver: answered as the library answers them."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import bindparam, column, select, table
from sqlalchemy.exc import DBAPIError

from identity.pairing.model import Pairing
from stores.sql import calls, sessions
from stores.sql.calls import SqlCallRows
from stores.sql.engines.questions import Question
from stores.sql.pairings import reading
from stores.sql.sessions import SqlSessions
from tests.ports.stage import TENANT, Stage, claimed, news_of
from tests.ports.test_calls import a_call

QUESTIONS = {
    "call": calls._BY_REF,
    "session": sessions._LOAD,
    "pairings": reading._BY_CALL,
    "marks": reading._MARKS,
}


async def by_the_library(stage: Stage, question: Question, given: Mapping[str, Any]) -> Any:
    async with stage.database.read() as connection:
        return (await connection.execute(question.statement, given)).all()


@pytest.mark.parametrize("name", QUESTIONS)
async def test_the_answer_is_the_librarys(stage: Stage, name: str) -> None:
    await SqlCallRows(stage.database, stage.sealer).begin(a_call())
    kept = SqlSessions(stage.database, stage.sealer, life="one")
    await kept.save(TENANT, "call-1", {"n": 1}, expected=0, asked=True)
    pairing = await stage.claimed()
    call = pairing.call_ref if name in ("pairings", "marks") else "call-1"
    question = QUESTIONS[name]
    more = {"life": "one"} if name == "session" else {}
    for of_call, rows in ((call, 1), ("of-nobody", 0)):
        given = {"of_tenant": TENANT, "of_call": of_call, **more}
        found = await stage.database.ask(question, given)
        expected = await by_the_library(stage, question, given)
        assert len(found) == rows
        assert [tuple(row) for row in found] == [tuple(row) for row in expected]
        assert [[type(value) for value in row] for row in found] == [
            [type(value) for value in row] for row in expected
        ]
        assert [row._fields for row in found] == [row._fields for row in expected]


async def test_what_fails_fails_as_in_the_library_and_the_next_is_answered(stage: Stage) -> None:
    there_is_none = table("nothing_of_this_name", column("id"))
    broken = Question(select(there_is_none).where(there_is_none.c.id == bindparam("of_call")))
    with pytest.raises(DBAPIError):
        await stage.database.ask(broken, {"of_call": "x"})
    given = {"of_tenant": TENANT, "of_call": "call-1"}
    assert list(await stage.database.ask(calls._BY_REF, given)) == []


async def test_marks_change_with_every_change(stage: Stage) -> None:
    """A hold reads a check anew only when they differ."""
    pairing = await stage.opened()
    seen = [await stage.pairings.marks(TENANT, pairing.call_ref)]
    moved = await stage.pairings.change(
        pairing, claimed(pairing), news=news_of(claimed(pairing)), record=None
    )
    assert isinstance(moved, Pairing)
    seen.append(await stage.pairings.marks(TENANT, pairing.call_ref))
    assert await stage.pairings.marks(TENANT, pairing.call_ref) == seen[-1]
    assert seen[0] != seen[1]
    assert await stage.pairings.marks("another", pairing.call_ref) == frozenset()  # type: ignore[arg-type]  # a NewType
