"""Rows under an earlier key are sealed anew: all, whenever it was broken off, and only they.

What is filled in and looked for is that of the stolen database.
"""

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from stores.sql import resealing
from stores.sql.engines.connection import Connection
from stores.sql.holders import SqlHolders
from stores.sql.resealing import SEALED, Resealing
from stores.sql.schema import identity_side, phone_side
from stores.sql.schema.columns import metadata
from stores.sql.sealing import SealBroken, Sealer
from stores.sql.staff import SqlStaffAccounts
from tests.ports.sealed.test_nothing_in_the_clear import NAME, fill
from tests.ports.stage import TENANT, Stage, hash_phone, key_for

FILLED = {one.name for one in SEALED}


def _new_key(tenant: str) -> bytes:
    return key_for(f"new {tenant}")


NEW = Sealer(_new_key, key_id="new", older={"1": key_for})
NEW_ALONE = Sealer(_new_key, key_id="new")


async def _all(work: Resealing) -> tuple[int, int]:
    """Rows done, rows that no key opens."""
    done = unreadable = 0
    for table in SEALED:
        turn = await work.turn(table, None)
        done, unreadable = done + turn.done, unreadable + turn.unreadable
        while turn.after is not None:
            turn = await work.turn(table, turn.after)
            done, unreadable = done + turn.done, unreadable + turn.unreadable
    return done, unreadable


async def _private(stage: Stage) -> Sequence[tuple[str, bytes]]:
    found = []
    for table in SEALED:
        async with stage.database.read() as connection:
            rows = list(await connection.execute(select(table.c.private)))
        found += [(table.name, bytes(row.private)) for row in rows]
    return found


def test_no_sealed_column_is_forgotten() -> None:
    tables = metadata.sorted_tables
    assert {one.name for one in tables if "private" in one.c} == FILLED


async def test_all_is_under_the_present_key_and_opens_without_the_earlier_one(
    stage: Stage,
) -> None:
    await fill(stage)
    work = Resealing(stage.database, NEW)
    rows = len(await _private(stage))
    assert set(await work.under(stage.sealer.header)) == FILLED | {"sessions"}
    assert await _all(work) == (rows, 0)
    assert set(await work.under(stage.sealer.header)) == {"sessions"}
    assert sum((await work.under(NEW.header)).values()) == rows
    (holder,) = await SqlHolders(stage.database, NEW_ALONE, hash_phone=hash_phone).of_person(
        TENANT, "p"
    )
    assert holder.display_name == NAME
    account = await SqlStaffAccounts(stage.database, NEW_ALONE).by_login(TENANT, "login")
    assert account is not None
    before = await _private(stage)
    assert await _all(work) == (0, 0)
    assert await _private(stage) == before


async def test_broken_off_it_goes_on_with_what_is_left(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    for _ in range(5):
        await stage.opened()
    work = Resealing(stage.database, NEW)
    first = await work.turn(identity_side.pairings, None)
    assert (first.done, first.after is not None) == (2, True)
    again = Resealing(stage.database, NEW)
    assert await again.left(identity_side.pairings) == 3
    assert await _all(again) == (3, 0)


async def test_what_no_key_opens_is_left_as_it_is_and_keeps_no_other_from_its_turn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 1)
    opened = [await stage.opened() for _ in range(3)]
    foreign = Sealer(key_for, key_id="foreign").seal(TENANT, ("pairings", "private", "x"), {})

    async def spoil(connection: Connection) -> None:
        changed = update(identity_side.pairings).values(private=foreign)
        await connection.execute(changed.where(identity_side.pairings.c.id == opened[0].id))

    await stage.database.write(spoil)
    work = Resealing(stage.database, NEW)
    assert await _all(work) == (2, 1)
    assert ("pairings", foreign) in await _private(stage)


async def test_a_change_that_comes_in_between_stands(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(stage)
    work = Resealing(stage.database, NEW)
    place = ("staff", "private", "staff-1")
    newer = NEW.seal(TENANT, place, {"changed": True})
    read = work._next

    async def overtaken(*given: object) -> Sequence[object]:
        rows = await read(*given)  # type: ignore[arg-type]  # as it was called

        async def change(connection: Connection) -> None:
            await connection.execute(update(phone_side.staff).values(private=newer))

        await stage.database.write(change)
        return rows

    monkeypatch.setattr(work, "_next", overtaken)
    turn = await work.turn(phone_side.staff, None)
    assert turn.done == 0
    assert ("staff", newer) in await _private(stage)


def test_the_earlier_key_alone_opens_nothing_new() -> None:
    place = ("staff", "private", "staff-1")
    with pytest.raises(SealBroken):
        Sealer(key_for).unseal(TENANT, place, NEW.seal(TENANT, place, {}))
