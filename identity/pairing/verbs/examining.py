"""Steps 2 to 7 of a proof: the card, whose it is, and what they hold.

The order is the security argument. Looks, and ends nothing. A dial ticket is examined twice: at the
tap, and again with a fresh look when its call has come.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from identity.contract_holders.enrolling import Begun, Enrolling, Outcome, Weighed
from identity.contract_holders.model import Contracts, Person
from identity.contract_holders.ports import LinkageUnavailable
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.recording import CardEvidence
from identity.jpki.certificate import MAX_OCTETS
from identity.jpki.checklist import CardProof
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel
from identity.pairing.model import Pairing, PersonId, Tap
from identity.pairing.outcomes import Hint
from identity.pairing.policy import JAPAN
from identity.pairing.proofs import judging
from identity.pairing.proofs.findings import Failed, Findings, Passed, enrolled, passed
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.verbs.closing import ProofStores
from identity.verification.model import ProvenCard
from identity.verification.ports import NoRoom
from identity.verification.refusals import Refused
from identity.verification.service import CardVerifier

CARD_HELD: Final = "card_held"


class Examining:
    def __init__(
        self,
        deployment: Deployment,
        stores: ProofStores,
        verifier: CardVerifier,
        holders: ContractHolders,
        enrolling: Enrolling,
    ) -> None:
        self._deployment = deployment
        self._stores = stores
        self._verifier = verifier
        self._holders = holders
        self._enrolling = enrolling

    async def examine(
        self,
        pairing: Pairing,
        tap: Tap,
        *,
        binding: BindingLevel,
        at: datetime,
        within_reach: BindingLevel | None = None,
    ) -> Passed | Failed | Refusal:
        """Whether a good card fits. Refusal: `try_again`, nothing was found out.

        `binding` is what ties the card to the call, should it be good; `within_reach` what still
        may, when that is more: the flow's requirement is held against it.
        """
        assert pairing.statement is not None  # the table lets no proof begin without one
        proof = CardProof(
            certificate=tap.certificate,
            signature=tap.signature,
            statement=pairing.statement,
            statement_type=judging.statement_type(pairing),
            card_kind=tap.card_kind,
        )
        try:
            card = await self._verifier.verify(proof, at=at)
        except NoRoom:  # the same proof may come again
            return refuse(Code.TRY_AGAIN)
        found = Findings(tap=kept_of(tap), card=card, at=at, binding=binding)
        if isinstance(card, Refused):
            return Failed(hint=Hint(card.hint.value), found=found, code=str(card.code))
        return await self._person(pairing, card, found, within_reach or binding)

    async def _person(
        self, pairing: Pairing, card: ProvenCard, found: Findings, best: BindingLevel
    ) -> Passed | Failed:
        """Steps 6 and 7: who that is and what they hold."""
        tenant = self._deployment.tenants[pairing.tenant]
        try:
            person = await self._holders.person_of(tenant, card)
        except LinkageUnavailable:
            if pairing.enrols:
                return enrolled(found, Weighed(outcome=Outcome.LINKAGE_UNAVAILABLE))
            return Failed(hint=Hint.LINKAGE_UNAVAILABLE, found=found)
        found = replace(found, person=person)
        person_id = PersonId(person.id)
        # What was said while nobody knew the card stands against it once it is enrolled.
        names = (
            person_id,
            *map(PersonId, await self._holders.unknown_as(tenant, card.linkage_key)),
        )
        if held := await self._stores.card_holds.held(tenant.id, *names):
            found = replace(found, held_as=held)
            return Failed(hint=Hint.RISK_BLOCKED, found=found, code=CARD_HELD)
        # Only now, so that a held card is never told as a good one of a lower level.
        if not judging.reaches(pairing.require, found.identity, best):
            return Failed(hint=Hint.LEVEL_NOT_REACHED, found=found)
        if pairing.enrols:
            return await self._enrolment(pairing, card, person, found)
        contracts = await self._holders.contracts_of(tenant, person, pairing.expect)
        if contracts.mismatch or not _has_the_number(pairing, contracts):
            found = replace(found, contracts=contracts)
            return Failed(hint=Hint.PERSON_MISMATCH, found=found)
        known = await self._device_known(pairing, person_id, found.at)
        return passed(found, contracts, device_known=known)

    async def _enrolment(
        self, pairing: Pairing, card: ProvenCard, person: Person, found: Findings
    ) -> Passed | Failed:
        """Step 7 where the contract has nobody yet: is it this person's?"""
        desk = pairing.desk
        assert desk is not None  # asked of enrolments only
        weighed = await self._enrolling.weigh(
            self._deployment.tenants[pairing.tenant],
            card,
            person,
            desk.target,
            Begun(pairing=pairing.id, by=desk.begun_by),
            at=found.at,
        )
        return enrolled(found, weighed)

    async def _device_known(self, pairing: Pairing, person: PersonId, at: datetime) -> bool:
        """This installation proved this person on an earlier day (in Japan), and nothing has come
        of it afterwards; at a desk, where the reader may be the business's own, nothing is learned
        about devices."""
        earlier = await self._stores.pairings.proven_before(
            pairing.tenant, person, since=at - self._deployment.policy.device_known_for
        )
        today = at.astimezone(JAPAN).date()
        return any(
            other.claimed_by == pairing.claimed_by
            and other.mode.of_a_call
            and other.repudiated_at is None
            and not other.revoked_since
            and other.verdict is not None
            and other.verdict.at.astimezone(JAPAN).date() < today
            for other in earlier
        )


def _has_the_number(pairing: Pairing, contracts: Contracts) -> bool:
    """Whether the telephone number that a desk asked about, if it did, is on their contracts."""
    phone = pairing.desk.target.phone if pairing.desk else ""
    return not phone or contracts.line_known(phone)


def kept_of(tap: Tap) -> CardEvidence | None:
    """What is kept of a tap; nothing of one that is larger than any card's."""
    if len(tap.certificate) > MAX_OCTETS or len(tap.signature) > MAX_OCTETS:
        return None
    return CardEvidence(certificate=tap.certificate, signature=tap.signature)
