"""T20: a result that has lost its standing does not stay green for want of news (I5)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from playwright.async_api import BrowserContext, Page, expect

from tests.operator_console.screen import launched, opened, served, workspace_in
from tests.operator_console.stage import NOTHING, VERIFIED

RUN_OUT = VERIFIED | {"badge": "grey"}
REPUDIATED = NOTHING | {"badge": "red", "status": "complete", "hint": "repudiated"}


@pytest_asyncio.fixture
async def context(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BrowserContext]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("door_frame.staff_login._ARGON2", quick)
    async with launched() as browser, workspace_in(browser) as made:
        await made.clock.install()
        yield made


async def _shows(page: Page, badge: str) -> None:
    await expect(page.locator(f"kz-pop article[data-badge={badge}]")).to_be_visible()


async def test_the_screen_follows_although_nobody_tells_it(context: BrowserContext) -> None:
    """Half an hour passes without any news; and the news of a repudiation is lost."""
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", VERIFIED)
        await _shows(page, "green")
        for badge, result in (("grey", RUN_OUT), ("red", REPUDIATED)):
            stage.pops.results["x"] = result
            await page.clock.run_for(31_000)
            await _shows(page, badge)
        looked = [kind for kind, _, _ in stage.rows.written]
        await page.clock.run_for(91_000)
        await _shows(page, "red")
        assert [kind for kind, _, _ in stage.rows.written] == looked  # nothing new, no new view
