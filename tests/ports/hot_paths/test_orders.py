"""Orders of the hot paths, said to the driver: they write what the library would have written."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Table, bindparam, column, delete, insert, select, table, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from identity.pairing.model import Pairing
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order, Question
from stores.sql.pairings.rows import to_row
from stores.sql.schema.identity_side import consumed_nonces, outbox, pairings
from tests.ports.stage import TENANT, Stage, a_pairing, claimed, now, verified

ROWS: Mapping[str, tuple[Table, list[dict[str, Any]]]] = {
    "json and a clock of its own": (
        outbox,
        [
            {
                "tenant_id": TENANT,
                "payload": {"名": n, "None": None},
                "attempts": n,
                "due_at": now(),
            }
            for n in range(3)
        ],
    ),
    "octets": (
        consumed_nonces,
        [
            {
                "tenant_id": TENANT,
                "nonce_sha256": bytes((n, 0, 255)),
                "pairing_id": f"' -- {n} :x %(y)s ?",
                "consumed_at": now(),
            }
            for n in range(2)
        ],
    ),
}


async def _all(stage: Stage, of: Table) -> list[tuple[Any, ...]]:
    """Without the ids that the database gives."""
    columns = [c for c in of.c if not (of is outbox and c.name == "id")]
    async with stage.database.read() as connection:
        found = (await connection.execute(select(*columns).order_by(*of.primary_key))).all()
    return [tuple(row) for row in found]


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("at_once", [1, 3])
async def test_rows_are_those_of_the_library(stage: Stage, name: str, at_once: int) -> None:
    of, given = ROWS[name]
    given = given[:at_once]
    order = Order(
        insert(of).values({key: bindparam(key, type_=of.c[key].type) for key in given[0]})
    )

    async def told(connection: Connection) -> int:
        return await connection.tell(order, given)

    async def executed(connection: Connection) -> None:
        await connection.execute(order.statement, given)

    assert await stage.database.write(told) == len(given)
    ours = await _all(stage, of)

    async def emptied(connection: Connection) -> None:
        await connection.execute(delete(of))

    await stage.database.write(emptied)
    await stage.database.write(executed)
    assert ours == await _all(stage, of)
    assert len(ours) == len(given)


@pytest.mark.parametrize("stage_of_it", ["open", "claimed", "verified"])
async def test_a_whole_pairing_is_written_as_by_the_library(stage: Stage, stage_of_it: str) -> None:
    """Nulls, booleans, moments, JSON and sealed octets in one row."""
    made: Pairing = a_pairing()
    made = made if stage_of_it == "open" else claimed(made)
    made = verified(made) if stage_of_it == "verified" else made
    row = to_row(made, stage.sealer)
    order = Order(insert(pairings))

    async def told(connection: Connection) -> int:
        return await connection.tell(order, [row])

    assert await stage.database.write(told) == 1
    assert await stage.pairings.by_id(TENANT, made.id) == made
    async with stage.database.read() as connection:
        found = (await connection.execute(select(pairings))).one()
    assert found._asdict() == row


async def test_what_is_met_is_counted(stage: Stage) -> None:
    many = [await stage.opened() for _ in range(3)]
    mine = pairings.c.id == bindparam("of_pairing")
    order = Order(update(pairings).where(mine).values(version=bindparam("to")))

    async def job(connection: Connection) -> list[int]:
        one = await connection.tell(order, [{"of_pairing": many[0].id, "to": 7}])
        none = await connection.tell(order, [{"of_pairing": "of nobody", "to": 7}])
        all_ = await connection.tell(order, [{"of_pairing": p.id, "to": 8} for p in many])
        return [one, none, all_]

    assert await stage.database.write(job) == [1, 0, 3]


async def test_a_value_that_is_missing_is_an_error_and_no_null(stage: Stage) -> None:
    order = Order(insert(consumed_nonces))

    async def job(connection: Connection) -> int:
        return await connection.tell(order, [{"tenant_id": TENANT, "nonce_sha256": b"1"}])

    with pytest.raises(KeyError, match="pairing_id"):
        await stage.database.write(job)


async def test_what_the_database_refuses_is_the_librarys_error_without_values(stage: Stage) -> None:
    _, (row, *_) = ROWS["octets"]
    order, secret = Order(insert(consumed_nonces)), "a value that no log may have"

    async def twice(connection: Connection) -> None:
        await connection.tell(order, [row | {"pairing_id": secret}] * 2)

    with pytest.raises(IntegrityError) as refused:
        await stage.database.write(twice)
    assert secret not in str(refused.value)
    assert await _all(stage, consumed_nonces) == []

    broken = Order(delete(table("nothing_of_this_name", column("id"))))
    asked = Question(select(table("nothing_of_this_name", column("id"))))

    async def unknown(connection: Connection) -> None:
        await connection.tell(broken, [{}])

    async def nowhere(connection: Connection) -> None:
        await connection.ask(asked, {})

    for job in (unknown, nowhere):
        with pytest.raises(DBAPIError):
            await stage.database.write(job)
    await stage.opened()


async def test_a_savepoint_takes_back_what_is_inside_and_nothing_else(stage: Stage) -> None:
    _, (first, second) = ROWS["octets"]
    order = Order(insert(consumed_nonces))

    async def job(connection: Connection) -> None:
        await connection.tell(order, [first])
        with suppress(IntegrityError):
            async with connection.begin_nested():
                await connection.tell(order, [second])
                async with connection.begin_nested():
                    await connection.tell(order, [first])
        with suppress(KeyError):
            async with connection.begin_nested():
                await connection.tell(order, [second])
                raise KeyError
        async with connection.begin_nested():
            await connection.tell(order, [second | {"nonce_sha256": b"third"}])

    await stage.database.write_grouped(job)
    assert {row[1] for row in await _all(stage, consumed_nonces)} == {
        first["nonce_sha256"],
        b"third",
    }
