"""A card that its holder has disowned is held for a day; two people of the business may lift that
sooner, after they have found out who it was. What was disowned stays so."""

from datetime import datetime
from enum import StrEnum

from identity.contract_holders.ports import Staff
from identity.evidence_archive.model import Kind
from identity.evidence_archive.recording import Recorder
from identity.pairing.model import PersonId
from identity.pairing.ports import CardHolds
from identity.tenants.model import Tenant


class Lifted(StrEnum):
    LIFTED = "lifted"
    NOT_HELD = "not_held"
    SAME_PERSON = "same_person"
    """The second is the first."""
    NOT_ALLOWED = "not_allowed"
    """One of the two has no account in use, or none that may decide about holders."""


class Lifting:
    def __init__(self, card_holds: CardHolds, staff: Staff, recorder: Recorder) -> None:
        self._card_holds = card_holds
        self._staff = staff
        self._recorder = recorder

    async def lift(
        self, tenant: Tenant, person: PersonId, *, by: str, second: str, at: datetime
    ) -> Lifted:
        """By two logins. A claim that the holder repeats within its day holds the card again."""
        if by == second:
            return Lifted.SAME_PERSON
        if not all([await self._staff.may_decide(tenant.id, login) for login in (by, second)]):
            return Lifted.NOT_ALLOWED
        record = self._recorder.record(
            tenant,
            Kind.CARD_RELEASE,
            at=at,
            header={"actor": by, "approved_by": f"{by}, {second}"},
            result={"person": person},
        )
        done = await self._card_holds.lift(tenant.id, person, record=record)
        return Lifted.LIFTED if done else Lifted.NOT_HELD
