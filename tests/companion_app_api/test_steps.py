"""Each call of the journey, good and bad, and repeated: same content, same answer."""

from pathlib import Path

import pytest

from companion_app.card.tap import tap
from companion_app.statement import checked
from identity.pairing.levels import Badge, IdentityLevel
from identity.pairing.outcomes import Hint
from identity.verification.model import RevocationStatus
from tests.companion_app_api.speaking import CLAIM, Claimed, Speaker, code_of, packed
from tests.companion_app_api.stage import ORIGIN, Reader, Stage, a_stage

I_CALLED = {"answer": "i_called"}
GONE = (410, "expired_or_unknown")


async def _proof(claimed: Claimed, card: str = "valid") -> dict[str, str]:
    """Taps a card on the statement of a pairing that is at the PIN."""
    state = (await claimed.to_the_pin()).json()
    statement = checked(
        state["statement"],
        audience=ORIGIN,
        installation=claimed.speaker.key.thumbprint(),
        agreed={"pairing": claimed.id},
    )
    done = await tap(
        Reader(card), key="auth", secret=lambda: "1234", build_message=statement.card_input
    )
    assert not hasattr(done, "code"), done
    return {
        "certificate": packed(done.certificate),
        "signature": packed(done.signature),
        "card_kind": done.kind,
    }


async def test_a_claim_says_whose_call_it_is(speaker: Speaker, stage: Stage) -> None:
    call = await stage.a_call()
    body = {"locator": call.code, "call_state": "outgoing"}
    answer = await speaker.post(CLAIM, body)
    said = answer.json()
    assert said["status"] == "pending"
    assert said["hint"] == "awaiting_call_confirm"
    assert said["call"]["business"] == {
        "name": "カザス保険",
        "logo": "",
        "number": "03-1234-5678",
    }
    assert said["call"]["line_last4"] == "5678"
    assert said["call"]["require"] == "id_card_auth"
    assert "choice" not in said
    assert "statement" not in said
    assert (await speaker.post(CLAIM, body)).json() == said


async def test_a_withheld_number_is_absent(speaker: Speaker, stage: Stage) -> None:
    call = await stage.a_call(line="", require=IdentityLevel.ID_CARD_SIGN)
    said = (await speaker.post(CLAIM, {"locator": call.code, "call_state": "none"})).json()
    assert "line_last4" not in said["call"]
    assert said["call"]["require"] == "id_card_sign"


