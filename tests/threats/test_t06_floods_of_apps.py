"""T6: keys cost nothing, so how many are made known, and how often each speaks, has a limit."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from identity.installations.limits import (
    NEW_EVERYWHERE,
    NEW_PER_ADDRESS,
    REQUESTS_PER_MINUTE,
    InstallationLimits,
)
from stores.memory.counters import MemoryCounters
from tests.companion_app_api.speaking import INSTALLATIONS, Speaker, code_of
from tests.companion_app_api.stage import Stage, a_stage


class Away:
    async def add(self, key: str, *, window_seconds: int) -> int:
        raise ConnectionError


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


async def test_one_address_makes_so_many_keys_known_and_no_more(stage: Stage) -> None:
    async with stage.http() as http:
        heard = Counter[int]()
        speakers = [Speaker(http) for _ in range(NEW_PER_ADDRESS + 5)]
        for speaker in speakers:
            heard[(await speaker.register()).status_code] += 1
        assert heard == {200: NEW_PER_ADDRESS, 429: 5}
        refused = await speakers[-1].register()
        assert code_of(refused) == (429, "slow_down")
        assert int(refused.headers["Retry-After"]) > 0
        # Who was let in is let in again, and speaks.
        body = {"platform": "other", "app_version": "1.0"}
        again = speakers[0].proof(
            "POST", INSTALLATIONS, json.dumps(body).encode(), header={"jwk": speakers[0].jwk}
        )
        assert (await speakers[0].post(INSTALLATIONS, body, proof=again)).status_code == 200
        assert (await speakers[0].get("/v1/history")).status_code == 200
        assert code_of(await speakers[-1].get("/v1/history")) == (401, "unknown_installation")


async def test_the_deployment_has_a_limit_of_its_own() -> None:
    limits = InstallationLimits(MemoryCounters(lambda: 0.0))
    asked = [await limits.newcomer(f"address {number}") for number in range(NEW_EVERYWHERE + 3)]
    assert [one is None for one in asked].count(True) == NEW_EVERYWHERE


async def test_one_app_speaks_so_often_a_minute() -> None:
    now = 0.0
    limits = InstallationLimits(MemoryCounters(lambda: now))
    asked = [await limits.request("app-1") for _ in range(REQUESTS_PER_MINUTE + 1)]
    assert [one is None for one in asked] == [True] * REQUESTS_PER_MINUTE + [False]
    assert await limits.request("app-2") is None
    now = 61.0
    assert await limits.request("app-1") is None


async def test_without_counters_nobody_new_comes_and_checks_under_way_go_on() -> None:
    limits = InstallationLimits(Away())
    refused = await limits.newcomer("192.0.2.1")
    assert refused is not None
    assert refused.code == "slow_down"
    assert await limits.request("app-1") is None
