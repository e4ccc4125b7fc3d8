"""The service's journey on a proof (pairing design, section 5). The order is the argument."""

from dataclasses import dataclass

from identity.contract_holders.service import ContractHolders
from identity.installations.model import Installation
from identity.installations.ports import Installations
from identity.jpki.profile import CardKind
from identity.pairing.deployment import Deployment
from identity.pairing.model import PairingId
from identity.pairing.ports import CardHolds, Counters, LateProofs, Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.ending import Ending
from identity.pairing.views import AppView
from identity.verification.service import CardVerifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStores:
    pairings: Pairings
    late_proofs: LateProofs
    card_holds: CardHolds
    counters: Counters
    installations: Installations


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What the app sends after the one tap: DER certificate and the card's raw signature."""

    certificate: bytes
    signature: bytes
    card_kind: CardKind = CardKind.CARD


class Proving:
    def __init__(
        self,
        deployment: Deployment,
        stores: ProofStores,
        verifier: CardVerifier,
        holders: ContractHolders,
        ending: Ending,
    ) -> None: ...

    async def prove(
        self, installation: Installation, pairing: PairingId, tap: Tap
    ) -> AppView | Refusal:
        """The outcome as a view when complete, else the failed hint as a refusal.

        Also: `out_of_order` before the choice is made, `expired_or_unknown` for others' pairings.
        """
        raise NotImplementedError
