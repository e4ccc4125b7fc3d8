"""T23: evidence altered by an administrator who gets past every trigger and may write every hash.

Six kinds: edit, delete, insert, swap, cut the tail, rewrite everything. What was time-stamped
cannot be changed unseen; what waits for its stamp is the exposure that the documents state.
"""

from dataclasses import replace
from typing import Final

import pytest

from identity.evidence_archive.checking.model import Fault
from identity.evidence_archive.model import SealedRecord
from tests.ports.archive.stamped import Stamped, as_superuser, write_anew
from tests.ports.stage import TENANT

ROWS: Final = 10
"""In checkpoints of four: rows 1-4, 5-8, and 9-10 that wait."""
TABLES: Final = ("evidence", "evidence_parts")
# ruff: noqa: S608 - statements of an administrator, put together from the names above
SWAP: Final = tuple(
    f"UPDATE {table} SET seq = {new} WHERE seq = {old}"
    for table in TABLES
    for old, new in ((3, 99), (7, 3), (99, 7))
)
INSERT: Final = (
    *(f"UPDATE {table} SET seq = seq + 100 WHERE seq > 2" for table in TABLES),
    *(f"UPDATE {table} SET seq = seq - 99 WHERE seq > 100" for table in TABLES),
    "INSERT INTO evidence SELECT tenant_id, 3, 'record-new', pairing_id, kind, at, header,"
    " previous_hash, hash FROM evidence WHERE seq = 4",
)
CUT: Final = tuple(f"DELETE FROM {table} WHERE seq > 6" for table in TABLES)
HEAD: Final = "UPDATE evidence_heads SET seq = 6, hash = (SELECT hash FROM evidence WHERE seq = 6)"


@pytest.fixture
async def archive(stamped: Stamped) -> Stamped:
    await stamped.rows(ROWS)
    turn = await stamped.keeping().turn(TENANT)
    assert (turn.made, turn.copied, turn.problem) == (2, 2, "")
    return stamped


async def test_t23_an_untouched_archive_holds(archive: Stamped) -> None:
    report = await archive.check()
    assert report.finding is None
    place = report.place
    assert (place.head.seq, place.checkpoint, place.stamped_to, place.copies) == (10, 2, 8, 2)


@pytest.mark.parametrize(
    ("statements", "fault", "seq"),
    [
        (("UPDATE evidence SET kind = 'export' WHERE seq = 3",), Fault.CHAIN, 3),
        (("UPDATE evidence_parts SET name = 'other' WHERE seq = 6",), Fault.CHAIN, 6),
        (("UPDATE evidence_parts SET commitment = sealed WHERE seq = 4",), Fault.CHAIN, 4),
        (("UPDATE evidence SET kind = 'something' WHERE seq = 5",), Fault.CHAIN, 5),
        (("DELETE FROM evidence WHERE seq = 2",), Fault.CHAIN, 2),
        (("DELETE FROM evidence_parts WHERE seq = 7 AND place = 1",), Fault.CHAIN, 7),
        (INSERT, Fault.CHAIN, 3),
        (SWAP, Fault.CHAIN, 3),
        ((*CUT, HEAD), Fault.ROWS_GONE, 7),
        ((*CUT, HEAD, "DELETE FROM evidence_checkpoints"), Fault.CHECKPOINTS_GONE, 1),
        (("DELETE FROM evidence_checkpoints WHERE number = 2",), Fault.CHECKPOINTS_GONE, 5),
        (("UPDATE evidence_checkpoints SET last_seq = 9 WHERE number = 2",), Fault.CHECKPOINT, 1),
        (("UPDATE evidence_checkpoints SET stamps = '[]' WHERE number = 2",), Fault.STAMP, 5),
        (("UPDATE evidence SET pairing_id = 'another' WHERE seq = 4",), Fault.CHAIN, 4),
        (("UPDATE evidence SET header = '[[1, 2], 3]' WHERE seq = 3",), Fault.CHAIN, 3),
        (("UPDATE evidence SET header = '{\"pairing\": 7}' WHERE seq = 3",), Fault.CHAIN, 3),
        (("UPDATE evidence_checkpoints SET stamps = '[7]' WHERE number = 2",), Fault.CHECKPOINT, 1),
        (("UPDATE evidence_checkpoints SET stamps = '7' WHERE number = 2",), Fault.CHECKPOINT, 1),
        (("DELETE FROM evidence WHERE seq > 8",), Fault.HEAD, 9),
        (("DELETE FROM evidence_keys WHERE seq = 6 AND place = 1",), Fault.CONTENT_GONE, 6),
        (
            ("UPDATE evidence_parts SET place = 9 WHERE seq = 7 AND place = 1",),
            Fault.CONTENT_GONE,
            7,
        ),
    ],
    ids=[
        "edit",
        "edit a content",
        "edit a commitment",
        "edit to nonsense",
        "delete",
        "delete a content",
        "insert",
        "swap",
        "cut the tail",
        "cut the tail and the checkpoints",
        "cut a checkpoint",
        "edit a checkpoint",
        "no stamp",
        "hide a row from its call",
        "a header that is none",
        "a header of numbers",
        "stamps that are none",
        "no list of stamps",
        "cut what waits",
        "destroy a content",
        "take a content from its key",
    ],
)
async def test_t23_the_first_bad_row_is_named(
    archive: Stamped, statements: tuple[str, ...], fault: Fault, seq: int
) -> None:
    await as_superuser(archive.stage, *statements)
    found = (await archive.check()).finding
    assert found is not None
    assert (found.fault, found.seq) == (fault, seq)


