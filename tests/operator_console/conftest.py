"""One browser for all tests here, an operator's workspace in it for each; and quick passwords.

Signing in is part of every test: with the real cost of argon2 it would be most of their time.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from playwright.async_api import Browser, BrowserContext

from tests.operator_console.screen import launched, workspace_in


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tests/door_frame` holds the cost itself."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("door_frame.staff_login._ARGON2", quick)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    async with workspace_in(browser) as made:
        yield made
