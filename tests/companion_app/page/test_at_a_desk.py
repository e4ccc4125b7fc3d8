"""The phone page with the code of a desk: one question, no choice, words for who stands there."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has none

from identity.pairing.levels import Badge
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskView
from tests.companion_app.page.pocket import Pocket

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser serves all of them


async def _to_the_question(pocket: Pocket) -> DeskView:
    stage = pocket.stage
    wanted = Wanted(kind=DeskKind.BUSINESS, by="tanaka", key="1", contract="C-valid")
    view = await stage.at_desk.begin(stage.tenant.id, wanted)
    assert isinstance(view, DeskView), view
    await pocket.screen("code-screen")
    await pocket.page.fill("#code", view.code)
    await pocket.page.click("text=次へ")
    await pocket.screen("desk-screen")
    return view


async def _seen(pocket: Pocket, view: DeskView) -> DeskView:
    now = await pocket.stage.at_desk.view(pocket.stage.tenant.id, view.pairing)
    assert now is not None
    return now


async def test_whoever_is_there_taps(pocket: Pocket) -> None:
    page = pocket.page
    view = await _to_the_question(pocket)
    assert "窓口での本人確認" in await page.inner_text(".facts")
    violations = (await Axe().run(page)).response["violations"]
    assert [found["id"] for found in violations] == []
    await page.click("text=はい、窓口にいます")
    await pocket.screen("shown-screen")
    assert "の窓口で、本人確認をします。" in await page.inner_text(".sentence")
    await page.click("text=暗証番号の入力へ")
    await pocket.screen("pin-screen")
    for digit in "1234":
        await page.click(f".key >> text={digit}")
    await page.click("text=次へ")
    await pocket.screen("card-screen")
    await page.click("[data-card='valid']")
    await pocket.screen("result-screen")
    assert "窓口の担当者に" in await page.inner_text(".result-screen")
    now = await _seen(pocket, view)
    assert (now.hint, now.badge) == (Hint.VERIFIED, Badge.AMBER)
    assert pocket.troubles == []


async def test_whoever_is_not_there_stops(pocket: Pocket) -> None:
    view = await _to_the_question(pocket)
    await pocket.page.click("text=いいえ >> nth=-1")
    await pocket.screen("result-screen")
    assert "カードをかざさないでください" in await pocket.page.inner_text(".result-screen")
    assert (await _seen(pocket, view)).hint is Hint.USER_CANCELLED
