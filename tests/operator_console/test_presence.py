"""A break chosen in the middle of a call: remembered, shown, taken back, and there when it ends."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.async_api import BrowserContext, expect

from tests.operator_console.screen import opened, served
from tests.operator_console.stage import VERIFIED, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def talks(stage: Stage) -> None:
    await stage.available("hanako-id")
    await stage.enters("x", VERIFIED)
    await stage.room.answering.answer("main", "hanako-id", "x")
    await stage.room.answering.joined("main", "x", "leg-1")


async def test_a_wish_by_key_taken_back_and_made_again(context: BrowserContext) -> None:
    async with served() as stage:
        await talks(stage)
        page = await opened(context, stage)
        await expect(page.locator("[data-presence=on_call]")).to_be_visible()
        wish = page.locator("[data-after-call]")
        await expect(wish).to_have_count(0)

        await page.keyboard.press("b")
        await expect(wish).to_have_attribute("data-after-call", "break")
        await expect(wish).to_contain_text("通話と後処理が終わったら「休憩中」")
        await expect(page.locator("[data-key=presence-break]")).to_have_attribute(
            "aria-pressed", "true"
        )
        await expect(page.locator("[data-presence=on_call]")).to_be_visible()
        found = await Axe().run(page)
        assert [one["id"] for one in found.response["violations"]] == []

        await page.keyboard.press("b")
        await expect(wish).to_have_count(0)
        await page.locator("[data-key=presence-offline]").click()
        await expect(wish).to_have_attribute("data-after-call", "offline")
        await page.locator("[data-key=presence-forget]").press("Enter")
        await expect(wish).to_have_count(0)
        await page.keyboard.press("b")
        await expect(wish).to_have_count(1)

        await stage.room.entering.leave("main", "call-x")
        await expect(page.locator("[data-presence=wrap_up]")).to_be_visible()
        await expect(wish).to_have_attribute("data-after-call", "break")
        await page.keyboard.press("w")
        await expect(page.locator("[data-presence=break]")).to_be_visible()
        await expect(wish).to_have_count(0)


async def test_nothing_to_take_back_is_no_fault() -> None:
    stage = Stage()
    await talks(stage)
    page = await stage.signed_in()
    for presence in ("break", None, None):
        assert (await page.post("api/presence", {"presence": presence})).status_code == 204
    state = await (await page.get("api/state")).get_json()
    assert (state["presence"]["state"], state["presence"]["after_call"]) == ("on_call", None)
