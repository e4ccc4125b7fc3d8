"""When checkpoints are made, copied and refused; nothing that fails is lost."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from identity.authorities.checkpoint_files import CheckpointFiles
from identity.evidence_archive.checkpoints import merkle
from identity.evidence_archive.checkpoints.keeping import Turn
from identity.evidence_archive.checkpoints.model import BadCheckpoint, read
from stores.sql.engines.connection import Connection
from tests.ports.archive.another_time import SaysAnyTime
from tests.ports.archive.stamped import EVERY, Stamped, as_superuser, now
from tests.ports.stage import TENANT


async def test_after_so_many_rows_or_so_much_time(stamped: Stamped) -> None:
    keeping = stamped.keeping()
    assert (await keeping.turn(TENANT)).made == 0
    await stamped.rows(3)
    assert (await keeping.turn(TENANT)).made == 0  # four would be enough, or a minute
    stamped.clock = lambda: now() + EVERY
    keeping = stamped.keeping()
    assert (await keeping.turn(TENANT)).made == 1
    assert (await keeping.turn(TENANT)).made == 0
    await stamped.rows(9)
    assert (await keeping.turn(TENANT)).made == 3
    kept = await stamped.checkpoints.numbers_from(TENANT, 1, at_most=9)
    told = [(c.checkpoint.first, c.checkpoint.last) for c in kept]
    assert told == [(1, 3), (4, 7), (8, 11), (12, 12)]
    rows = [row async for row in stamped.stage.evidence.all(TENANT)]
    hashes = [row.hash for row in rows]
    assert [merkle.root(hashes[a - 1 : b]) for a, b in told] == [c.checkpoint.root for c in kept]
    for row in rows:
        found = await stamped.checkpoints.covering(TENANT, row.seq)
        assert found is not None
        at = found.checkpoint
        steps = merkle.path(hashes[at.first - 1 : at.last], row.seq - at.first)
        assert merkle.climb(row.hash, steps) == at.root


async def test_an_authority_that_is_away_is_asked_again(stamped: Stamped) -> None:
    await stamped.rows(5)
    stamped.asked[0].away = True
    keeping = stamped.keeping()
    assert (await keeping.turn(TENANT)).problem == "authority_away"
    assert await stamped.checkpoints.last(TENANT) is None
    stamped.asked[0].away = False
    assert (await keeping.turn(TENANT)).made == 1


async def test_a_second_place_that_was_away_gets_all_of_them(stamped: Stamped) -> None:
    away = stamped.second.rename(stamped.second.with_name("unmounted"))
    await stamped.rows(8)
    turn = await stamped.keeping().turn(TENANT)
    assert (turn.made, turn.problem) == (2, "second_place_away")
    assert not stamped.second.exists()  # nothing is written where the volume should have been
    away.rename(stamped.second)
    assert (await stamped.keeping().turn(TENANT)).copied == 2
    assert (await stamped.check()).place.copies == 2


async def test_two_processes_make_one_chain_of_checkpoints(stamped: Stamped) -> None:
    await stamped.rows(4)
    first = stamped.keeping()
    await first.turn(TENANT)
    (made,) = await stamped.checkpoints.numbers_from(TENANT, 1, at_most=9)
    assert await stamped.checkpoints.append(made) is False


@pytest.mark.parametrize(
    "change", ["UPDATE evidence_checkpoints SET number = 2", "DELETE FROM evidence_checkpoints"]
)
async def test_the_database_refuses_to_change_them(stamped: Stamped, change: str) -> None:
    await stamped.rows(4)
    await stamped.keeping().turn(TENANT)

    async def job(connection: Connection) -> None:
        await connection.execute(text(change))

    with pytest.raises(DBAPIError, match="append-only"):
        await stamped.stage.database.write(job)


async def test_a_copy_is_written_once(stamped: Stamped, tmp_path: Path) -> None:
    await stamped.rows(4)
    await stamped.keeping().turn(TENANT)
    (made,) = await stamped.checkpoints.numbers_from(TENANT, 1, at_most=9)
    place = CheckpointFiles(stamped.second)
    copy = await place.get(TENANT, 1)
    assert copy is not None
    assert (copy.checkpoint, copy.responses) == (made.checkpoint, made.responses)
    assert len(copy.hashes) == 4
    await place.put(copy)  # the same again is no harm
    with pytest.raises(FileExistsError):
        await place.put(replace(copy, hashes=()))
    assert [path.name for path in stamped.second.rglob("*.json*")] == ["000000001.json"]
    assert await place.get(TENANT, 2) is None
    nowhere = CheckpointFiles(tmp_path / "nowhere")
    for asked in (nowhere.last(TENANT), nowhere.get(TENANT, 1), nowhere.put(copy)):
        with pytest.raises(OSError, match="nowhere"):
            await asked


async def test_many_folders_have_one_last(stamped: Stamped) -> None:
    await stamped.rows(4)
    await stamped.keeping().turn(TENANT)
    place = CheckpointFiles(stamped.second)
    copy = await place.get(TENANT, 1)
    assert copy is not None
    for number in (999, 1000, 2001):
        await place.put(replace(copy, checkpoint=replace(copy.checkpoint, number=number)))
    assert await place.last(TENANT) == 2001


async def test_a_text_that_is_not_its_own_canonical_form_is_none(stamped: Stamped) -> None:
    await stamped.rows(4)
    await stamped.keeping().turn(TENANT)
    (made,) = await stamped.checkpoints.numbers_from(TENANT, 1, at_most=9)
    body = made.checkpoint.canonical()
    assert read(body) == made.checkpoint
    for bad in (b"", b"{}", b"[]", body + b" ", body.replace(b'"number":1', b'"number":1.0')):
        with pytest.raises(BadCheckpoint):
            read(bad)


async def test_renewal_is_asked_for_now_and_then(stamped: Stamped) -> None:
    """The authority has no newer certificate: twice a day is enough to ask."""
    await stamped.rows(4)
    keeping = stamped.keeping()
    await keeping.turn(TENANT)
    at = now() + timedelta(days=3640)
    stamped.clock = lambda: at
    keeping = stamped.keeping()
    assert (await keeping.turn(TENANT)).problem == "expires_soon"
    assert (await keeping.turn(TENANT)).problem == ""
    at += timedelta(hours=13)
    assert (await keeping.turn(TENANT)).problem == "expires_soon"


async def test_f18_an_authority_that_is_away_for_a_day(stamped: Stamped) -> None:
    """Rows go on and wait, how many and since when is told; then all are stamped, and a check says
    how long the longest waited."""
    await stamped.rows(4)
    await stamped.keeping().turn(TENANT)
    stamped.asked[0].away = True
    began = now()
    stamped.clock = lambda: began + timedelta(days=1)
    keeping = stamped.keeping()
    for _ in range(3):
        await stamped.rows(6)
        assert await keeping.turn(TENANT) == Turn(problem="authority_away")
    waiting = await stamped.checkpoints.waiting(TENANT)
    (first, *_) = [page[0] async for page in stamped.walking.pages(TENANT, 4)]
    assert (waiting.rows, waiting.oldest) == (18, first.record.at)
    meanwhile = await stamped.check()
    assert (meanwhile.finding, meanwhile.place.head.seq, meanwhile.place.stamped_to) == (
        None,
        22,
        4,
    )
    stamped.asked[0].away = False
    late = SaysAnyTime(authority=stamped.asked[0].authority, at=began + timedelta(days=1))
    turn = await stamped.keeping(asked=[late]).turn(TENANT)
    assert (turn.made, turn.copied, turn.problem) == (5, 5, "")
    after = await stamped.checkpoints.waiting(TENANT)
    assert (after.rows, after.oldest) == (0, None)
    report = await stamped.check(at=began + timedelta(days=2))
    assert (report.finding, report.place.stamped_to, report.place.copies) == (None, 22, 6)
    assert report.place.longest_wait > timedelta(hours=23).total_seconds()


@pytest.mark.parametrize("which", ["number = 2", "number > 0"])
async def test_a_database_that_was_put_back_is_told_at_once(stamped: Stamped, which: str) -> None:
    """From a backup, or by somebody who cut it off: not only when the archive is checked."""
    await stamped.rows(8)
    assert (await stamped.keeping().turn(TENANT)).copied == 2
    await as_superuser(stamped.stage, f"DELETE FROM evidence_checkpoints WHERE {which}")  # noqa: S608  # of the two above
    keeping = stamped.keeping()
    for _ in range(2):  # the rows are stamped once more, and the copies are of other checkpoints
        assert (await keeping.turn(TENANT)).problem == "second_place_apart"
    assert len(await stamped.checkpoints.numbers_from(TENANT, 1, at_most=9)) == 2


async def test_a_checkpoint_that_was_changed_is_told_at_once(stamped: Stamped) -> None:
    await stamped.rows(4)
    keeping = stamped.keeping()
    assert (await keeping.turn(TENANT)).problem == ""
    await as_superuser(stamped.stage, "UPDATE evidence_checkpoints SET last_seq = 3")
    assert (await keeping.turn(TENANT)).problem == "checkpoint_changed"


async def test_rows_that_were_changed_since_their_stamp_are_not_copied(stamped: Stamped) -> None:
    """The second place was away meanwhile: a copy of what is there now would prove the wrong."""
    await stamped.rows(4)
    there = stamped.second.rename(stamped.second.with_name("unmounted"))
    keeping = stamped.keeping()
    assert (await keeping.turn(TENANT)).problem == "second_place_away"
    await as_superuser(stamped.stage, "UPDATE evidence SET hash = previous_hash WHERE seq = 3")
    there.rename(stamped.second)
    for _ in range(2):
        assert (await keeping.turn(TENANT)).problem == "rows_changed"
    assert list(stamped.second.rglob("*.json")) == []
