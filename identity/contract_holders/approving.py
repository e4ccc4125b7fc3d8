"""Two people of the business decide what the texts leave open, at once or days later.

Who began an enrolment never approves it. Whatever may have changed since the tap is asked again:
revocation, the contract, the card, a repudiation, and whether both are still of the business.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from identity.contract_holders.ports import (
    Enrolments,
    Holders,
    LinkageUnavailable,
    Settled,
    Staff,
)
from identity.contract_holders.service import ContractHolders
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder, Retention
from identity.tenants.model import Tenant
from identity.verification.asking import asked
from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import RevocationSource


class Decided(StrEnum):
    ENROLLED = "enrolled"
    ALREADY_ENROLLED = "already_enrolled"
    DECLINED = "declined"
    UNTIED = "untied"
    NOT_WAITING = "not_waiting"
    """Unknown, over, or decided before."""
    SAME_PERSON = "same_person"
    """The second is the first."""
    NOT_ALLOWED = "not_allowed"
    """One of the two has no account in use, or none that may enrol."""
    SUPERSEDED = "superseded"
    """Contract or card are not what was compared: to be tapped again."""
    CARD_REVOKED = "card_revoked"
    CARD_HELD = "card_held"
    """Its holder has said since that it was not they."""
    REVOCATION_UNAVAILABLE = "revocation_unavailable"
    """Nobody can tell now: it goes on waiting, as with the next."""
    LINKAGE_UNAVAILABLE = "linkage_unavailable"
    NOBODY = "nobody"
    """No such contract, or no such person."""
    OTHERS_CONTRACT = "others_contract"


_OF_THE_STORE: Final = {
    Settled.DONE: Decided.ENROLLED,
    Settled.GONE: Decided.NOT_WAITING,
    Settled.CHANGED: Decided.SUPERSEDED,
    Settled.DISOWNED: Decided.CARD_HELD,
}
_BY_REVOCATION: Final = {
    RevocationStatus.GOOD: Decided.ENROLLED,
    RevocationStatus.REVOKED: Decided.CARD_REVOKED,
}
_FINAL: Final = frozenset({Decided.SUPERSEDED, Decided.CARD_REVOKED, Decided.CARD_HELD})


class Approving:
    def __init__(
        self,
        holders: Holders,
        persons: ContractHolders,
        enrolments: Enrolments,
        revocation: RevocationSource,
        staff: Staff,
        recorder: Recorder,
    ) -> None:
        self._holders = holders
        self._persons = persons
        self._enrolments = enrolments
        self._revocation = revocation
        self._staff = staff
        self._recorder = recorder

    async def waiting(self, tenant: Tenant) -> Sequence[Wait]:
        """What is to be decided, oldest first."""
        return await self._enrolments.waiting(tenant.id)

    async def approve(
        self, tenant: Tenant, enrolment: str, second: str, *, at: datetime
    ) -> Decided:
        """The word of `second` (a login) beside that of who began it. Where the card is bad by now
        or the world another one, the enrolment is over, with evidence."""
        wait = await self._waiting(tenant, enrolment)
        if wait is None:
            return Decided.NOT_WAITING
        if second == wait.begun_by:
            return Decided.SAME_PERSON
        if not await self._allowed(tenant, wait.begun_by, second):
            return Decided.NOT_ALLOWED
        if against := await self._card_is_anothers(tenant, wait):
            decided, state = against, None
        else:
            state = await asked(self._revocation, wait.certificate, at)
            decided = _BY_REVOCATION.get(state.status, Decided.REVOCATION_UNAVAILABLE)
        if decided is Decided.ENROLLED:
            record = self._record(tenant, wait, decided, second, at, state)
            decided = await self._tied(tenant, wait, record)
        if decided in _FINAL:
            record = self._record(tenant, wait, decided, second, at, state)
            await self._enrolments.end(tenant.id, wait, record=record)
        return decided

    async def decline(self, tenant: Tenant, enrolment: str, by: str, *, at: datetime) -> Decided:
        """One person's word is enough for that, also of who began it."""
        wait = await self._waiting(tenant, enrolment)
        if wait is None:
            return Decided.NOT_WAITING
        if not await self._allowed(tenant, by):
            return Decided.NOT_ALLOWED
        record = self._record(tenant, wait, Decided.DECLINED, by, at)
        done = await self._enrolments.end(tenant.id, wait, record=record)
        return Decided.DECLINED if done else Decided.NOT_WAITING

    async def give(
        self, tenant: Tenant, contract: str, person: str, *, by: str, second: str, at: datetime
    ) -> Decided:
        """Without a card: another contract to a person who is enrolled, by two people's word; or
        one of theirs that an import has made somebody else's is theirs all the same."""
        if by == second:
            return Decided.SAME_PERSON
        if not await self._allowed(tenant, by, second):
            return Decided.NOT_ALLOWED
        holder = await self._holders.by_contract(tenant.id, contract)
        if holder is None or not await self._persons.held_by(tenant, person):
            return Decided.NOBODY
        if holder.person == person and not holder.to_confirm:
            return Decided.ALREADY_ENROLLED
        outcome = "confirmed" if holder.person == person else "given"
        result: dict[str, object] = {"person": person, "contract": contract}
        record = self._by_two(tenant, outcome, (by, second), at, result)
        done = await self._enrolments.give(
            tenant.id, contract_ref=contract, person=person, record=record
        )
        return Decided.ENROLLED if done else Decided.OTHERS_CONTRACT

    async def untie(
        self, tenant: Tenant, contract: str, person: str, *, by: str, second: str, at: datetime
    ) -> Decided:
        """A wrong tie is undone by two people's word: the contract is nobody's again. `person` is
        whose it was when they looked. What was verified stays as it was, and the person's cards
        stay theirs."""
        if by == second:
            return Decided.SAME_PERSON
        if not await self._allowed(tenant, by, second):
            return Decided.NOT_ALLOWED
        result: dict[str, object] = {"person": person, "contract": contract}
        record = self._by_two(tenant, "untied", (by, second), at, result)
        done = bool(person) and await self._enrolments.untie(
            tenant.id, contract_ref=contract, person=person, record=record
        )
        return Decided.UNTIED if done else Decided.OTHERS_CONTRACT

    async def _waiting(self, tenant: Tenant, enrolment: str) -> Wait | None:
        waiting = await self._enrolments.waiting(tenant.id)
        return next((wait for wait in waiting if wait.id == enrolment), None)

    async def _allowed(self, tenant: Tenant, *logins: str) -> bool:
        return all([await self._staff.may_decide(tenant.id, login) for login in logins])

    async def _card_is_anothers(self, tenant: Tenant, wait: Wait) -> Decided | None:
        """Whose it is by today's linkage data, if that is not who it would be."""
        try:
            person = await self._persons.person_with(tenant, wait.certificate.certificate)
        except LinkageUnavailable:
            return Decided.LINKAGE_UNAVAILABLE
        others = person.enrolled and person.id != wait.person
        return Decided.SUPERSEDED if others else None

    async def _tied(self, tenant: Tenant, wait: Wait, record: SealedRecord) -> Decided:
        unknown_as = await self._persons.unknown_as(tenant, wait.certificate.certificate)
        held = (wait.person, *unknown_as)
        settled = await self._enrolments.approve(tenant.id, wait, held=held, record=record)
        return _OF_THE_STORE[settled]

    def _by_two(
        self,
        tenant: Tenant,
        outcome: str,
        who: tuple[str, str],
        at: datetime,
        result: dict[str, object],
    ) -> SealedRecord:
        """Evidence of what two people decided without a card."""
        header = {"outcome": outcome, "actor": who[0], "approved_by": ", ".join(who)}
        return self._recorder.record(
            tenant,
            Kind.ENROLMENT,
            at=at,
            header=header,
            retention=Retention.SIGNATURE,
            result=result,
        )

    def _record(
        self,
        tenant: Tenant,
        wait: Wait,
        decided: Decided,
        by: str,
        at: datetime,
        state: RevocationState | None = None,
    ) -> SealedRecord:
        header = {"outcome": decided.value, "pairing": wait.id, "actor": by}
        if decided is Decided.ENROLLED:
            header["approved_by"] = f"{wait.begun_by}, {by}"
        result: dict[str, object] = {
            "person": wait.person,
            "contract": wait.contract,
            "comparison": dict(wait.compared),
        }
        if state is not None:
            header |= {"revocation": state.status.value, "revocation_method": state.method}
            updated = state.source_updated_at
            result |= {
                "revocation_detail": state.reason or state.why or "",
                "revocation_source_updated_at": updated.isoformat() if updated else "",
                "revocation_checked_at": state.checked_at.isoformat(),
            }
        return self._recorder.record(
            tenant,
            Kind.ENROLMENT,
            at=at,
            header=header,
            retention=Retention.SIGNATURE,
            result=result,
        )
