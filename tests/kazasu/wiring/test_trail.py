"""Who looks at a person's data leaves a row, as the service is wired: no row, no look."""

from pathlib import Path

import pytest

from identity.evidence_archive.model import Kind
from kazasu.wiring.console.trail import trail_of_calls
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import PEOPLE
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import LINE, Stage, a_stage

OPERATOR = "hanako-id"


async def _waiting(stage: Stage, key: Purpose) -> str:
    """The token of a verified caller who waits."""
    caller, app = stage.caller(), App(stage=stage, contract="c-0001", key=key)
    await app.holds_a_contract()
    await caller.in_check()
    await app.verifies(caller)
    await stage.deliver()
    await caller.waits()
    row = await caller.waiting()
    assert row is not None
    return row.token


async def _kinds(stage: Stage) -> list[Kind]:
    tenant = stage.identity.tenant.id
    return [row.record.kind async for row in stage.stores.evidence.all(tenant)]


async def test_a_signature_certificate_s_holder_is_shown_after_the_row(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        token = await _waiting(stage, "sign")
        trail, tenant = trail_of_calls(stage.identity, stage.phone, stage.stores), "main"
        found = await trail.card_attributes(tenant, OPERATOR, token)
        assert found is not None
        assert found.name is not None
        assert found.name.text == PEOPLE["hanako"].name
        assert (await _kinds(stage))[-1] is Kind.REVEAL
        assert await trail.card_attributes(tenant, OPERATOR, "nothing") is None


@pytest.mark.parametrize("hung_up", [False, True])
async def test_an_authentication_certificate_or_an_ended_call_shows_nothing(
    tmp_path: Path, hung_up: bool
) -> None:
    async with a_stage(tmp_path) as stage:
        token = await _waiting(stage, "sign" if hung_up else "auth")
        if hung_up:
            row = await stage.stores.waiting.by_token("main", token)
            assert row is not None
            await stage.stores.call_rows.end("main", row.call_ref, stage.clock())
        trail = trail_of_calls(stage.identity, stage.phone, stage.stores)
        assert await trail.card_attributes("main", OPERATOR, token) is None
        assert Kind.REVEAL not in await _kinds(stage)


async def test_the_number_is_revealed_after_the_row(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        token = await _waiting(stage, "auth")
        trail = trail_of_calls(stage.identity, stage.phone, stage.stores)
        assert await trail.reveal("main", OPERATOR, token) == LINE
        assert (await _kinds(stage))[-1] is Kind.REVEAL
        assert await trail.reveal("main", OPERATOR, "nothing") is None
