"""The service's journey on a proof (pairing design, section 5). The order is the argument."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from identity.contract_holders.ports import LinkageUnavailable
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.recording import CardEvidence
from identity.installations.model import Installation
from identity.jpki.certificate import MAX_OCTETS
from identity.jpki.profile import CardKind
from identity.jpki.signed_attributes import StatementType
from identity.pairing import rules
from identity.pairing.deployment import Deployment
from identity.pairing.model import InstallationId, Pairing, PairingId, PersonId, news_of
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import Lost
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.rules import Move
from identity.pairing.verbs import judging
from identity.pairing.verbs.closing import Closing, ProofStores
from identity.pairing.verbs.ending import TRIES, Ending
from identity.pairing.verbs.judging import Findings
from identity.pairing.views import AppView
from identity.verification.model import CardProof, ProvenCard
from identity.verification.refusals import Refused
from identity.verification.service import CardVerifier

JAPAN: Final = ZoneInfo("Asia/Tokyo")
CARD_HELD: Final = "card_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What the app sends after the one tap: DER certificate and the card's raw signature."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    card_kind: CardKind = CardKind.CARD


class Proving:
    def __init__(
        self,
        deployment: Deployment,
        stores: ProofStores,
        verifier: CardVerifier,
        holders: ContractHolders,
        ending: Ending,
        closing: Closing,
    ) -> None:
        self._deployment = deployment
        self._stores = stores
        self._verifier = verifier
        self._holders = holders
        self._ending = ending
        self._closing = closing

    async def prove(
        self, installation: Installation, pairing: PairingId, tap: Tap
    ) -> AppView | Refusal:
        """The outcome as a view when complete, else the failed hint as a refusal.

        Also: `out_of_order` before the choice is made, `expired_or_unknown` for others' pairings,
        `try_again` when nothing could be settled.
        """
        now = self._deployment.now()
        # Step 1: pending, claimed by this installation, not expired, the call still up (its end
        # ends the pairing).
        claimed = await self._stores.pairings.claimed(InstallationId(installation.id), pairing)
        if claimed is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        begun = await self._begin(claimed, now)
        if isinstance(begun, Refusal):
            return begun
        if begun.status is not Status.PENDING:
            return await self._closing.late(begun, _evidence(tap), now)
        # Steps 2 to 5: the card.
        assert begun.statement is not None  # the table lets no proof begin without one
        proof = CardProof(
            certificate=tap.certificate,
            signature=tap.signature,
            statement=begun.statement,
            statement_type=StatementType.CALL,
            card_kind=tap.card_kind,
        )
        card = await self._verifier.verify(proof, at=now)
        found = Findings(tap=_evidence(tap), card=card, at=now)
        if isinstance(card, Refused):
            return await self._closing.fail(begun, Hint(card.hint.value), found, str(card.code))
        return await self._person(begun, card, found)

    async def _begin(self, pairing: Pairing, now: datetime) -> Pairing | Refusal:
        """Move to `verifying`; an ended pairing comes back as it is."""
        for _ in range(TRIES):
            if pairing.status is not Status.PENDING:
                return pairing
            to = rules.step(pairing.hint, Move.PROVE)
            if isinstance(to, Refusal):
                return to
            if now >= pairing.expires_at:
                return await self._ending.expire(pairing)
            if to is pairing.hint:
                return pairing  # begun before and not finished: a repeated request goes on
            after = replace(pairing, hint=to)
            answer = await self._stores.pairings.change(
                pairing, after, news=news_of(after, now), record=None
            )
            if isinstance(answer, Pairing):
                return answer
            if isinstance(answer, Lost) and answer.now.version == pairing.version:
                return await self._ending.expire(pairing)
            pairing = answer.now if isinstance(answer, Lost) else answer.pairing
        return refuse(Code.TRY_AGAIN)

    async def _person(
        self, pairing: Pairing, card: ProvenCard, found: Findings
    ) -> AppView | Refusal:
        """Steps 6 and 7: who that is and what they hold; then the close."""
        tenant = self._deployment.tenants[pairing.tenant]
        try:
            person = await self._holders.person_of(tenant, card)
        except LinkageUnavailable:
            return await self._closing.fail(pairing, Hint.LINKAGE_UNAVAILABLE, found)
        found = replace(found, person=person)
        person_id = PersonId(person.id)
        if await self._stores.card_holds.held(tenant.id, person_id):
            return await self._closing.fail(pairing, Hint.RISK_BLOCKED, found, CARD_HELD)
        # Only now, so that a held card is never told as a good one of a lower level.
        if not judging.reaches(pairing, found):
            return await self._closing.fail(pairing, Hint.LEVEL_NOT_REACHED, found)
        contracts = await self._holders.contracts_of(tenant, person, pairing.expect)
        found = replace(found, contracts=contracts)
        if contracts.mismatch:
            return await self._closing.fail(pairing, Hint.PERSON_MISMATCH, found)
        known = await self._device_known(pairing, person_id, found.at)
        return await self._closing.complete(pairing, replace(found, device_known=known))

    async def _device_known(self, pairing: Pairing, person: PersonId, at: datetime) -> bool:
        """This installation proved this person on an earlier day (in Japan), unrepudiated."""
        earlier = await self._stores.pairings.proven_before(
            pairing.tenant, person, since=at - self._deployment.policy.device_known_for
        )
        today = at.astimezone(JAPAN).date()
        return any(
            other.claimed_by == pairing.claimed_by
            and other.repudiated_at is None
            and other.verdict is not None
            and other.verdict.at.astimezone(JAPAN).date() < today
            for other in earlier
        )


def _evidence(tap: Tap) -> CardEvidence | None:
    """What is kept of a tap; nothing of one that is larger than any card's."""
    if len(tap.certificate) > MAX_OCTETS or len(tap.signature) > MAX_OCTETS:
        return None
    return CardEvidence(certificate=tap.certificate, signature=tap.signature)
