"""Tap first, then call: tickets, the handset's own call, and codes that the caller keys."""

from pathlib import Path
from typing import Any

import pytest

from companion_app.card.outcome import TapResult
from companion_app.card.tap import tap
from companion_app.spoken_code import typed_code
from companion_app.statement import checked
from companion_app_api.v1.settings import DoorSettings
from identity.pairing.levels import Badge, BindingLevel
from identity.pairing.model import Mode
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.views import PairingView
from identity.verification.model import RevocationStatus
from tests.companion_app_api.speaking import Speaker, code_of, packed
from tests.companion_app_api.stage import DIALLED, ORIGIN, Reader, Stage, a_stage

TICKETS = "/v1/dial-tickets"
KEYED = "/v1/keyed-codes"
ASKED = {"business": DIALLED, "purpose": "account", "call_state": "none"}
AGREED = {
    "type": "dial",
    "mode": "app_dial",
    "rp_name": "カザス保険",
    "purpose": "ご契約内容の確認",
    "direction": "caller",
    "dialled": DIALLED,
    "require": "id_card_auth",
}
JUST_PLACED = {
    "call_state": "outgoing",
    "begun_ms_ago": 0,
    "connected_ms_ago": 0,
    "other_calls": False,
}


async def _proof(speaker: Speaker, state: dict[str, Any], card: str = "valid") -> dict[str, str]:
    statement = checked(
        state["statement"],
        audience=ORIGIN,
        installation=speaker.key.thumbprint(),
        agreed={**AGREED, "pairing": state["pairing"]},
    )
    done = await tap(
        Reader(card), key="auth", secret=lambda: "1234", build_message=statement.card_input
    )
    assert isinstance(done, TapResult)
    return {
        "certificate": packed(done.certificate),
        "signature": packed(done.signature),
        "card_kind": done.kind,
    }


async def _proven(speaker: Speaker, card: str = "valid") -> dict[str, Any]:
    """The state after the accepted proof: with the ticket."""
    begun = (await speaker.post(TICKETS, ASKED)).json()
    answer = await speaker.step(begun["pairing"], "proof", await _proof(speaker, begun, card))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _met(stage: Stage, proven: dict[str, Any], **how: Mode) -> PairingView:
    met = await stage.arrives(proven["ticket"], **how)
    assert isinstance(met, PairingView), met
    return met


async def test_the_businesses_are_told_by_name_and_purpose(speaker: Speaker) -> None:
    assert (await speaker.get("/v1/businesses")).json() == {
        "keyed_codes": True,
        "businesses": [
            {
                "dialled": DIALLED,
                "business": {"name": "カザス保険", "logo": "", "number": "03-1234-5678"},
                "purposes": [{"name": "account", "words": "ご契約内容の確認"}],
            }
        ],
    }


async def test_the_ticket_comes_with_the_accepted_proof_and_not_before(speaker: Speaker) -> None:
    begun = await speaker.post(TICKETS, ASKED)
    said = begun.json()
    assert (said["status"], said["hint"]) == ("pending", "awaiting_pin")
    assert not {"ticket", "tel", "ticket_by", "code", "call"} & said.keys()
    assert (await speaker.post(TICKETS, ASKED)).json() == said
    proof = await _proof(speaker, said)
    answer = await speaker.step(said["pairing"], "proof", proof)
    proven = answer.json()
    assert proven["hint"] == "awaiting_dial"
    assert typed_code(proven["ticket"]) is not None
    assert len(proven["ticket"]) == 10
    assert proven["tel"] == f"tel:{DIALLED},,{proven['ticket']}"
    assert proven["ticket_by"] < proven["expires_at"]
    assert "statement" not in proven
    assert (await speaker.step(said["pairing"], "proof", proof)).json() == proven
    looked = await speaker.get(f"/v1/pairings/{said['pairing']}")
    assert looked.json() == proven


async def test_the_call_that_fits_is_bound_to_the_device(speaker: Speaker, stage: Stage) -> None:
    proven = await _proven(speaker)
    met = await _met(stage, proven)
    assert met.hint is Hint.MATCHING_CONTRACT
    answer = await speaker.step(proven["pairing"], "call", JUST_PLACED)
    assert (answer.json()["status"], answer.json()["hint"]) == ("complete", "verified")
    seen = await stage.now(met)
    assert (seen.binding, seen.badge) == (BindingLevel.BIND_DEVICE, Badge.GREEN)
    again = await speaker.step(proven["pairing"], "call", JUST_PLACED)
    assert again.json() == answer.json()


async def test_a_report_may_come_before_the_ticket(speaker: Speaker, stage: Stage) -> None:
    proven = await _proven(speaker)
    first = await speaker.step(proven["pairing"], "call", JUST_PLACED)
    assert first.json()["hint"] == "awaiting_dial"
    met = await _met(stage, proven)
    assert (met.hint, met.binding) == (Hint.VERIFIED, BindingLevel.BIND_DEVICE)


async def test_an_incoming_call_is_stopped_with_an_alarm(speaker: Speaker, stage: Stage) -> None:
    proven = await _proven(speaker)
    met = await _met(stage, proven)
    report = {**JUST_PLACED, "call_state": "incoming"}
    assert code_of(await speaker.step(proven["pairing"], "call", report)) == (422, "risk_blocked")
    assert (await stage.now(met)).badge is Badge.RED


