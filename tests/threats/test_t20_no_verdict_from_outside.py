"""T20: what a screen shows comes from the server's own books, for this operator and this call."""

import pytest
from argon2 import PasswordHasher

from ivr.queues.model import Waiting
from tests.operator_console.stage import NOTHING, VERIFIED, Page, Stage


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("door_frame.staff_login._ARGON2", quick)


async def _offered() -> tuple[Stage, Page]:
    stage = Stage()
    await stage.enters("unverified", NOTHING)
    await stage.available("hanako-id")
    await stage.enters("elsewhere", VERIFIED)
    return stage, await stage.signed_in()


ALTERED = (
    "?badge=green",
    "?status=complete&hint=verified",
    "?token=elsewhere",
    "?operator=taro-id",
    "?tenant=other",
)


@pytest.mark.parametrize("query", ALTERED)
async def test_an_altered_address_changes_nothing(query: str) -> None:
    _, page = await _offered()
    plain = await (await page.get("api/pop/unverified")).get_json()
    altered = await (await page.get(f"api/pop/unverified{query}")).get_json()
    assert (altered["badge"], altered["status"]) == (plain["badge"], plain["status"])
    assert altered["badge"] == "grey"
    assert await (await page.get(f"api/state{query}")).get_json()


async def test_another_calls_token_gives_no_pop_of_it() -> None:
    _, page = await _offered()
    other = await page.get("api/pop/elsewhere")
    assert "verdict" not in await other.get_json()
    for made_up in ("elsewhere2", "unverified%00", "../unverified", "*"):
        assert (await page.get(f"api/pop/{made_up}")).status_code == 404


async def test_the_pop_is_gone_with_the_call_whoever_kept_its_token() -> None:
    stage, page = await _offered()
    assert (await page.get("api/pop/unverified")).status_code == 200
    await stage.room.entering.withdraw("main", "unverified")
    assert (await page.get("api/pop/unverified")).status_code == 404
    state = await (await page.get("api/state")).get_json()
    assert "unverified" not in str(state)


async def test_news_carry_no_result_so_that_replaying_them_shows_none() -> None:
    stage, _ = await _offered()
    heard = []
    items = await stage.feed.follow("operators:main", "0")
    await stage.becomes("unverified", VERIFIED)
    async for item in items:
        heard.append(item)
        if item.kind in ("pop", "reset"):
            break
    for item in heard:
        assert set(item.data) <= {"operator", "token"}
        assert "verified" not in str(item.data).replace("unverified", "")


async def test_a_call_that_changes_hands_takes_its_pop_along() -> None:
    stage, page = await _offered()
    row: Waiting | None = await stage.room.waiting.by_token("main", "unverified")
    assert row is not None
    assert row.offered_to == "hanako-id"
    await stage.available("taro-id")
    assert (await page.post("api/decline", {"token": "unverified"})).status_code == 204
    answer = await page.get("api/pop/unverified")
    assert "line" not in await answer.get_json()
