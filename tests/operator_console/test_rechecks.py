"""The certificate behind a result is asked about again; the screen says what came of it."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import BrowserContext, expect

from tests.operator_console.screen import opened, served
from tests.operator_console.stage import (
    RECHECK,
    REVOKED_SINCE,
    SIGNED,
    VERIFIED,
    Page,
    Stage,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

DOUBTED = VERIFIED | {"recheck": replace(RECHECK, revocation="unknown", reason="stale")}


async def _offered() -> tuple[Stage, Page]:
    stage = Stage()
    page = await stage.signed_in()
    await stage.available("hanako-id")
    stage.rows.signed.add("x")
    await stage.enters("x", SIGNED)
    return stage, page


async def test_who_answers_sets_it_going() -> None:
    stage, page = await _offered()
    assert (await page.post("api/answer", {"token": "x"})).status_code == 204
    assert stage.certificates.asked == [("hand_over", "x")]


async def test_an_answer_that_comes_to_nothing_asks_nothing() -> None:
    stage, page = await _offered()
    other = await stage.signed_in("taro")
    assert (await other.post("api/answer", {"token": "x"})).status_code == 409
    assert (await page.post("api/answer", {"token": "gone"})).status_code == 409
    assert stage.certificates.asked == []


@pytest.mark.parametrize(
    ("path", "action"), [("reveal", "reveal"), ("card-attributes", "card_attributes")]
)
async def test_nothing_is_laid_open_before_it_is_asked(path: str, action: str) -> None:
    stage, page = await _offered()
    assert (await page.post(f"api/{path}", {"token": "x"})).status_code == 200
    assert stage.certificates.asked == [(action, "x")]
    assert stage.certificates.rows_then == [0]
    assert len(stage.rows.written) == 1


async def test_what_was_revoked_meanwhile_is_not_laid_open() -> None:
    stage, page = await _offered()
    stage.certificates.turns["x"] = REVOKED_SINCE
    assert (await page.post("api/card-attributes", {"token": "x"})).status_code == 404
    assert stage.rows.written == []


async def test_of_somebody_elses_call_nobody_asks() -> None:
    stage, _ = await _offered()
    other = await stage.signed_in("taro")
    assert (await other.post("api/reveal", {"token": "x"})).status_code == 404
    assert stage.certificates.asked == []


async def test_the_screen_turns_grey_in_the_talk(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", VERIFIED)
        await page.keyboard.press("a")
        await stage.room.answering.joined("main", "x", "leg-1")
        await expect(page.locator("kz-pop article[data-badge=green]")).to_be_visible()

        await stage.becomes("x", DOUBTED)
        notice = page.locator("kz-pop [data-recheck=unknown]")
        await expect(notice).to_have_text(re.compile("もう一度は確かめられていません"))
        await expect(page.locator("kz-pop article[data-badge=green]")).to_be_visible()
        await expect(page.locator("#polite")).to_have_text(re.compile("^電子証明書を、もう一度は"))
        fact = page.locator("[data-fact=rechecked] dd")
        await expect(fact).to_have_text(re.compile("^確認できません.*stale"))

        await stage.becomes("x", REVOKED_SINCE)
        await expect(page.locator("kz-pop article[data-badge=grey]")).to_be_visible()
        await expect(page.locator("kz-pop [data-recheck=revoked].warning")).to_have_text(
            re.compile("この通話のあいだに失効しました")
        )
        await expect(page.locator("#assertive")).to_have_text(re.compile("^未確認. 確認のあと"))
        await expect(page.locator("kz-pop .person")).to_have_count(0)
        await expect(fact).to_have_text(re.compile("^失効しています.*keyCompromise"))
        await expect(page.locator(".changes li")).to_have_count(2)
        await page.locator("#language").click()
        await expect(page.locator("kz-pop [data-recheck=revoked]")).to_have_text(
            re.compile("revoked during this call")
        )