@pytest.mark.parametrize(
    "misfit",
    [
        {"other_calls": True},
        {"call_state": "unknown"},
        {"begun_ms_ago": 600_000},
        {"connected_ms_ago": 300_000, "begun_ms_ago": 600_000},
    ],
    ids=["another call", "not known", "begun before the ticket", "connected long ago"],
)
async def test_any_other_call_is_asked_for_the_number_it_speaks(
    speaker: Speaker, stage: Stage, misfit: dict[str, object]
) -> None:
    proven = await _proven(speaker)
    met = await _met(stage, proven)
    asked = (await speaker.step(proven["pairing"], "call", {**JUST_PLACED, **misfit})).json()
    assert asked["hint"] == "awaiting_choice"
    item = await stage.item(met)
    assert item in asked["choice"]["choices"]
    body = {"round": asked["choice"]["round"], "choice": item}
    ended = (await speaker.step(proven["pairing"], "choose", body)).json()
    assert (ended["status"], ended["hint"]) == ("complete", "verified")
    assert (await stage.now(met)).binding is BindingLevel.BIND_CHOICE


async def test_a_refused_card_ends_in_the_app_without_a_ticket(tmp_path: Path) -> None:
    revoked = RevocationStatus.REVOKED
    async with a_stage(tmp_path, revocation=revoked) as stage, stage.http() as http:
        speaker = Speaker(http)
        await speaker.register()
        begun = (await speaker.post(TICKETS, ASKED)).json()
        answer = await speaker.step(begun["pairing"], "proof", await _proof(speaker, begun))
    assert code_of(answer) == (422, "certificate_revoked")
    assert "ticket" not in answer.json()


async def test_tickets_are_for_handsets_without_a_call(speaker: Speaker) -> None:
    for state in ("outgoing", "incoming", "in_call"):
        refused = await speaker.post(TICKETS, {**ASKED, "call_state": state})
        assert code_of(refused) == (409, "in_a_call")


@pytest.mark.parametrize("path", [TICKETS, KEYED])
@pytest.mark.parametrize("change", [{"business": "+81399999999"}, {"purpose": "loan"}])
async def test_other_numbers_and_purposes_are_unknown(
    speaker: Speaker, path: str, change: dict[str, str]
) -> None:
    refused = await speaker.post(path, {**ASKED, **change})
    assert code_of(refused) == (410, "expired_or_unknown")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("begun_ms_ago", -1),
        ("begun_ms_ago", 3_600_001),
        ("begun_ms_ago", 1.5),
        ("connected_ms_ago", None),
        ("other_calls", "no"),
        ("call_state", "ringing"),
    ],
)
async def test_a_report_out_of_range_is_refused(
    speaker: Speaker, field: str, value: object
) -> None:
    proven = await _proven(speaker)
    refused = await speaker.step(proven["pairing"], "call", {**JUST_PLACED, field: value})
    assert code_of(refused) == (400, "invalid_request")
    assert refused.json()["field"] == field


async def test_a_call_is_reported_by_the_one_who_has_the_ticket(
    speaker: Speaker, stranger: Speaker, stage: Stage
) -> None:
    proven = await _proven(speaker)
    other = await stranger.step(proven["pairing"], "call", JUST_PLACED)
    assert code_of(other) == (410, "expired_or_unknown")
    claimed = await speaker.claimed(stage)
    assert code_of(await claimed.step("call", JUST_PLACED)) == (409, "out_of_order")


async def test_a_ticket_cut_short_leads_nowhere(speaker: Speaker, stage: Stage) -> None:
    proven = await _proven(speaker)
    for digits in (proven["ticket"][:9], proven["ticket"][:-1] + "x", ""):
        met = await stage.arrives(digits)
        assert isinstance(met, Refusal)
        assert met.code == "no_ticket"


async def test_a_keyed_code_is_shown_and_asked_whose_call_it_came_in(
    speaker: Speaker, stage: Stage
) -> None:
    begun = (await speaker.post(KEYED, {**ASKED, "call_state": "outgoing"})).json()
    assert begun["hint"] == "awaiting_app"
    assert not {"call", "statement", "ticket", "tel"} & begun.keys()
    met = await stage.arrives(begun["code"], mode=Mode.KEYED_CODE)
    assert isinstance(met, PairingView), met
    look = f"/v1/pairings/{begun['pairing']}"
    asked = (await speaker.get(look)).json()
    assert asked["hint"] == "awaiting_call_confirm"
    assert asked["call"]["business"]["name"] == "カザス保険"
    assert asked["call"]["line_last4"] == "5678"
    confirmed = (await speaker.step(begun["pairing"], "confirm", {"answer": "i_called"})).json()
    assert confirmed["hint"] == "awaiting_pin"
    statement = checked(
        confirmed["statement"],
        audience=ORIGIN,
        installation=speaker.key.thumbprint(),
        agreed={"type": "call", "mode": "keyed_code", "pairing": begun["pairing"], "match": None},
    )
    done = await tap(
        Reader("valid"), key="auth", secret=lambda: "1234", build_message=statement.card_input
    )
    assert isinstance(done, TapResult)
    proof = {
        "certificate": packed(done.certificate),
        "signature": packed(done.signature),
        "card_kind": done.kind,
    }
    ended = (await speaker.step(begun["pairing"], "proof", proof)).json()
    assert ended["hint"] == "verified"
    seen = await stage.now(met)
    assert (seen.binding, seen.badge) == (BindingLevel.BIND_CODE, Badge.AMBER)


async def test_where_nothing_is_offered_nobody_can_be_called(tmp_path: Path) -> None:
    settings = DoorSettings(origin=ORIGIN)
    async with a_stage(tmp_path, settings=settings) as stage, stage.http() as http:
        speaker = Speaker(http)
        await speaker.register()
        said = (await speaker.get("/v1/businesses")).json()
    assert said == {"keyed_codes": False, "businesses": []}
