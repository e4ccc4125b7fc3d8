"""Two people decide: who they may be, and what must be as it was when the card was tapped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity.contract_holders.approving import Approving, Decided
from identity.contract_holders.hashes import card_hash, provisional_person
from identity.contract_holders.model import Holder
from identity.contract_holders.service import ContractHolders
from identity.contract_holders.waiting import Wait, mark_of
from identity.evidence_archive.recording import RESULT, Recorder
from identity.evidence_archive.sealing import open_part
from identity.jpki.anchors import Purpose
from identity.verification.model import LinkageKey, RevocationStatus
from identity.verification.ports import RevocationSource, RevocationSubject
from tests.identity.contract_holders.memory_enrolments import MemoryEnrolments, MemoryStaff
from tests.identity.contract_holders.memory_holders import MemoryHolders, MemoryLinkage
from tests.identity.jpki.synthetic import NOW
from tests.identity.pairing.world import TENANT
from tests.identity.verification.sources import Answering, Broken

KEY = LinkageKey(issuer_key_sha256=b"i" * 32, serial=7)
HASH = card_hash(TENANT, KEY)
SUBJECT = RevocationSubject(
    purpose=Purpose.SIGN, certificate=KEY, distribution_points=frozenset({b"point"})
)
CONTRACT = Holder(tenant=TENANT.id, contract_ref="K-1", display_name="花子", phones=())
OTHERS = replace(CONTRACT, contract_ref="K-2", person="p-2")
WAIT = Wait(
    id="pairing-1",
    contract="K-1",
    card_hash=HASH,
    person="p-1",
    other_card=False,
    compared={"name": "same", "birth_date": "not_known", "address": "not_known"},
    contract_mark=mark_of(CONTRACT),
    certificate=SUBJECT,
    begun_by="sato",
    at=NOW - timedelta(days=6),
    until=NOW + timedelta(days=1),
)


class Office:
    def __init__(self, source: RevocationSource | None = None) -> None:
        self.source = source or Answering()
        self.linkage = MemoryLinkage()
        self.holders = MemoryHolders(TENANT)
        self.holders.rows = {(TENANT.id, one.contract_ref): one for one in (CONTRACT, OTHERS)}
        self.enrolments = MemoryEnrolments(self.holders, self.linkage)
        self.enrolments.waits[WAIT.id] = WAIT
        self.staff = MemoryStaff("sato", "suzuki")
        self.approving = Approving(
            self.holders,
            ContractHolders(self.holders, self.linkage, bytes),
            self.enrolments,
            self.source,
            self.staff,
            Recorder(bytes),
        )

    async def approve(self, second: str = "suzuki", enrolment: str = WAIT.id) -> Decided:
        return await self.approving.approve(TENANT, enrolment, second, at=NOW)

    @property
    def person(self) -> str:
        return self.holders.rows[TENANT.id, "K-1"].person

    def outcomes(self) -> list[str]:
        return [record.header["outcome"] for record in self.enrolments.records]


async def test_the_second_persons_word_ties_and_the_evidence_has_both() -> None:
    office = Office()
    assert await office.approving.waiting(TENANT) == [WAIT]
    assert await office.approve() is Decided.ENROLLED
    assert office.person == "p-1"
    assert office.linkage.rows == {(TENANT.id, HASH): "p-1"}
    assert await office.approving.waiting(TENANT) == []
    (record,) = office.enrolments.records
    assert record.header["approved_by"] == "sato, suzuki"
    assert record.header["pairing"] == WAIT.id
    assert record.header["actor"] == "suzuki"
    (result,) = record.parts
    said = open_part(TENANT, record.id, result)
    assert result.name == RESULT
    assert b'"person":"p-1"' in said
    assert b'"contract":"K-1"' in said
    assert record.header["revocation"] == "good"
    assert b'"revocation_checked_at":"2026' in said
    assert isinstance(office.source, Answering)
    assert office.source.asked == [SUBJECT]
    assert await office.approve() is Decided.NOT_WAITING


@pytest.mark.parametrize(
    ("second", "staff", "decided"),
    [
        ("sato", ("sato", "suzuki"), Decided.SAME_PERSON),
        ("suzuki", ("sato",), Decided.NOT_ALLOWED),
        ("suzuki", ("suzuki",), Decided.NOT_ALLOWED),  # who began it has left
        ("", ("sato", "suzuki"), Decided.NOT_ALLOWED),
    ],
)
async def test_whose_word_does_not_count(
    second: str, staff: tuple[str, ...], decided: Decided
) -> None:
    office = Office()
    office.staff.logins = set(staff)
    assert await office.approve(second) is decided
    assert (office.person, office.outcomes()) == ("", [])
    assert office.enrolments.waits == {WAIT.id: WAIT}


@pytest.mark.parametrize(
    ("source", "decided"),
    [
        (Answering(RevocationStatus.UNKNOWN, why="stale"), Decided.REVOCATION_UNAVAILABLE),
        (Answering(RevocationStatus.NOT_CHECKED), Decided.REVOCATION_UNAVAILABLE),
        (Broken(), Decided.REVOCATION_UNAVAILABLE),
    ],
)
async def test_who_cannot_tell_decides_nothing(source: RevocationSource, decided: Decided) -> None:
    office = Office(source)
    assert await office.approve() is decided
    assert (office.person, office.outcomes()) == ("", [])
    assert office.enrolments.waits == {WAIT.id: WAIT}


async def test_linkage_that_cannot_be_had_decides_nothing() -> None:
    office = Office()
    office.linkage.away = True
    assert await office.approve() is Decided.LINKAGE_UNAVAILABLE
    assert office.enrolments.waits == {WAIT.id: WAIT}


async def test_a_card_that_was_revoked_meanwhile() -> None:
    office = Office(Answering(RevocationStatus.REVOKED, reason="keyCompromise"))
    assert await office.approve() is Decided.CARD_REVOKED
    assert (office.person, office.outcomes()) == ("", ["card_revoked"])
    (record,) = office.enrolments.records
    assert (record.header["revocation"], record.header["actor"]) == ("revoked", "suzuki")
    assert "approved_by" not in record.header
    assert office.enrolments.waits == {}


@pytest.mark.parametrize("held", ["p-1", provisional_person(TENANT, HASH)])
async def test_t11_a_card_that_was_repudiated_meanwhile(held: str) -> None:
    office = Office()
    office.enrolments.held = {held}
    assert await office.approve() is Decided.CARD_HELD
    assert (office.person, office.outcomes()) == ("", ["card_held"])


@pytest.mark.parametrize("what", ["contract", "tied", "card"])
async def test_a_world_that_changed_meanwhile(what: str) -> None:
    office = Office()
    if what == "card":
        office.linkage.rows[TENANT.id, HASH] = "p-9"
    else:
        changes = {"contract": {"display_name": "華子"}, "tied": {"person": "p-9"}}[what]
        office.holders.rows[TENANT.id, "K-1"] = replace(CONTRACT, **changes)  # type: ignore[arg-type]  # texts
    before = office.person
    assert await office.approve() is Decided.SUPERSEDED
    assert (office.person, office.outcomes()) == (before, ["superseded"])
    assert office.enrolments.waits == {}


@pytest.mark.parametrize("by", ["sato", "suzuki"])
async def test_either_may_decline(by: str) -> None:
    office = Office()
    for login, decided in (
        ("stranger", Decided.NOT_ALLOWED),
        (by, Decided.DECLINED),
        (by, Decided.NOT_WAITING),
    ):
        assert await office.approving.decline(TENANT, WAIT.id, login, at=NOW) is decided
    assert (office.person, office.outcomes()) == ("", ["declined"])
    assert office.enrolments.records[0].header["actor"] == by


@pytest.mark.parametrize(
    ("contract", "person", "by", "second", "decided"),
    [
        ("K-1", "p-2", "sato", "suzuki", Decided.ENROLLED),
        ("K-1", "p-2", "sato", "sato", Decided.SAME_PERSON),
        ("K-1", "p-2", "sato", "stranger", Decided.NOT_ALLOWED),
        ("K-1", "p-2", "stranger", "sato", Decided.NOT_ALLOWED),
        ("K-2", "p-2", "sato", "suzuki", Decided.ALREADY_ENROLLED),
        ("K-none", "p-2", "sato", "suzuki", Decided.NOBODY),
        ("K-1", "p-none", "sato", "suzuki", Decided.NOBODY),
        ("K-1", "", "sato", "suzuki", Decided.NOBODY),
    ],
)
async def test_a_further_contract_without_a_card(
    contract: str, person: str, by: str, second: str, decided: Decided
) -> None:
    office = Office()
    answer = await office.approving.give(TENANT, contract, person, by=by, second=second, at=NOW)
    assert answer is decided
    assert office.person == ("p-2" if decided is Decided.ENROLLED else "")
    assert office.outcomes() == (["given"] if decided is Decided.ENROLLED else [])


async def test_a_contract_of_somebody_else_is_not_given() -> None:
    office = Office()
    office.holders.rows[TENANT.id, "K-1"] = replace(CONTRACT, person="p-9")
    answer = await office.approving.give(TENANT, "K-1", "p-2", by="sato", second="suzuki", at=NOW)
    assert answer is Decided.OTHERS_CONTRACT
    assert office.person == "p-9"


@pytest.mark.parametrize(
    ("contract", "person", "by", "second", "decided"),
    [
        ("K-2", "p-2", "sato", "suzuki", Decided.UNTIED),
        ("K-2", "p-2", "sato", "sato", Decided.SAME_PERSON),
        ("K-2", "p-2", "sato", "stranger", Decided.NOT_ALLOWED),
        ("K-2", "p-2", "stranger", "sato", Decided.NOT_ALLOWED),
        ("K-2", "p-9", "sato", "suzuki", Decided.OTHERS_CONTRACT),
        ("K-1", "", "sato", "suzuki", Decided.OTHERS_CONTRACT),
        ("K-none", "p-2", "sato", "suzuki", Decided.OTHERS_CONTRACT),
    ],
)
async def test_a_tie_is_undone_by_two(
    contract: str, person: str, by: str, second: str, decided: Decided
) -> None:
    office = Office()
    two = {"by": by, "second": second}
    assert await office.approving.untie(TENANT, contract, person, **two, at=NOW) is decided
    done = decided is Decided.UNTIED
    held = await office.holders.of_person(TENANT.id, "p-2")
    assert [holder.contract_ref for holder in held] == ([] if done else ["K-2"])
    assert office.outcomes() == (["untied"] if done else [])


async def test_a_contract_that_an_import_made_somebody_elses_is_confirmed_by_two() -> None:
    office = Office()
    theirs = replace(CONTRACT, person="p-2")
    office.holders.rows[TENANT.id, "K-1"] = theirs
    married = replace(CONTRACT, person="", display_name="月野 花子")
    assert await office.holders.replace_all(TENANT.id, [married]) == ["K-1"]
    for decided in (Decided.ENROLLED, Decided.ALREADY_ENROLLED):
        two = {"by": "sato", "second": "suzuki"}
        assert await office.approving.give(TENANT, "K-1", "p-2", **two, at=NOW) is decided
    kept = await office.holders.by_contract(TENANT.id, "K-1")
    assert kept == replace(married, person="p-2")
    assert office.outcomes() == ["confirmed"]
