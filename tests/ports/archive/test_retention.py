"""Contents end by class, kind and part; what is held stays; the chain says what was erased and
still verifies (I8)."""

import itertools
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from identity.evidence_archive.checking.model import Fault
from identity.evidence_archive.model import EvidenceRow, Kind
from identity.evidence_archive.recording import CardEvidence, Recorder
from identity.evidence_archive.recording import Retention as Class
from identity.evidence_archive.retention import service
from identity.evidence_archive.retention.rules import BadRule, Period, RetentionRules, parse
from identity.evidence_archive.retention.service import Outcome, Retention
from identity.evidence_archive.sealing import open_all
from stores.sql.archive.contents import SqlContents
from stores.sql.database import Database
from tests.identity.pairing.world import TENANT as BUSINESS
from tests.identity.pairing.world import random_source
from tests.ports.archive.stamped import Stamped, as_superuser, now
from tests.ports.stage import Stage

ALL = ("statement", "card", "result")
BEGUN = datetime(2026, 2, 28, 12, tzinfo=UTC)


class Kept:
    """An archive of one business, and a clock that a test moves."""

    def __init__(self, stage: Stage, rules: str = "") -> None:
        blocks = random_source()
        self.stage = stage
        self.at = BEGUN
        self.random: Callable[[int], bytes] = lambda n: next(blocks)[:n]
        self.recorder = Recorder(self.random)
        self.contents = SqlContents(stage.database)
        self.retention = Retention(
            self.contents, self.recorder, parse(rules), lambda: self.at, self.random
        )

    async def row(
        self, of: Class = Class.AUTHENTICATION, kind: Kind = Kind.VERDICT, pairing: str = "pr_1"
    ) -> EvidenceRow:
        record = self.recorder.record(
            BUSINESS,
            kind,
            at=self.at,
            header={"pairing": pairing},
            retention=of,
            statement=b"the statement",
            card=CardEvidence(certificate=b"c", signature=b"s"),
            result={"person": "p"},
        )
        return await self.stage.evidence.append(record)

    async def left(self, row: EvidenceRow) -> set[str]:
        found = await self.stage.evidence.by_id(BUSINESS.id, row.record.id)
        assert found is not None
        return set(open_all(BUSINESS, found.record.id, found.record.parts))

    async def turns(self) -> int:
        return sum([await self.retention.turn(BUSINESS) for _ in range(3)])


@pytest.fixture
def kept(stage: Stage) -> Kept:
    return Kept(stage)


async def test_by_class(kept: Kept) -> None:
    tap, signed = await kept.row(), await kept.row(Class.SIGNATURE)
    kept.at = BEGUN + timedelta(days=364)
    assert await kept.turns() == 0
    kept.at = BEGUN.replace(year=2027)
    assert await kept.turns() == 1
    assert (await kept.left(tap), await kept.left(signed)) == (set(), set(ALL))
    kept.at = BEGUN.replace(year=2033)
    assert await kept.turns() == 1
    assert await kept.left(signed) == set()
    rows = [row async for row in kept.stage.evidence.all(BUSINESS.id)]
    said = [dict(r.record.header) for r in rows if r.record.kind is Kind.ERASURE]
    assert [(e["of"], e["parts"], e["reason"], e["actor"]) for e in said] == [
        (tap.record.id, "statement,card,result", "rule authentication", "system"),
        (signed.record.id, "statement,card,result", "rule signature", "system"),
    ]


async def test_by_kind_and_part(stage: Stage) -> None:
    kept = Kept(stage, "signature.card=30d,kind:late_proof=10d,kind:late_proof.result=20d")
    tap, late = await kept.row(Class.SIGNATURE), await kept.row(kind=Kind.LATE_PROOF)
    for days, of_tap, of_late in ((9, ALL, ALL), (10, ALL, ("result",)), (20, ALL, ())):
        kept.at = BEGUN + timedelta(days=days)
        await kept.turns()
        assert (await kept.left(tap), await kept.left(late)) == (set(of_tap), set(of_late))
    kept.at = BEGUN + timedelta(days=30)
    await kept.turns()
    assert await kept.left(tap) == {"statement", "result"}


async def test_what_is_held_stays_until_it_is_released(kept: Kept) -> None:
    held, other = await kept.row(pairing="pr_held"), await kept.row()
    hold = await kept.retention.hold(BUSINESS, "pr_held", actor="a", reason="court order")
    kept.at = BEGUN + timedelta(days=400)
    assert await kept.turns() == 1
    assert (await kept.left(held), await kept.left(other)) == (set(ALL), set())
    asked = {"actor": "a", "reason": "asked for"}
    assert await kept.retention.erase(BUSINESS, held.record.id, **asked) is Outcome.HELD
    assert [h.id for h in await kept.contents.holds(BUSINESS.id)] == [hold.id]
    assert await kept.retention.release(BUSINESS, hold.id, actor="b", reason="over")
    assert not await kept.retention.release(BUSINESS, hold.id, actor="b", reason="over")
    assert await kept.turns() == 1
    assert await kept.left(held) == set()
    kinds = [row.record.kind async for row in kept.stage.evidence.all(BUSINESS.id)]
    assert kinds[2:] == [Kind.HOLD, Kind.ERASURE, Kind.RELEASE, Kind.ERASURE]


