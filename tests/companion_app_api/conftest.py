"""One stage and one registered speaker for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.companion_app_api.speaking import Speaker
from tests.companion_app_api.stage import Stage, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@pytest.fixture
async def speaker(stage: Stage) -> AsyncIterator[Speaker]:
    async with stage.http() as http:
        made = Speaker(http)
        assert (await made.register()).status_code == 200
        yield made


@pytest.fixture
async def stranger(stage: Stage) -> AsyncIterator[Speaker]:
    """Another registered installation."""
    async with stage.http() as http:
        made = Speaker(http)
        assert (await made.register()).status_code == 200
        yield made
