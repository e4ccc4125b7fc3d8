"""Every outcome of a proof, from the first ring to the verdict, with real certificates."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from identity.evidence_archive.model import Kind
from identity.jpki.refusals import Code as JpkiCode
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import CallRef, Requirement, Tap
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView
from identity.verification.model import RevocationStatus
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.synthetic import NOW, YEAR, leaf
from tests.identity.pairing.world import (
    CARD,
    LINE,
    OTHER_CARD,
    PERSON,
    STRANGER_CARD,
    TENANT,
    World,
    expecting,
    tap_of,
)
from tests.identity.verification.sources import Answering, Broken


async def _world(**changes: object) -> World:
    world = World(**changes)  # type: ignore[arg-type]  # fields by name
    await world.hold(CARD, PERSON, "K-1")
    await world.hold(OTHER_CARD, "person-taro", "K-7", "K-8")
    return world


async def test_a_good_card_on_a_known_line_is_green() -> None:
    world = await _world()
    row = await world.verified()
    verdict = row.verdict
    assert verdict is not None
    assert (row.status, row.hint) == (Status.COMPLETE, Hint.VERIFIED)
    assert (verdict.identity, verdict.binding) == (
        IdentityLevel.ID_CARD_AUTH,
        BindingLevel.BIND_CHOICE,
    )
    assert verdict.badge is Badge.GREEN
    assert (verdict.person, verdict.contracts) == (PERSON, ("K-1",))
    assert (verdict.revocation.status, verdict.policy) == ("good", world.policy.name)
    (evidence,) = await world.evidence.of_pairing(TENANT.id, row.id)
    assert (evidence.record.kind, evidence.record.id) == (Kind.VERDICT, verdict.evidence_id)


async def test_the_phone_side_and_the_operator_see_it() -> None:
    world = await _world()
    row = await world.verified()
    view = await world.watching.latest(TENANT.id, row.call_ref)
    assert view is not None
    assert (view.status, view.hint, view.badge) == (Status.COMPLETE, Hint.VERIFIED, Badge.GREEN)
    assert (view.code, view.item, view.contracts) == ("", "", ("K-1",))


async def test_a_result_counts_for_half_an_hour() -> None:
    world = await _world()
    row = await world.verified()
    badges = []
    for seconds in (1799, 1):
        world.clock.pass_by(seconds=seconds)
        view = await world.watching.latest(TENANT.id, row.call_ref)
        assert view is not None
        badges.append((view.badge, view.outdated))
    assert badges == [(Badge.GREEN, False), (Badge.GREY, True)]


@pytest.mark.parametrize(
    ("serial", "hint", "badge", "contracts"),
    [
        (CARD, Hint.VERIFIED, Badge.GREEN, ("K-1",)),
        (OTHER_CARD, Hint.VERIFIED_MULTIPLE_CONTRACTS, Badge.GREEN, ("K-7", "K-8")),
        (STRANGER_CARD, Hint.VERIFIED_NO_CONTRACT, Badge.AMBER, ()),
    ],
)
async def test_one_several_and_no_contract(
    serial: int, hint: Hint, badge: Badge, contracts: tuple[str, ...]
) -> None:
    world = await _world()
    row = await world.verified(serial=serial)
    assert row.verdict is not None
    assert (row.hint, row.verdict.badge, row.verdict.contracts) == (hint, badge, contracts)


async def test_the_same_card_on_an_unknown_line_is_amber_until_a_later_day() -> None:
    world = await _world()
    first = await world.verified("x", line="+819099999999")
    verdict = first.verdict
    assert verdict is not None
    assert (verdict.badge, verdict.knowledge.line_known) == (Badge.AMBER, False)
    world.clock.pass_by(days=1)
    again = await world.verified("y")
    assert again.verdict is not None
    assert again.verdict.knowledge.device_known
    # By choice a known device does not replace the known line; the line does.
    assert again.verdict.badge is Badge.GREEN


async def test_another_installation_or_a_repudiated_proof_makes_no_device_known() -> None:
    world = await _world()
    first = await world.verified("a", "app-1")
    world.clock.pass_by(days=2)
    other = await world.verified("b", "app-2")
    assert other.verdict is not None
    assert not other.verdict.knowledge.device_known
    await world.repudiating.repudiate(world.app("app-2"), other.id)
    world.clock.pass_by(days=2)
    again = await world.verified("c", "app-2")
    assert again.verdict is not None
    assert not again.verdict.knowledge.device_known
    world.clock.pass_by(hours=1)
    own = await world.verified("d", "app-1")
    assert first.repudiated_at is None
    assert own.verdict is not None
    assert own.verdict.knowledge.device_known


async def test_a_device_is_known_only_from_an_earlier_day() -> None:
    world = await _world()
    await world.verified("a")
    world.clock.pass_by(minutes=31)
    same_day = await world.verified("b")
    assert same_day.verdict is not None
    assert not same_day.verdict.knowledge.device_known


def _expired() -> bytes:
    return leaf("auth", valid=(NOW - YEAR, NOW - timedelta(seconds=1)))


def _of_unknown_issuer() -> bytes:
    return next(make for code, make in BAD.values() if code is JpkiCode.ISSUER_SIGNATURE)()


@pytest.mark.parametrize(
    ("make", "hint", "refusal"),
    [
        (_expired, Hint.CERTIFICATE_EXPIRED, "leaf_expired"),
        (_of_unknown_issuer, Hint.CERTIFICATE_UNSUPPORTED, "issuer_signature"),
    ],
)
async def test_certificates_that_are_not_good(
    make: Callable[[], bytes], hint: Hint, refusal: str
) -> None:
    world = await _world()
    view = await world.signable()
    assert view.statement is not None
    answer = await world.proven(view, tap=tap_of(view.statement, make()))
    assert isinstance(answer, Refusal)
    row = world.row(view.pairing)
    assert (answer.code, row.hint) == (hint.value, hint)
    assert row.verdict is not None
    assert (row.verdict.badge, row.verdict.refusal) == (Badge.GREY, refusal)


@pytest.mark.parametrize(
    ("source", "hint", "status"),
    [
        (Answering(RevocationStatus.REVOKED), Hint.CERTIFICATE_REVOKED, "revoked"),
        (Answering(RevocationStatus.UNKNOWN), Hint.REVOCATION_UNAVAILABLE, "unknown"),
        (Answering(RevocationStatus.NOT_CHECKED), Hint.REVOCATION_UNAVAILABLE, "not_checked"),
        (Broken(), Hint.REVOCATION_UNAVAILABLE, "unknown"),
    ],
)
async def test_only_good_is_good(source: Answering | Broken, hint: Hint, status: str) -> None:
    world = await _world(revocation=source)
    view = await world.signable()
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == hint.value
    verdict = world.row(view.pairing).verdict
    assert verdict is not None
    assert (verdict.revocation.status, verdict.badge) == (status, Badge.GREY)


async def test_a_bad_signature_fails_at_once_and_a_good_one_comes_too_late() -> None:
    world = await _world()
    view = await world.signable()
    assert view.statement is not None
    good = tap_of(view.statement)
    bad = Tap(certificate=good.certificate, signature=bytes(256))
    for tap in (bad, good):
        answer = await world.proven(view, tap=tap)
        assert isinstance(answer, Refusal)
        assert answer.code == Hint.SIGNATURE_INVALID.value
    verdict = world.row(view.pairing).verdict
    assert verdict is not None
    assert (verdict.identity, verdict.binding) == (IdentityLevel.ID_NONE, BindingLevel.BIND_NONE)
    kinds = [row.record.kind for row in world.evidence.rows]
    assert kinds == [Kind.REFUSAL, Kind.LATE_PROOF]


async def test_a_signature_over_another_calls_statement_is_no_proof() -> None:
    world = await _world()
    elsewhere = await world.signable("call-2", "app-2")
    view = await world.signable("call-1", "app-1")
    assert elsewhere.statement is not None
    answer = await world.proven(view, tap=tap_of(elsewhere.statement))
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.SIGNATURE_INVALID.value


async def test_a_good_card_below_what_the_flow_requires_is_amber() -> None:
    world = await _world()
    require = Requirement(identity=IdentityLevel.ID_CARD_SIGN, binding=BindingLevel.BIND_CHOICE)
    view = await world.signable(require=require)
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.LEVEL_NOT_REACHED.value
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert (seen.identity, seen.badge) == (IdentityLevel.ID_CARD_AUTH, Badge.AMBER)
    assert seen.contracts == ()


async def test_a_binding_that_the_mode_cannot_reach_is_not_reached() -> None:
    world = await _world()
    require = Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_DEVICE)
    view = await world.signable(require=require)
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.LEVEL_NOT_REACHED.value


async def test_the_signature_certificate_reaches_more() -> None:
    world = await _world()
    view = await world.signable()
    assert isinstance(await world.proven(view, purpose="sign"), AppView)
    verdict = world.row(view.pairing).verdict
    assert verdict is not None
    assert verdict.identity is IdentityLevel.ID_CARD_SIGN
    (row,) = await world.evidence.of_pairing(TENANT.id, view.pairing)
    assert row.record.header["retention"] == "signature"


@pytest.mark.parametrize(("expect", "mismatch"), [("K-1", False), ("K-7", True), ("K-404", True)])
async def test_another_person_than_expected(expect: str, mismatch: bool) -> None:
    world = await _world()
    view = await world.signable(expect=expecting(expect))
    answer = await world.proven(view)
    row = world.row(view.pairing)
    assert isinstance(answer, Refusal) is mismatch
    assert row.verdict is not None
    if mismatch:
        assert (row.hint, row.verdict.badge) == (Hint.PERSON_MISMATCH, Badge.GREY)
        # Never whose card it was.
        assert (row.verdict.person, row.verdict.contracts) == (None, ())


async def test_linkage_that_cannot_tell_is_never_a_new_person() -> None:
    world = await _world()
    view = await world.signable()
    world.linkage.away = True
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.LINKAGE_UNAVAILABLE.value


async def test_garbage_is_one_refusal_and_leaves_no_huge_evidence() -> None:
    world = await _world()
    view = await world.signable()
    answer = await world.proven(view, tap=Tap(certificate=bytes(100_000), signature=b""))
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.SIGNATURE_INVALID.value
    (row,) = world.evidence.rows
    assert "card" not in [part.name for part in row.record.parts]


async def test_the_line_never_raises_a_level() -> None:
    world = await _world()
    view = await world.opened()
    assert (view.identity, view.badge) == (IdentityLevel.ID_NONE, Badge.CHECKING)
    assert world.row(view.pairing).call.line == LINE
