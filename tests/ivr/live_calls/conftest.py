from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.ivr.live_calls.stage import Stage, a_stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made
