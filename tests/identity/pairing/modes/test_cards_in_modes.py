"""Each kind of card in each mode: one documented outcome, the same whichever way it was paired."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from identity.evidence_archive.model import Kind
from identity.jpki.signed_attributes import StatementType
from identity.pairing.levels import Badge, BindingLevel
from identity.pairing.model import Mode, PairingId, Tap
from identity.pairing.outcomes import COMPLETE, Hint
from identity.pairing.policy import PairingPolicy
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView
from identity.verification.model import RevocationStatus
from identity.verification.ports import RevocationSource
from tests.identity.jpki import synthetic
from tests.identity.pairing import desk_world
from tests.identity.pairing.modes.from_the_app import AppWorld
from tests.identity.pairing.modes.test_ways_in import CODE_ONLY
from tests.identity.pairing.world import CARD, OTHER_CARD, PERSON, STRANGER_CARD, TENANT
from tests.identity.verification.sources import Answering, Broken

REVOKED = RevocationStatus.REVOKED
YEAR = synthetic.YEAR
BINDING = {
    Mode.APP_DIAL: BindingLevel.BIND_DEVICE,
    Mode.SMS_LINK: BindingLevel.BIND_CHOICE,
    Mode.SPOKEN_CODE: BindingLevel.BIND_CHOICE,
    Mode.KEYED_CODE: BindingLevel.BIND_CODE,
    Mode.DESK: BindingLevel.BIND_NONE,
}
SIGNED = {Mode.APP_DIAL: StatementType.DIAL, Mode.DESK: StatementType.BUSINESS}
NEVER_GREEN = (Mode.KEYED_CODE, Mode.DESK)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is tapped, what the source says of it, and what the documents say comes of it."""

    hint: Hint
    detail: str = ""
    source: Callable[[], RevocationSource] = Answering
    serial: int = CARD
    certificate: Callable[[int], bytes] = lambda serial: synthetic.leaf("auth", serial=serial)
    replays: bool = False


CARDS = {
    "valid": Card(hint=Hint.VERIFIED),
    "several-contracts": Card(hint=Hint.VERIFIED_MULTIPLE_CONTRACTS, serial=OTHER_CARD),
    "no-contract": Card(hint=Hint.VERIFIED_NO_CONTRACT, serial=STRANGER_CARD),
    "revoked": Card(
        hint=Hint.CERTIFICATE_REVOKED,
        detail="keyCompromise",
        source=lambda: Answering(REVOKED, reason="keyCompromise"),
    ),
    "suspended": Card(
        hint=Hint.CERTIFICATE_REVOKED,
        detail="certificateHold",
        source=lambda: Answering(REVOKED, reason="certificateHold"),
    ),
    "moved-holder": Card(
        hint=Hint.CERTIFICATE_REVOKED,
        detail="affiliationChanged",
        source=lambda: Answering(REVOKED, reason="affiliationChanged"),
    ),
    "revocation-down": Card(
        hint=Hint.REVOCATION_UNAVAILABLE,
        detail="timeout",
        source=lambda: Answering(RevocationStatus.UNKNOWN, why="timeout"),
    ),
    "revocation-broken": Card(
        hint=Hint.REVOCATION_UNAVAILABLE, detail="source_failed", source=Broken
    ),
    "expired": Card(
        hint=Hint.CERTIFICATE_EXPIRED,
        certificate=lambda serial: synthetic.leaf(
            "auth", serial=serial, valid=(synthetic.NOW - 6 * YEAR, synthetic.NOW - YEAR)
        ),
    ),
    "replay": Card(hint=Hint.SIGNATURE_INVALID, replays=True),
}


async def _world(card: Card) -> AppWorld:
    world = AppWorld(revocation=card.source(), policy=PairingPolicy(keyed_code=True))
    await world.hold(CARD, PERSON, "K-1")
    await world.hold(OTHER_CARD, "person-taro", "K-7", "K-8")
    return world


async def _statement(world: AppWorld, mode: Mode, call: str, app: str) -> AppView:
    """As far as the statement, by each way."""
    if mode is Mode.APP_DIAL:
        view = await world.begun(app)
    elif mode is Mode.KEYED_CODE:
        begun = await world.begun(app, mode=mode)
        assert isinstance(begun, AppView)
        await world.arrived(begun.code, call, mode=mode, require=CODE_ONLY)
        view = await world.claiming.confirm(world.app(app), begun.pairing, Answer.I_CALLED)
    elif mode is Mode.DESK:
        desk = await desk_world.begun(world, desk_world.wanted(key=call))
        view = (await desk_world.claimed(world, desk.code, app)).view
    else:
        view = await world.signable(call, app, mode=mode)
    assert isinstance(view, AppView), view
    return view


async def _ended(world: AppWorld, mode: Mode, card: Card) -> PairingId:
    """The tap and, for a dial ticket, the call that it brings."""
    signed = view = await _statement(world, mode, "call-1", "app-1")
    if card.replays:
        signed = await _statement(world, mode, "call-0", "app-0")
    assert signed.statement is not None
    certificate = card.certificate(card.serial)
    kind = SIGNED.get(mode, StatementType.CALL)
    signature = synthetic.tap(signed.statement, certificate, kind)
    tap = Tap(certificate=certificate, signature=signature)
    done = await world.proving.prove(world.app(), view.pairing, tap)
    if isinstance(done, Refusal):
        assert done.code == card.hint.value
    elif mode is Mode.APP_DIAL:
        world.clock.pass_by(seconds=5)
        await world.arrived(done.ticket)
        await world.told(view.pairing)
    return view.pairing


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", CARDS)
async def test_each_card_in_each_mode(name: str, mode: Mode) -> None:
    card = CARDS[name]
    world = await _world(card)
    row = world.row(await _ended(world, mode, card))
    assert row.hint is card.hint
    assert row.verdict is not None
    verdict, good = row.verdict, card.hint in COMPLETE
    assert verdict.revocation.detail == card.detail
    assert verdict.binding is (BINDING[mode] if good else BindingLevel.BIND_NONE)
    evidence = await world.evidence.of_pairing(TENANT.id, row.id)
    header = evidence[-1].record.header
    assert evidence[-1].record.kind is (Kind.VERDICT if good else Kind.REFUSAL)
    assert evidence[-1].record.id == verdict.evidence_id
    assert (header["mode"], header["hint"], header["binding"]) == (
        mode.value,
        card.hint.value,
        verdict.binding.code,
    )
    green = card.hint in (Hint.VERIFIED, Hint.VERIFIED_MULTIPLE_CONTRACTS)
    if green and mode not in NEVER_GREEN:
        assert verdict.badge is Badge.GREEN
    else:
        assert verdict.badge is (Badge.AMBER if good else Badge.GREY)