async def test_t23_an_edit_with_every_hash_made_anew(archive: Stamped) -> None:
    third = (await archive.walking.pages(TENANT, 2).__anext__())[0].record.id

    def edited(record: SealedRecord) -> SealedRecord:
        return replace(record, header={**record.header, "x": "y"}) if record.id == third else record

    await write_anew(archive.stage, edited)
    found = (await archive.check()).finding
    assert found is not None
    assert (found.fault, found.seq, found.checkpoint) == (Fault.NOT_AS_STAMPED, 3, 1)
    without = (await archive.check(second=False)).finding  # then only the stamp knows: rows 1 to 4
    assert without is not None
    assert (without.fault, without.seq) == (Fault.NOT_AS_STAMPED, 1)


async def test_t23_everything_rewritten_and_stamped_again_by_the_same_authority(
    archive: Stamped,
) -> None:
    await write_anew(archive.stage, lambda record: record, but=[6])
    await as_superuser(archive.stage, "DELETE FROM evidence_checkpoints")
    again = replace(archive, second=archive.second.with_name("theirs"))
    assert (await again.keeping().turn(TENANT)).made == 2
    assert (await again.check()).finding is None  # by what the database and its copy say
    found = (await archive.check()).finding
    assert found is not None
    assert (found.fault, found.checkpoint, found.seq) == (Fault.NOT_AS_COPIED, 1, 5)


async def test_t23_what_waits_for_its_stamp_is_the_exposure(archive: Stamped) -> None:
    """At most a minute or a thousand rows: no one outside has heard of them."""
    await write_anew(archive.stage, lambda record: record, but=[10])
    assert (await archive.check()).finding is None


async def test_t23_a_copy_that_was_changed_is_named(archive: Stamped) -> None:
    (first, _second) = sorted(archive.second.rglob("0*.json"))
    good = first.read_bytes()
    first.chmod(0o600)
    for bad in (good.replace(b'"rows":["', b'"rows":["00'), b"{}", b"\xff"):
        first.write_bytes(bad)
        assert await _found(archive) == (Fault.COPY, 1, 1)
    first.write_bytes(good)
    assert (await archive.check()).finding is None


async def test_t23_a_copy_that_was_taken_away_is_named(archive: Stamped) -> None:
    (first, second) = sorted(archive.second.rglob("0*.json"))
    second.unlink()  # the last may be on its way
    report = await archive.check()
    assert (report.finding, report.place.copies) == (None, 1)
    await archive.keeping().turn(TENANT)
    first.unlink()
    assert await _found(archive) == (Fault.COPY_GONE, 1, 1)


async def test_t23_a_row_that_is_no_row_at_all_is_named(archive: Stamped) -> None:
    """SQLite takes anything for anything."""
    if archive.stage.database.is_sqlite:
        for column, value in (("hash", "'text'"), ("at", "'yesterday'"), ("header", "'{'")):
            await as_superuser(archive.stage, f"UPDATE evidence SET {column} = {value} WHERE seq=9")
            assert await _found(archive) == (Fault.CHAIN, 9, 0)
        await as_superuser(archive.stage, "UPDATE evidence_checkpoints SET body = 'x'")
        assert await _found(archive) == (Fault.CHECKPOINT, 1, 1)


async def test_t23_what_lies_beside_the_copies_counts_for_nothing(archive: Stamped) -> None:
    folder = next(archive.second.rglob("0*.json")).parent
    for name in ("²²²²²²²²².json", "notes.json", "99.json"):
        (folder / name).write_bytes(b"")
    assert (await archive.check()).finding is None


async def _found(archive: Stamped) -> tuple[Fault, int, int]:
    found = (await archive.check()).finding
    assert found is not None
    return found.fault, found.seq, found.checkpoint
