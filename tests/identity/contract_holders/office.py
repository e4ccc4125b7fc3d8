"""Contracts of a business, and cards that were tapped there: real ones, verified."""

from collections.abc import Sequence
from dataclasses import replace

from identity.contract_holders.enrolling import Begun, Enrolling, Weighed
from identity.contract_holders.hashes import card_hash
from identity.contract_holders.model import Holder, Target
from identity.contract_holders.service import ContractHolders
from identity.jpki.checklist import CardProof
from identity.jpki.signed_attributes import StatementType
from identity.verification.model import LinkageKey, ProvenCard
from identity.verification.service import CardVerifier
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import PEOPLE, Person
from tests.identity.contract_holders.memory_holders import MemoryHolders, MemoryLinkage
from tests.identity.jpki.synthetic import NOW, leaf, tap, trust
from tests.identity.pairing.world import LINE, TENANT
from tests.identity.verification.sources import Answering, NeverApart

BEGUN = Begun(pairing="pairing-1", by="sato")
HANAKO = Holder(
    tenant=TENANT.id,
    contract_ref="K-hanako",
    display_name="風道花子",
    phones=(LINE,),
    birth_date="1956-04-12",
    address="風道市港町1-2-3",
)


class Feed:
    """What the authority says: the certificates in `serials` are one person's."""

    def __init__(self, *serials: int) -> None:
        self._serials = serials

    async def related(self, key: LinkageKey) -> Sequence[LinkageKey]:
        if key.serial not in self._serials:
            return ()
        return [replace(key, serial=serial) for serial in self._serials]


class Office:
    def __init__(self, *contracts: Holder, feed: Feed | None = None) -> None:
        self.linkage = MemoryLinkage()
        self.holders = MemoryHolders(TENANT)
        self.holders.rows = {(TENANT.id, holder.contract_ref): holder for holder in contracts}
        self.persons = ContractHolders(self.holders, self.linkage, bytes, feed)
        self.enrolling = Enrolling(self.holders, self.persons)

    async def weigh(self, card: ProvenCard, *, contract: str = "", phone: str = "") -> Weighed:
        before = dict(self.holders.rows)
        target = Target(contract=contract, phone=phone)
        person = await self.persons.person_of(TENANT, card)
        found = await self.enrolling.weigh(TENANT, card, person, target, BEGUN, at=NOW)
        assert self.holders.rows == before
        return found

    def knows(self, card: ProvenCard, person: str) -> None:
        self.linkage.rows[TENANT.id, card_hash(TENANT, card.linkage_key)] = person


async def a_card(
    purpose: Purpose = "sign", person: Person = PEOPLE["hanako"], serial: int = 5
) -> ProvenCard:
    certificate = leaf(purpose, person=person, serial=serial)
    statement = b"{}"
    proof = CardProof(
        certificate=certificate,
        signature=tap(statement, certificate, StatementType.ENROLMENT),
        statement=statement,
        statement_type=StatementType.ENROLMENT,
    )
    found = await CardVerifier(trust(), Answering(), NeverApart()).verify(proof, at=NOW)
    assert isinstance(found, ProvenCard)
    return found
