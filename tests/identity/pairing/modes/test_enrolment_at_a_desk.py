"""An enrolment by its code: each outcome of the weighing is one end of the pairing."""

import json
from dataclasses import dataclass, replace

import pytest

from identity.contract_holders.enrolling import Outcome
from identity.contract_holders.model import Holder, Tie
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import Kind
from identity.pairing import statement
from identity.pairing.levels import Badge, IdentityLevel
from identity.pairing.model import DeskKind, PersonId
from identity.pairing.outcomes import Hint, Status
from identity.pairing.proofs.findings import ENROLMENT_ENDS
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView, DeskView
from identity.verification.model import RevocationStatus
from stand_ins.jpki.names import Purpose
from tests.identity.pairing.desk_world import OPERATOR, begun, claimed, seen, tapped, wanted
from tests.identity.pairing.world import CARD, LINE, TENANT, World
from tests.identity.verification.sources import Answering

ENROLMENT = DeskKind.ENROLMENT
HANAKO = Holder(
    tenant=TENANT.id,
    contract_ref="K-hanako",
    display_name="風道花子",
    phones=(LINE,),
    birth_date="1956-04-12",
    address="風道市港町1-2-3",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    hint: Hint
    contracts: tuple[Holder, ...] = (HANAKO,)
    named: str = "K-hanako"
    card_of: str = ""
    linkage_away: bool = False


CASES = {
    Outcome.ENROLLED: Case(hint=Hint.VERIFIED),
    Outcome.ALREADY_ENROLLED: Case(
        hint=Hint.VERIFIED, contracts=(replace(HANAKO, person="p-1"),), card_of="p-1"
    ),
    Outcome.NEEDS_APPROVAL: Case(
        hint=Hint.VERIFIED_NO_CONTRACT, contracts=(replace(HANAKO, address="茜県1"),)
    ),
    Outcome.WRONG_HOLDER: Case(
        hint=Hint.PERSON_MISMATCH, contracts=(replace(HANAKO, birth_date="1970-01-01"),)
    ),
    Outcome.SOMEONE_ELSES_CARD: Case(
        hint=Hint.PERSON_MISMATCH, contracts=(replace(HANAKO, person="p-2"),), card_of="p-1"
    ),
    Outcome.TWO_CANDIDATES: Case(
        hint=Hint.VERIFIED_NO_CONTRACT,
        contracts=(HANAKO, replace(HANAKO, contract_ref="K-2")),
        named="",
    ),
    Outcome.NOBODY: Case(
        hint=Hint.VERIFIED_NO_CONTRACT,
        contracts=tuple(
            replace(HANAKO, contract_ref=ref, birth_date="1970-01-01") for ref in ("K-1", "K-2")
        ),
        named="",
    ),
    Outcome.NOTHING_TO_COMPARE: Case(
        hint=Hint.VERIFIED_NO_CONTRACT,
        contracts=(replace(HANAKO, display_name="", birth_date=""),),
    ),
    Outcome.LINKAGE_UNAVAILABLE: Case(hint=Hint.LINKAGE_UNAVAILABLE, linkage_away=True),
}


async def _world(case: Case, revocation: RevocationStatus = RevocationStatus.GOOD) -> World:
    world = World(revocation=Answering(revocation, reason="keyCompromise"))
    world.holders.rows = {(TENANT.id, one.contract_ref): one for one in case.contracts}
    if case.card_of:
        await world.hold(CARD, case.card_of)
    return world


async def _tapped(world: World, case: Case, purpose: Purpose = "sign") -> DeskView:
    named = {"contract": case.named} if case.named else {"phone": LINE}
    view = await begun(world, wanted(ENROLMENT, **named))
    claim = await claimed(world, view.code)
    world.linkage.away = case.linkage_away
    await tapped(world, claim.view, ENROLMENT, purpose=purpose)
    return await seen(world, view)


@pytest.mark.parametrize("outcome", CASES)
async def test_each_outcome(outcome: Outcome) -> None:
    case = CASES[outcome]
    world = await _world(case)
    before = (dict(world.holders.rows), dict(world.linkage.rows))
    now = await _tapped(world, case)
    assert now.hint is case.hint
    (row,) = await world.evidence.of_pairing(TENANT.id, now.pairing)
    header = row.record.header
    assert (row.record.kind, header["actor"]) == (Kind.ENROLMENT, OPERATOR)
    assert (header["statement_type"], header["mode"]) == ("enrolment", "desk")
    assert now.verdict is not None
    assert now.verdict.evidence_id == row.record.id
    assert header["outcome"] == outcome.value
    assert now.enrolment is not None
    assert now.enrolment.outcome == outcome.value
    assert now.enrolment.waits is (outcome is Outcome.NEEDS_APPROVAL)
    assert bool(now.enrolment.compared) is bool(now.enrolment.contract)
    assert now.badge is (Badge.AMBER if now.status is Status.COMPLETE else Badge.GREY)
    if outcome is not Outcome.ENROLLED:
        assert (world.holders.rows, world.linkage.rows) == before


def test_every_outcome_has_its_end() -> None:
    assert set(ENROLMENT_ENDS) == set(Outcome)
    assert set(CASES) == set(Outcome) - {Outcome.NO_ATTRIBUTES}


async def test_card_contract_and_person_are_one() -> None:
    case = CASES[Outcome.ENROLLED]
    world = await _world(case)
    now = await _tapped(world, case)
    person = world.holders.rows[TENANT.id, "K-hanako"].person
    assert person.startswith("p-")
    assert list(world.linkage.rows.values()) == [person]
    assert now.verdict is not None
    assert (now.verdict.person, now.verdict.contracts) == (person, ("K-hanako",))
    assert (now.identity, now.contract) == (IdentityLevel.ID_CARD_SIGN, "K-hanako")
    # From now on the card is known, as at any other desk and in any call.
    business = await begun(world, wanted(key="2", require=IdentityLevel.ID_CARD_SIGN))
    claim = await claimed(world, business.code)
    assert isinstance(await tapped(world, claim.view, purpose="sign"), AppView)
    assert (await seen(world, business)).hint is Hint.VERIFIED


async def test_what_waits_is_written_with_the_end() -> None:
    case = CASES[Outcome.NEEDS_APPROVAL]
    world = await _world(case)
    now = await _tapped(world, case)
    (wait,) = world.waits
    assert (wait.id, wait.contract, wait.begun_by) == (now.pairing, "K-hanako", OPERATOR)
    assert now.verdict is not None
    assert now.verdict.contracts == ()


async def test_of_another_person_nobody_learns_who_it_was() -> None:
    for outcome in (Outcome.WRONG_HOLDER, Outcome.SOMEONE_ELSES_CARD):
        world = await _world(CASES[outcome])
        now = await _tapped(world, CASES[outcome])
        assert now.verdict is not None
        assert (now.verdict.person, now.verdict.contracts) == (None, ())
        assert now.verdict.refusal == outcome.value


async def test_somebody_was_quicker() -> None:
    case = CASES[Outcome.ENROLLED]
    world = await _world(case)
    tied = world.pairings.enrol

    def late(what: Tie | Wait) -> bool:
        world.holders.rows[TENANT.id, "K-hanako"] = replace(HANAKO, person="p-other")
        return tied(what)

    world.pairings.enrol = late
    now = await _tapped(world, case)
    assert (now.status, now.hint) == (Status.FAILED, Hint.PERSON_MISMATCH)
    assert now.verdict is not None
    assert (now.verdict.refusal, now.verdict.person) == ("someone_elses_card", None)
    assert now.enrolment is not None
    assert (now.enrolment.outcome, now.enrolment.waits) == ("someone_elses_card", False)
    assert world.linkage.rows == {}


async def test_the_authentication_certificate_says_nobodys_name() -> None:
    case = CASES[Outcome.ENROLLED]
    world = await _world(case)
    now = await _tapped(world, case, "auth")
    assert (now.hint, now.badge) == (Hint.LEVEL_NOT_REACHED, Badge.AMBER)
    assert now.enrolment is None
    assert world.holders.rows[TENANT.id, "K-hanako"].person == ""


async def test_a_revoked_card_is_refused_before_anything_is_compared() -> None:
    case = CASES[Outcome.ENROLLED]
    world = await _world(case, RevocationStatus.REVOKED)
    now = await _tapped(world, case)
    assert (now.hint, now.enrolment) == (Hint.CERTIFICATE_REVOKED, None)
    (row,) = await world.evidence.of_pairing(TENANT.id, now.pairing)
    assert (row.record.kind, row.record.header["outcome"]) == (Kind.ENROLMENT, "refused")


async def test_a_held_card_is_not_enrolled() -> None:
    """Threat T11: who took a card does not get a further contract with it."""
    case = Case(hint=Hint.VERIFIED, card_of="p-1")
    world = await _world(case)
    until = world.clock.at + world.policy.card_held_after_repudiation
    await world.card_holds.hold(TENANT.id, PersonId("p-1"), until=until)
    now = await _tapped(world, case)
    assert (now.hint, now.badge) == (Hint.RISK_BLOCKED, Badge.RED)
    assert world.holders.rows[TENANT.id, "K-hanako"].person == ""


async def test_the_statement_names_the_enrolment() -> None:
    world = await _world(CASES[Outcome.ENROLLED])
    view = await begun(world, wanted(ENROLMENT, contract="K-hanako"))
    claim = await claimed(world, view.code)
    assert claim.view.statement is not None
    said = statement.parse(claim.view.statement)
    assert (said.type, said.require, said.purpose) == (
        "enrolment",
        "id_card_sign",
        "ご契約者の登録",
    )
    assert said.shown == (
        "カザス保険(03-1234-5678)の窓口で、あなたをご契約者として登録します。"
        "契約や送金への同意ではありません。"
    )
    assert said.pairing == view.pairing
    assert "K-hanako" not in json.dumps(json.loads(claim.view.statement), ensure_ascii=False)


@pytest.mark.parametrize("signed_as", [DeskKind.BUSINESS, None])
async def test_a_tap_for_something_else_ties_nobody(signed_as: DeskKind | None) -> None:
    """The type of the statement is inside what the card signs (threat T9)."""
    world = await _world(CASES[Outcome.ENROLLED])
    view = await begun(world, wanted(ENROLMENT, contract="K-hanako"))
    claim = await claimed(world, view.code)
    if signed_as is None:
        refused = await world.proven(claim.view, purpose="sign")
    else:
        refused = await tapped(world, claim.view, signed_as, purpose="sign")
    assert refused == Refusal(code="signature_invalid")
    assert world.holders.rows[TENANT.id, "K-hanako"].person == ""
