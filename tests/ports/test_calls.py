"""Call rows."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.live_calls.ports import CallRow, Placed
from stores.sql.calls import SqlCallRows
from tests.ports.stage import NUMBER, TENANT, Stage

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

    async def test_a_call_that_we_placed_names_its_contract(self, stage: Stage) -> None:
        calls = SqlCallRows(stage.database, stage.sealer)
        row = replace(a_call(), placed=Placed.BY_BUSINESS, expect="C-1001")
        assert await calls.begin(row) == row

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
