"""Apps that are too old are told where to update; wrong entries count per address."""

from pathlib import Path

import pytest

from companion_app_api.v1.settings import DoorSettings
from tests.companion_app_api.speaking import CLAIM, Speaker, code_of
from tests.companion_app_api.stage import ORIGIN, a_stage

WRONG = {"locator": "00000000", "call_state": "unknown"}
SETTINGS = DoorSettings(
    origin=ORIGIN,
    oldest_versions={"ios": "1.4"},
    update_urls={"ios": "https://apps.test/kazasu"},
)


@pytest.mark.parametrize(
    ("version", "good"),
    [("1.3.9", False), ("1.4", True), ("1.4.0", True), ("1.10", True), ("0.9", False)],
)
async def test_old_apps_are_told_to_update(tmp_path: Path, version: str, good: bool) -> None:
    async with a_stage(tmp_path, settings=SETTINGS) as stage, stage.http() as http:
        answer = await Speaker(http).register(platform="ios", version=version)
        if good:
            assert answer.status_code == 200
            return
        assert code_of(answer) == (426, "app_unsupported")
        assert answer.json()["update_url"] == "https://apps.test/kazasu"


async def test_an_update_counts_without_a_new_registration(tmp_path: Path) -> None:
    async with a_stage(tmp_path, settings=SETTINGS) as stage, stage.http() as http:
        speaker = Speaker(http)
        await speaker.register(platform="ios", version="1.4")
        for said, expected in (
            ("ios/1.3", (426, "app_unsupported")),
            ("ios", (400, "invalid_request")),
            ("ios/1.4.0.0.0", (400, "invalid_request")),
        ):
            answer = await speaker.get("/v1/history", headers={"Kazasu-App": said})
            assert code_of(answer) == expected
        answer = await speaker.get("/v1/history", headers={"Kazasu-App": "ios/2.0"})
        assert answer.status_code == 200


async def _enter_wrong_codes(speaker: Speaker, times: int, headers: dict[str, str]) -> list[int]:
    """Each from a new installation, as a guesser would."""
    seen = []
    for _ in range(times):
        newcomer = Speaker(speaker.http)
        await newcomer.register()
        seen.append((await newcomer.post(CLAIM, WRONG, headers=headers)).status_code)
    return seen


async def test_a_forwarded_header_does_not_hide_the_connection(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage, stage.http() as http:
        speaker = Speaker(http)
        seen = []
        for number in range(22):
            seen += await _enter_wrong_codes(
                speaker, 1, {"X-Forwarded-For": f"198.51.100.{number}"}
            )
        assert seen == [410] * 20 + [429] * 2


async def test_behind_a_trusted_proxy_its_last_word_counts(tmp_path: Path) -> None:
    settings = DoorSettings(origin=ORIGIN, trusted_proxies=1)
    async with a_stage(tmp_path, settings=settings) as stage, stage.http() as http:
        speaker = Speaker(http)
        for number in range(21):
            forged = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}
            seen = await _enter_wrong_codes(speaker, 1, forged)
            assert seen == [410 if number < 20 else 429]
        other = {"X-Forwarded-For": "203.0.113.1, 198.51.100.8"}
        assert await _enter_wrong_codes(speaker, 1, other) == [410]
