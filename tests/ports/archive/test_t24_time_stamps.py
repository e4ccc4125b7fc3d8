"""T24: a forged time-stamp, an authority whose certificate expires or changes within the years."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from identity.evidence_archive.checking.model import Fault
from identity.evidence_archive.checkpoints.keeping import CheckpointPolicy
from identity.evidence_archive.checkpoints.model import StampedCheckpoint
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from stand_ins.time_stamps.authority import POLICY, Authority, make
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import evidence_checkpoints
from tests.ports.archive.another_time import SaysAnyTime
from tests.ports.archive.stamped import Asked, Stamped, an_authority, days, no_triggers, roots
from tests.ports.stage import TENANT, Stage

IN_2033 = datetime(2033, 1, 1, tzinfo=UTC)
THE_LAST_DAYS = CheckpointPolicy(at_most_rows=4, renew_before=timedelta(days=60))


def of(stage: Stage, folder: Path, *authorities: Authority) -> Stamped:
    asked = [Asked(authority=one) for one in authorities]
    return Stamped(stage=stage, second=folder / "second", asked=asked, policy=THE_LAST_DAYS)


async def test_t24_an_old_archive_is_checked_by_roots_that_have_expired_since(
    stage: Stage, tmp_path: Path
) -> None:
    """Asked about its own time it holds; asked about 2033 it is said that nothing renewed it."""
    there = of(stage, tmp_path, an_authority(tmp_path / "a", until=40))
    await there.rows(4)
    assert (await there.keeping().turn(TENANT)).problem == "expires_soon"
    assert (await there.check()).expired is False
    later = await there.check(at=IN_2033)
    assert (later.finding, later.place.stamped_to, later.expired) == (None, 4, True)


async def test_t24_renewed_before_it_expired_it_holds_in_2033(stage: Stage, tmp_path: Path) -> None:
    first, next_one = an_authority(tmp_path / "a", until=40), an_authority(tmp_path / "b")
    old = of(stage, tmp_path, first)
    await old.rows(9)
    assert (await old.keeping().turn(TENANT)).made == 2
    both = of(stage, tmp_path, first, next_one)
    keeping = both.keeping(asked=[Asked(authority=next_one)])
    assert (await keeping.turn(TENANT)).made == 1
    assert (await keeping.turn(TENANT)).made == 0
    renewed = await both.checkpoints.last(TENANT)
    assert renewed is not None
    told = renewed.checkpoint
    assert (told.number, told.first, told.last) == (3, 9, 8)
    report = await both.check(at=IN_2033)
    assert (report.finding, report.expired, report.place.unrenewed) == (None, False, 0)
    await both.rows(8)  # and the chain goes on behind it
    assert (await keeping.turn(TENANT)).made == 2
    assert (await both.check()).finding is None


async def test_t24_one_that_was_renewed_too_late_is_said(stage: Stage, tmp_path: Path) -> None:
    """The stamp of the second checkpoint is later than the end of the first one's certificate."""
    first, later = an_authority(tmp_path / "a", until=40), an_authority(tmp_path / "b")
    there = of(stage, tmp_path, first, later)
    await there.rows(4)
    await there.keeping(asked=[Asked(authority=first)]).turn(TENANT)
    await there.rows(4)
    in_time = SaysAnyTime(authority=later, at=days(41))
    await there.keeping(asked=[in_time]).turn(TENANT)
    assert (await there.check(at=days(30))).place.stamped_to == 4
    report = await there.check(at=days(50))
    assert (report.finding, report.expired, report.place.stamped_to) == (None, False, 8)
    assert report.place.unrenewed == 1


async def test_t24_a_stamp_older_than_the_one_it_covers_is_named(
    stage: Stage, tmp_path: Path
) -> None:
    """By a clock that was put back, or by a key that came into other hands."""
    authority = make(tmp_path / "a", valid=(days(-20), days(40)))
    there = of(stage, tmp_path, authority)
    await there.rows(4)
    await there.keeping().turn(TENANT)
    await there.rows(4)
    await there.keeping(asked=[SaysAnyTime(authority=authority, at=days(-10))]).turn(TENANT)
    found = (await there.check()).finding
    assert found is not None
    assert (found.fault, found.checkpoint) == (Fault.STAMP, 2)
    assert found.detail == "older_than_the_one_before"


async def test_t24_two_authorities_and_one_of_them_away(stage: Stage, tmp_path: Path) -> None:
    one, other = (an_authority(tmp_path / name) for name in "ab")
    there = of(stage, tmp_path, one, other)
    await there.rows(4)
    await there.keeping().turn(TENANT)
    there.asked[0].away = True
    await there.rows(4)
    assert (await there.keeping().turn(TENANT)).made == 1
    (both, single) = await there.checkpoints.numbers_from(TENANT, 1, at_most=9)
    assert (len(both.responses), len(single.responses)) == (2, 1)
    assert (await there.check()).finding is None
    there.pinned = roots(other)  # also for who knows only one of them
    assert (await there.check()).finding is None
    there.pinned = roots(one)
    found = (await there.check()).finding
    assert found is not None
    assert (found.fault, found.checkpoint) == (Fault.STAMP, 2)


async def test_t24_a_stamp_of_somebody_else_is_none(stamped: Stamped, tmp_path: Path) -> None:
    await stamped.rows(4)
    await stamped.keeping().turn(TENANT)
    (made,) = await stamped.checkpoints.numbers_from(TENANT, 1, at_most=9)
    forger = Asked(authority=an_authority(tmp_path / "forger"))
    forged = (await forger.stamp(made.checkpoint.canonical())).response
    await _with(stamped, replace(made, responses=(forged,)))
    found = (await stamped.check()).finding
    assert found is not None
    assert (found.fault, found.detail) == (Fault.STAMP, "not_verified")


async def _with(stamped: Stamped, other: StampedCheckpoint) -> None:
    async def job(connection: Connection) -> None:
        await no_triggers(connection)
        await connection.execute(evidence_checkpoints.delete())

    await stamped.stage.database.write(job)
    assert await stamped.checkpoints.append(other)


async def test_t24_what_an_answer_must_be(authority: Authority) -> None:
    pinned, data = roots(authority), b"a checkpoint"
    asked = Asked(authority=authority)
    good = (await asked.stamp(data)).response
    assert check(good, data, pinned).policy == POLICY

    def refused(response: bytes, over: bytes, by: PinnedAuthorities, nonce: int | None) -> str:
        with pytest.raises(BadStamp) as bad:
            check(response, over, by, nonce=nonce)
        return bad.value.code

    named = replace(pinned, policies=frozenset({"1.2.3.4"}))
    assert refused(good, b"another", pinned, None) == "not_verified"
    assert refused(good, data, pinned, 7) == "not_verified"
    assert refused(good, data, named, None) == "policy"
    assert refused(good, data, PinnedAuthorities(roots=()), None) == "no_roots"
    assert refused(good[:-40], data, pinned, None) == "unreadable"
    assert refused(good + bytes(70_000), data, pinned, None) == "too_long"
    assert refused(authority.reply(b"\x30\x00"), data, pinned, None) in (
        "unreadable",
        "not_granted",
    )
    assert days(0) >= check(good, data, replace(pinned, policies=frozenset({POLICY}))).at
