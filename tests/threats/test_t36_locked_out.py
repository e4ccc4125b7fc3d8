"""T36: nobody can send a person requests, or lock their card by wrong tries from afar."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from companion_app.card.outcome import CardTrouble, TroubleCode
from companion_app.card.tap import tap
from identity.pairing.model import CallState
from identity.pairing.outcomes import Hint
from identity.pairing.views import ClaimView
from tests.companion_app.card.readers import RecordingReader
from tests.companion_app_api.speaking import Speaker
from tests.companion_app_api.stage import ORIGIN, Stage, a_stage
from tests.identity.pairing.world import World
from tests.stand_ins.card.synthetic import PIN, auth_pin, software_card


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


async def test_no_door_sends_anything_to_a_persons_device(stage: Stage) -> None:
    """There is no push: a check begins in a call or in the app itself, never from outside."""
    async with stage.http() as http:
        document = (await http.get(ORIGIN + "/v1/openapi.json")).json()
    words = json.dumps([sorted(document["paths"]), document.get("components", {})]).lower()
    for word in ("push", "notif", "fcm", "apns", "device_token"):
        assert word not in words


async def test_a_second_request_to_the_same_person_needs_a_second_call(stage: Stage) -> None:
    async with stage.http() as http:
        speaker = Speaker(http)
        await speaker.register()
        held = await speaker.claimed(stage)
        body = {"locator": held.call.code, "call_state": "unknown"}
        again = await speaker.post("/v1/pairings/claim", body)
        assert again.json()["pairing"] == held.id  # the same question, not another one
        await held.step("confirm", {"answer": "no_call"})
        after = await speaker.post("/v1/pairings/claim", body)
        assert after.status_code == 410


@pytest.mark.parametrize("tries", [0, 1])
async def test_with_one_try_left_no_pin_reaches_the_card(tries: int) -> None:
    """3 wrong tries lock the PIN until a visit to the town hall, so the last is never used."""
    reader = RecordingReader(software_card(pins=auth_pin(tries=tries)))
    asked = []

    def secret() -> str:
        asked.append(PIN)
        return PIN

    trouble = await tap(reader, key="auth", secret=secret, build_message=lambda der: der)
    assert isinstance(trouble, CardTrouble)
    assert trouble.code in (TroubleCode.PIN_LAST_TRY, TroubleCode.PIN_BLOCKED)
    assert reader.verifies == 0


async def test_what_the_app_found_brings_the_caller_to_a_person_without_an_alarm() -> None:
    world = World()
    view = await world.signable()
    await world.ending.by_app(world.app(), view.pairing, Hint.PIN_LAST_TRY)
    row = world.row(view.pairing)
    assert row.hint is Hint.PIN_LAST_TRY
    # The way stays open: the same call may begin another check.
    again = await world.opened("call-1", key="call-1:9:0")
    claim = await world.claiming.claim(
        world.app(), again.code, CallState.UNKNOWN, address="192.0.2.1"
    )
    assert isinstance(claim, ClaimView)
