"""T20, T15: one operator's pages follow the news by a few streams, not by thousands."""

from contextlib import AsyncExitStack

import pytest
from argon2 import PasswordHasher

from door_frame.event_stream import STREAMS_PER_READER
from tests.operator_console.stage import Stage
from tests.operator_console.test_news import Stream


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("door_frame.staff_login._ARGON2", quick)


async def test_one_too_many_is_refused_and_a_closed_one_makes_room() -> None:
    stage = Stage()
    page, colleague = await stage.signed_in(), await stage.signed_in("taro")
    async with AsyncExitStack() as tabs:
        for _ in range(STREAMS_PER_READER):
            stream = await tabs.enter_async_context(Stream(page))
            assert (await stream.next())["event"] == "hello"
        refused = await page.get("events")
        assert refused.status_code == 429
        assert (await refused.get_json())["code"] == "too_many_streams"
        async with Stream(colleague) as other:
            assert (await other.next())["event"] == "hello"
    async with Stream(page) as again:
        assert (await again.next())["event"] == "hello"
