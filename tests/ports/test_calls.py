"""Call rows and live sessions."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.live_calls.ports import CallRow, StoredSession
from stores.sql.calls import SqlCallRows
from stores.sql.sealing import SealBroken, Sealer
from stores.sql.sessions import SqlSessions
from tests.ports.stage import NUMBER, TENANT, Stage, key_for

BEGAN = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)


def a_call(ref: str = "call-1", *, began_at: datetime = BEGAN) -> CallRow:
    return CallRow(
        tenant=TENANT,
        call_ref=ref,
        carrier_call_id="CA00000000000000000000000000000001",
        number=NUMBER,
        number_kind="mobile",
        dialled="+81312345678",
        flow_version="sha256-1",
        began_at=began_at,
    )


class TestCallRows:
    async def test_the_first_row_stands(self, stage: Stage) -> None:
        calls, row = SqlCallRows(stage.database, stage.sealer), a_call()
        assert await calls.begin(row) == row
        assert await calls.begin(replace(row, flow_version="sha256-2", number="")) == row
        assert await calls.by_ref(TENANT, "call-1") == row
        assert await calls.by_ref("another", "call-1") is None

    async def test_a_call_ends_once(self, stage: Stage) -> None:
        calls = SqlCallRows(stage.database, stage.sealer)
        await calls.begin(a_call())
        at = BEGAN + timedelta(minutes=3)
        ended = await asyncio.gather(*(calls.end(TENANT, "call-1", at) for _ in range(6)))
        assert sorted(ended) == [False] * 5 + [True]
        assert await calls.by_ref(TENANT, "call-1") == replace(a_call(), ended_at=at)
        assert not await calls.end(TENANT, "call-2", at)

    async def test_the_sweep_sees_old_open_calls(self, stage: Stage) -> None:
        calls = SqlCallRows(stage.database, stage.sealer)
        for n in range(4):
            await calls.begin(a_call(f"call-{n}", began_at=BEGAN + timedelta(minutes=n)))
        await calls.end(TENANT, "call-1", BEGAN)
        before = BEGAN + timedelta(minutes=3)
        assert [one.call_ref for one in await calls.open_since(before, 10)] == ["call-0", "call-2"]
        assert [one.call_ref for one in await calls.open_since(before, 1)] == ["call-0"]


class TestSessions:
    async def test_saved_with_the_right_version_only(self, stage: Stage) -> None:
        sessions = SqlSessions(stage.database, stage.sealer)
        assert await sessions.load(TENANT, "call-1") is None
        assert not await sessions.save(TENANT, "call-1", {"n": 1}, expected=1)
        assert await sessions.save(TENANT, "call-1", {"n": 1, "名": "高"}, expected=0)
        assert not await sessions.save(TENANT, "call-1", {"n": 9}, expected=0)
        assert await sessions.load(TENANT, "call-1") == StoredSession(
            body={"n": 1, "名": "高"}, version=1
        )
        assert await sessions.save(TENANT, "call-1", {"n": 2}, expected=1)
        assert not await sessions.save(TENANT, "call-1", {"n": 9}, expected=1)
        assert await sessions.load(TENANT, "call-1") == StoredSession(body={"n": 2}, version=2)
        assert await sessions.load("another", "call-1") is None

    @pytest.mark.parametrize("stored", [0, 1])
    async def test_one_of_many_saves_wins(self, stage: Stage, stored: int) -> None:
        sessions = SqlSessions(stage.database, stage.sealer)
        for version in range(stored):
            await sessions.save(TENANT, "call-1", {}, expected=version)
        won = await asyncio.gather(
            *(sessions.save(TENANT, "call-1", {"by": n}, expected=stored) for n in range(16))
        )
        assert sum(won) == 1
        assert await sessions.load(TENANT, "call-1") == StoredSession(
            body={"by": won.index(True)}, version=stored + 1
        )

    async def test_another_key_does_not_open_it(self, stage: Stage) -> None:
        await SqlSessions(stage.database, stage.sealer).save(TENANT, "call-1", {}, expected=0)
        other = SqlSessions(stage.database, Sealer(lambda tenant: key_for(f"not {tenant}")))
        with pytest.raises(SealBroken, match=r"sessions\.body does not open"):
            await other.load(TENANT, "call-1")

    async def test_old_ones_are_dropped(self, stage: Stage) -> None:
        sessions = SqlSessions(stage.database, stage.sealer)
        await sessions.save(TENANT, "call-1", {}, expected=0)
        between = await stage.database.now() + timedelta(milliseconds=1)
        assert await sessions.drop_ended(between - timedelta(hours=1)) == 0
        while await stage.database.now() <= between:
            pass
        await sessions.save(TENANT, "call-2", {}, expected=0)
        assert await sessions.drop_ended(between) == 1
        assert await sessions.load(TENANT, "call-1") is None
        assert await sessions.load(TENANT, "call-2") is not None
