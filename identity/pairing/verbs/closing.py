"""How a proof ends its pairing: the one transaction, its conflicts, and what comes too late."""

from dataclasses import dataclass, replace
from datetime import datetime

from identity.contract_holders.enrolling import Outcome
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import CardEvidence, Recorder
from identity.installations.ports import Installations
from identity.pairing import rules
from identity.pairing.deployment import Deployment
from identity.pairing.levels import Badge
from identity.pairing.model import NO_CALL, EvidenceId, Pairing, news_of
from identity.pairing.outcomes import COMPLETE, Hint, Status
from identity.pairing.ports import (
    CardHolds,
    Closed,
    EnrolmentTaken,
    LateProofs,
    Lost,
    Pairings,
    PersonLive,
)
from identity.pairing.proofs import evidence, judging
from identity.pairing.proofs.findings import Failed, Findings, Passed, enrolled
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.verbs.ending import TRIES, Ending, over
from identity.pairing.views import AppView, app_view, standing_alarm
from identity.tenants.model import Role, Tenant
from identity.verification.ports import RevocationSubject
from identity.verification.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStores:
    pairings: Pairings
    late_proofs: LateProofs
    card_holds: CardHolds
    installations: Installations


class Closing:
    def __init__(
        self, deployment: Deployment, stores: ProofStores, recorder: Recorder, ending: Ending
    ) -> None:
        self._deployment = deployment
        self._stores = stores
        self._recorder = recorder
        self._ending = ending

    async def complete(self, pairing: Pairing, proof: Passed) -> AppView | Refusal:
        """Step 8: one transaction, or the way out that a conflict prescribes."""
        hint, found = proof.hint, proof.found
        write = found.weighed.write if found.weighed else None
        for _ in range(TRIES):
            allowed = rules.end(pairing.mode, pairing.hint, hint)
            if isinstance(allowed, Refusal):
                return allowed
            if await self._alarm_stands(pairing):
                done = await self._ending.end(pairing, Hint.BY_SYSTEM)
                return await self.late(done, found.tap, found.at)
            after, record = self._ended(pairing, hint, found, Kind.VERDICT)
            answer = await self._stores.pairings.close(
                pairing,
                after,
                record=record,
                news=news_of(after, found.at),
                certificate=self._asked_again(pairing, found),
                enrolment=write,
            )
            if isinstance(answer, EnrolmentTaken):
                return await self._taken(pairing, found)
            if isinstance(answer, Closed):
                assert pairing.claimed_by is not None
                await self._stores.installations.mark_proved(pairing.claimed_by)
                return app_view(answer.pairing, self._deployment.policy)
            if isinstance(answer, PersonLive):
                settled = await self._supersede(pairing, answer.other, found)
            else:
                settled = await self._overtaken(pairing, answer)
            if isinstance(settled, Refusal):
                return settled
            if settled.status is not Status.PENDING:
                return await self.late(settled, found.tap, found.at)
            pairing = settled
        return refuse(Code.TRY_AGAIN)

    async def fail(self, pairing: Pairing, proof: Failed) -> AppView | Refusal:
        """End with a failed hint, with evidence."""
        hint, found = proof.hint, proof.found
        after, record = self._ended(pairing, hint, found, Kind.REFUSAL, proof.code or hint.value)
        before = replace(pairing, desk=after.desk)
        done = await self._ending.end(before, hint, verdict=after.verdict, record=record)
        if done.verdict is not None and done.verdict == after.verdict:
            return ended(hint)
        return await self.late(done, found.tap, found.at)

    async def _taken(self, pairing: Pairing, found: Findings) -> AppView | Refusal:
        """Somebody was quicker: the contract or the card is another person's now, or the contract
        another one than was compared."""
        assert found.weighed is not None  # nothing else can be taken
        weighed = replace(found.weighed, outcome=Outcome.SOMEONE_ELSES_CARD, write=None)
        proof = enrolled(found, weighed)
        assert isinstance(proof, Failed)  # as any outcome of a card that is somebody else's
        return await self.fail(pairing, proof)

    async def late(
        self, pairing: Pairing, tap: CardEvidence | None, at: datetime
    ) -> AppView | Refusal:
        """An answered, late or duplicate proof changes nothing; the first few leave evidence."""
        policy = self._deployment.policy
        record = self._recorder.record(
            self._tenant(pairing),
            Kind.LATE_PROOF,
            at=at,
            header={
                "pairing": pairing.id,
                "status": pairing.status.value,
                "hint": pairing.hint.value,
                "card_proven": "no",
                "policy": policy.name,
            },
            statement=pairing.statement,
            card=tap,
        )
        await self._stores.late_proofs.keep(
            pairing.tenant, pairing.id, record, at_most=policy.late_proofs_kept
        )
        if pairing.status is Status.COMPLETE:
            return app_view(pairing, policy)
        return ended(pairing.hint)

    async def end_both(self, first: Pairing, second: Pairing) -> bool:
        """A ticket that came on a second call: the first check ends as superseded, and `second`,
        which is over from the start, is written. False when the first does not end so (any more).
        """
        now = self._deployment.now()
        if isinstance(rules.end(first.mode, first.hint, Hint.SUPERSEDED), Refusal):
            return False
        if first.status is Status.PENDING:
            first_after = over(first, Hint.SUPERSEDED, now, None)
            record = self._ending.alarm_record(first_after)
        else:
            first_after, record = self._superseded(first, now)
        done = await self._stores.pairings.end_both(
            first=first,
            first_after=first_after,
            second=second,
            records=[record, self._ending.alarm_record(second)],
            news=[news_of(first_after, now), news_of(second, now)],
        )
        if done:
            await self._ending.alarmed(first_after)
            await self._ending.alarmed(second)
        return done

    def _asked_again(self, pairing: Pairing, found: Findings) -> RevocationSubject | None:
        """Whose revocation is asked again while the result lives; nothing that may not be kept."""
        if isinstance(found.card, Refused) or self._tenant(pairing).role is Role.RELYING:
            return None
        return RevocationSubject.of(found.card)

    async def _alarm_stands(self, pairing: Pairing) -> bool:
        """An earlier check of this call has raised one meanwhile: nothing is verified after it."""
        if pairing.call_ref == NO_CALL:
            return False
        found = await self._stores.pairings.by_call(pairing.tenant, pairing.call_ref)
        return standing_alarm(found) is not None

    async def _overtaken(self, before: Pairing, lost: Lost) -> Pairing:
        """What the pairing is now. Unchanged and yet lost: it is over by the database's clock."""
        if lost.now.status is Status.PENDING and lost.now.version == before.version:
            return await self._ending.expire(lost.now)
        return lost.now

    async def _supersede(self, mine: Pairing, other: Pairing, found: Findings) -> Pairing | Refusal:
        """Two live verdicts of one person: of two installations both end, of one the earlier.

        Returns `mine`, as it is now, when closing it is to be tried again.
        """
        both = other.claimed_by != mine.claimed_by
        if other.hint in COMPLETE:
            now = self._deployment.now()
            ends = [self._superseded(other, now)]
            if both:
                ends.append(self._ended(mine, Hint.SUPERSEDED, found, Kind.REFUSAL, "superseded"))
            done = await self._stores.pairings.supersede(
                mine=mine,
                mine_after=ends[1][0] if both else None,
                other=other,
                other_after=ends[0][0],
                records=[record for _, record in ends],
                news=[news_of(after, now) for after, _ in ends],
            )
            if done:
                for after, _ in ends:
                    await self._ending.alarmed(after)
                return ended(Hint.SUPERSEDED) if both else mine
        again = await self._stores.pairings.by_id(mine.tenant, mine.id)
        assert again is not None  # pairings are never deleted
        return again

    def _ended(
        self, pairing: Pairing, hint: Hint, found: Findings, kind: Kind, refusal: str = ""
    ) -> tuple[Pairing, SealedRecord]:
        """The pairing as it ends, and its evidence, each naming the other."""
        verdict = judging.judge(pairing, hint, found, self._deployment.policy, refusal=refusal)
        record = evidence.record(
            self._recorder, self._tenant(pairing), pairing, verdict, hint, found, kind
        )
        verdict = replace(verdict, evidence_id=EvidenceId(record.id))
        after = replace(pairing, desk=judging.desk_after(pairing.desk, found))
        return over(after, hint, found.at, verdict), record

    def _superseded(self, other: Pairing, now: datetime) -> tuple[Pairing, SealedRecord]:
        """The earlier verdict loses its standing; what it found stays in its first record."""
        earlier = other.verdict
        assert earlier is not None  # complete pairings have one
        record = self._recorder.record(
            self._tenant(other),
            Kind.REFUSAL,
            at=now,
            header={
                "pairing": other.id,
                "status": Status.FAILED.value,
                "hint": Hint.SUPERSEDED.value,
                "verdict": earlier.evidence_id,
                "policy": self._deployment.policy.name,
            },
        )
        verdict = replace(
            earlier, badge=Badge.RED, evidence_id=EvidenceId(record.id), refusal="superseded"
        )
        return over(other, Hint.SUPERSEDED, now, verdict), record

    def _tenant(self, pairing: Pairing) -> Tenant:
        return self._deployment.tenants[pairing.tenant]