async def test_a_hold_between_looking_and_erasing_counts(kept: Kept) -> None:
    row = await kept.row(pairing="pr_held")
    seen = await kept.contents.one(BUSINESS.id, row.record.id)
    assert seen is not None
    await kept.retention.hold(BUSINESS, "pr_held", actor="a", reason="court order")
    erasure = kept.retention._erasure(BUSINESS, seen, ALL, actor="x", reason="y")
    assert await kept.contents.erase(BUSINESS.id, [erasure]) == 0
    assert await kept.left(row) == set(ALL)


async def test_i8_the_chain_and_its_stamps_hold_when_contents_are_gone(
    kept: Kept, stamped: Stamped
) -> None:
    row = [await kept.row() for _ in range(4)][-1]
    keeping = stamped.keeping()
    assert (await keeping.turn(BUSINESS.id)).made == 1
    asked = {"actor": "a", "reason": "asked for"}
    assert await kept.retention.erase(BUSINESS, row.record.id, **asked) is Outcome.DONE
    assert await kept.retention.erase(BUSINESS, row.record.id, **asked) is Outcome.NOTHING
    assert await kept.left(row) == set()
    report = await stamped.check()
    assert (report.finding, report.place.head.seq, report.place.stamped_to) == (None, 5, 4)


async def test_a_hold_that_was_taken_out_of_its_table_is_missed_by_a_check(
    kept: Kept, stamped: Stamped
) -> None:
    """The rows themselves say what was held when: an administrator who deletes the hold has
    contents erased by the rules, each with a row of its own, and the check names the first."""
    await kept.row(pairing="pr_held")
    other = await kept.row(pairing="pr_other")
    hold = await kept.retention.hold(BUSINESS, "pr_held", actor="a", reason="court order")
    let_go = await kept.retention.hold(BUSINESS, "pr_other", actor="a", reason="court order")
    await kept.retention.release(BUSINESS, let_go.id, actor="b", reason="over")
    kept.at = BEGUN + timedelta(days=400)
    assert await kept.turns() == 1
    assert await kept.left(other) == set()
    assert (await stamped.check()).finding is None
    await as_superuser(stamped.stage, "DELETE FROM evidence_holds")
    assert await kept.turns() == 1
    found = (await stamped.check()).finding
    assert found is not None
    assert (found.fault, found.seq, found.detail) == (Fault.HOLD_BROKEN, 7, hold.id)


async def test_many_rows_are_looked_at_some_at_a_time(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 3)
    for n in itertools.islice(itertools.cycle(Class), 8):
        await kept.row(n)
    kept.at = BEGUN + timedelta(days=366)
    assert [await kept.retention.turn(BUSINESS) for _ in range(4)] == [1, 1, 1, 0]


async def test_a_destroyed_key_is_not_left_in_the_file(sqlite_url: str) -> None:
    """PostgreSQL's VACUUM does it there, and no backup can: the documents say so."""
    path = Path(str(make_url(sqlite_url).database))
    database = Database(sqlite_url)
    kept = Kept(Stage(database))
    row = await kept.row()
    keys = [part.wrapped_key for part in row.record.parts]
    assert await kept.left(row) == set(ALL)
    await kept.retention.erase(BUSINESS, row.record.id, actor="a", reason="b")
    await database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert not _in_the_file(path, keys)


def _in_the_file(path: Path, keys: list[bytes]) -> list[bytes]:
    content = path.read_bytes()
    return [key for key in keys if key in content]


@pytest.mark.parametrize(
    "bad",
    ["7y", "signature=", "signature=7", "signature=7w", "other=1y", "kind:other=1y", "card=1y",
     "signature.pin=1y", "signature=101y", "signature=-1y", "signature=1y;authentication=1y"],
)  # fmt: skip
def test_rules_that_cannot_be_read(bad: str) -> None:
    with pytest.raises(BadRule):
        parse(bad)


def test_defaults_stay_for_what_is_not_named() -> None:
    assert parse("signature=10y").periods == {
        "authentication": Period(years=1),
        "signature": Period(years=10),
    }
    end, rule = RetentionRules().ends(kind=Kind.VERDICT, retention="", part="card", at=now())
    assert (end.year, rule) == (9999, "")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001  # a zone is added
    st.integers(0, 100),
    st.integers(0, 99_999),
)
def test_a_period_never_ends_early(at: datetime, years: int, days: int) -> None:
    began = at.replace(tzinfo=UTC)
    ends = Period(years=years, days=days).after(began)
    assert ends - began >= timedelta(days=365 * years + days)
    assert ends - began <= timedelta(days=366 * years + days)
