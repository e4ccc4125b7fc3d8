"""One browser for all tests here; for each test a page of its own with a service of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser

from tests.companion_app.page.pocket import Pocket, a_browser, a_pocket


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def pocket(browser: Browser, tmp_path: Path) -> AsyncIterator[Pocket]:
    async with a_pocket(browser, tmp_path) as made:
        yield made
        assert made.troubles == []