async def test_a_claim_has_one_winner(speaker: Speaker, stranger: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    late = await stranger.post(CLAIM, {"locator": claimed.call.code, "call_state": "unknown"})
    unknown = await stranger.post(CLAIM, {"locator": "00000000", "call_state": "unknown"})
    assert code_of(late) == code_of(unknown) == GONE
    assert late.content == unknown.content


async def test_a_pairing_is_nobody_elses(speaker: Speaker, stranger: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    steps: dict[str, dict[str, object]] = {
        "confirm": dict(I_CALLED),
        "choose": {"round": 1, "choice": "23"},
        "progress": {"hint": "awaiting_pin"},
        "proof": {"certificate": "MAAA", "signature": "MAAA", "card_kind": "card"},
        "cancel": {"reason": "user_cancelled"},
        "repudiate": {},
    }
    for name, body in steps.items():
        assert code_of(await stranger.step(claimed.id, name, body)) == GONE
        assert code_of(await stranger.step("no-such-pairing", name, body)) == GONE
    assert code_of(await stranger.get(f"/v1/pairings/{claimed.id}")) == GONE
    assert (await stage.now(claimed.call)).hint is Hint.AWAITING_CALL_CONFIRM


async def test_too_many_wrong_codes(speaker: Speaker, stage: Stage) -> None:
    for _ in range(5):
        answer = await speaker.post(CLAIM, {"locator": "00000000", "call_state": "unknown"})
        assert code_of(answer) == GONE
    call = await stage.a_call()
    answer = await speaker.post(CLAIM, {"locator": call.code, "call_state": "unknown"})
    assert code_of(answer) == (429, "slow_down")
    assert 0 < int(answer.headers["Retry-After"]) <= 600


async def test_confirm_leads_to_the_choice(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    said = (await claimed.step("confirm", I_CALLED)).json()
    assert said["hint"] == "awaiting_choice"
    assert said["choice"]["round"] == 1
    choices = said["choice"]["choices"]
    assert choices == sorted(choices)
    assert len(set("".join(choices))) == 6
    assert set("".join(choices)) <= set("2345689")
    assert (await stage.item(claimed.call)) in choices
    assert (await claimed.step("confirm", I_CALLED)).json() == said


@pytest.mark.parametrize("answer", ["no_call", "they_called"])
async def test_a_decline_ends_it_with_an_alarm(speaker: Speaker, stage: Stage, answer: str) -> None:
    claimed = await speaker.claimed(stage)
    for _ in range(2):
        declined = await claimed.step("confirm", {"answer": answer})
        assert code_of(declined) == (422, "user_declined_call")
    assert (await stage.now(claimed.call)).badge is Badge.RED


async def test_an_incoming_handset_is_a_risk(speaker: Speaker, stage: Stage) -> None:
    call = await stage.a_call()
    claim = await speaker.post(CLAIM, {"locator": call.code, "call_state": "incoming"})
    pairing = claim.json()["pairing"]
    answer = await speaker.step(pairing, "confirm", I_CALLED)
    assert code_of(answer) == (422, "risk_blocked")


async def test_steps_do_not_come_early(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    early: dict[str, dict[str, object]] = {
        "choose": {"round": 1, "choice": "23"},
        "progress": {"hint": "awaiting_card"},
        "proof": {"certificate": "MAAA", "signature": "MAAA", "card_kind": "card"},
    }
    for name, body in early.items():
        answer = await claimed.step(name, body)
        assert code_of(answer) == (409, "out_of_order")
        assert answer.json()["hint"] == "awaiting_call_confirm"


async def test_one_wrong_pick_gives_a_new_round_and_two_an_alarm(
    speaker: Speaker, stage: Stage
) -> None:
    claimed = await speaker.claimed(stage)
    first = (await claimed.to_the_choice()).json()["choice"]
    item = await stage.item(claimed.call)
    wrong = next(pick for pick in first["choices"] if pick != item)
    not_offered = await claimed.step("choose", {"round": 1, "choice": "00"})
    assert code_of(not_offered) == (422, "not_offered")
    second = (await claimed.step("choose", {"round": 1, "choice": wrong})).json()
    assert second["choice"]["round"] == 2
    assert (await claimed.step("choose", {"round": 1, "choice": wrong})).json() == second
    new_item = await stage.item(claimed.call)
    assert new_item in second["choice"]["choices"]
    wrong = next(pick for pick in second["choice"]["choices"] if pick != new_item)
    answer = await claimed.step("choose", {"round": 2, "choice": wrong})
    assert code_of(answer) == (422, "wrong_choice")
    assert (await stage.now(claimed.call)).badge is Badge.RED


async def test_a_round_counts_once(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    said = (await claimed.to_the_pin()).json()
    assert said["hint"] == "awaiting_pin"
    item = await stage.item(claimed.call)
    assert item == ""
    choice = checked(
        said["statement"],
        audience=ORIGIN,
        installation=speaker.key.thumbprint(),
        agreed={"pairing": claimed.id},
    ).fields["match"]
    again = await claimed.step("choose", {"round": 1, "choice": choice})
    assert again.json() == said
    other = await claimed.step("choose", {"round": 1, "choice": "23" if choice != "23" else "45"})
    assert code_of(other) == (409, "round_over")


async def test_progress_is_told_and_never_goes_back(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    await claimed.to_the_pin()
    for hint in ("awaiting_pin", "awaiting_card", "awaiting_card"):
        assert (await claimed.step("progress", {"hint": hint})).json()["hint"] == hint
    assert (await stage.now(claimed.call)).hint is Hint.AWAITING_CARD
    other = await claimed.step("progress", {"hint": "verified"})
    assert code_of(other) == (400, "invalid_request")


async def test_a_good_card_is_verified_and_stays_so(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    body = await _proof(claimed)
    answer = await claimed.step("proof", body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["hint"]) == ("complete", "verified")
    assert (await claimed.step("proof", body)).json() == answer.json()
    assert (await stage.now(claimed.call)).badge is Badge.GREEN
    seen = await speaker.get(f"/v1/pairings/{claimed.id}?wait=20")
    assert seen.json() == answer.json()


async def test_a_signature_for_another_call_changes_nothing_good(
    speaker: Speaker, stage: Stage
) -> None:
    first, second = await speaker.claimed(stage), await speaker.claimed(stage)
    body = await _proof(first)
    await second.to_the_pin()
    assert code_of(await second.step("proof", body)) == (422, "signature_invalid")
    assert (await stage.now(second.call)).badge is Badge.GREY
    assert (await first.step("proof", body)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"certificate": "MAA="},
        {"certificate": "x" * 10_924},
        {"signature": "a"},
        {"signature": "AB"},
        {"card_kind": "sim"},
        {"pin": "1234"},
    ],
)
async def test_malformed_proofs_leave_the_pairing_open(
    speaker: Speaker, stage: Stage, change: dict[str, str]
) -> None:
    claimed = await speaker.claimed(stage)
    body = await _proof(claimed)
    answer = await claimed.step("proof", body | change)
    assert code_of(answer) == (400, "invalid_request")
    assert (await claimed.step("proof", body)).status_code == 200


async def test_an_unknown_issuer_is_a_refusal(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    answer = await claimed.step("proof", await _proof(claimed, "unknown-ca"))
    assert code_of(answer) == (422, "certificate_unsupported")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (RevocationStatus.REVOKED, "certificate_revoked"),
        (RevocationStatus.UNKNOWN, "revocation_unavailable"),
    ],
)
async def test_revocation_is_never_taken_for_good(
    tmp_path: Path, status: RevocationStatus, code: str
) -> None:
    async with a_stage(tmp_path, revocation=status) as stage, stage.http() as http:
        speaker = Speaker(http)
        await speaker.register()
        claimed = await speaker.claimed(stage)
        answer = await claimed.step("proof", await _proof(claimed))
        assert code_of(answer) == (422, code)


async def test_cancelling_and_afterwards(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    for _ in range(2):
        said = (await claimed.step("cancel", {"reason": "user_cancelled"})).json()
        assert (said["status"], said["hint"]) == ("failed", "user_cancelled")
    assert code_of(await claimed.step("confirm", I_CALLED)) == (422, "user_cancelled")
    other = await claimed.step("cancel", {"reason": "by_operator"})
    assert code_of(other) == (400, "invalid_request")


async def test_a_call_that_ended_ends_the_check(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    body = await _proof(claimed)
    await stage.hang_up(claimed.call)
    assert code_of(await claimed.step("proof", body)) == (422, "call_ended")


async def test_history_and_repudiation(speaker: Speaker, stranger: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    await claimed.step("proof", await _proof(claimed))
    (entry,) = (await speaker.get("/v1/history")).json()["entries"]
    assert entry["pairing"] == claimed.id
    assert entry["own"] is True
    assert entry["hint"] == "verified"
    assert "repudiable_until" in entry
    assert (await stranger.get("/v1/history")).json() == {"entries": []}
    said = await claimed.step("repudiate", {})
    assert said.json()["hint"] == "repudiated"
    assert "repudiable_until" not in said.json()
    assert (await claimed.step("repudiate", {})).json() == said.json()
    assert (await stage.now(claimed.call)).badge is Badge.RED
