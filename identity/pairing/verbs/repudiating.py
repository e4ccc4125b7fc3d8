"""「私ではありません」: the holder looks back at verdicts, and says which was not theirs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder
from identity.installations.model import Installation
from identity.pairing.deployment import Deployment
from identity.pairing.model import InstallationId, Pairing, PairingId, PersonId, Verdict, news_of
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CardHolds, Closed, Lost, Pairings
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.verbs.ending import TRIES
from identity.pairing.views import HistoryEntry


class Repudiating:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        card_holds: CardHolds,
        recorder: Recorder,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._card_holds = card_holds
        self._recorder = recorder

    async def history(self, installation: Installation) -> Sequence[HistoryEntry]:
        """Verdicts of the last 90 days this installation proved, and those of other
        installations that it may repudiate; newest first."""
        now = self._deployment.now()
        own_id = InstallationId(installation.id)
        seen: dict[PairingId, Pairing] = {}
        for tenant in self._deployment.tenants:
            own = await self._pairings.of_installation(
                tenant, own_id, since=now - self._deployment.policy.history
            )
            seen |= {pairing.id: pairing for pairing in own}
            persons = {p.verdict.person for p in own if p.verdict and p.verdict.person}
            for person in persons:
                for other in await self._of_others(own_id, own, person, now):
                    seen[other.id] = other
        entries = [self._entry(pairing, own_id, now) for pairing in seen.values()]
        return sorted(entries, key=lambda entry: entry.at, reverse=True)

    async def repudiate(
        self, installation: Installation, pairing: PairingId
    ) -> HistoryEntry | Refusal:
        """Within 72 hours, by the proving installation or the latest other one that proved this
        person in the 90 days before. Cannot be withdrawn here; repeating changes nothing.

        Refusals: `expired_or_unknown`, `too_late`, `try_again`.
        """
        own_id = InstallationId(installation.id)
        for _ in range(TRIES):
            now = self._deployment.now()
            found = await self._find(own_id, pairing)
            if found is None:
                return refuse(Code.EXPIRED_OR_UNKNOWN)
            if found.repudiated_at is None:
                if now >= self._until(_verdict(found)):
                    return refuse(Code.TOO_LATE)
                after = replace(found, repudiated_at=now)
                answer = await self._pairings.change(
                    found, after, news=news_of(after, now), record=self._record(after, own_id, now)
                )
                if isinstance(answer, Lost):
                    continue
                found = answer.pairing if isinstance(answer, Closed) else answer
            await self._hold(found)
            return self._entry(found, own_id, now)
        return refuse(Code.TRY_AGAIN)

    async def _find(self, installation: InstallationId, pairing: PairingId) -> Pairing | None:
        """A complete pairing that this installation may speak for."""
        for tenant in self._deployment.tenants:
            found = await self._pairings.by_id(tenant, pairing)
            if found is not None:
                may = found.status is Status.COMPLETE and (
                    found.claimed_by == installation
                    or await self._latest_other(found) == installation
                )
                return found if may else None
        return None

    async def _of_others(
        self, own: InstallationId, proven: Sequence[Pairing], person: PersonId, now: datetime
    ) -> Sequence[Pairing]:
        """Verdicts of a person by other installations for which this one may speak, not too old."""
        tenant = proven[0].tenant
        recent = await self._pairings.proven_before(
            tenant, person, since=now - self._deployment.policy.repudiate_within
        )
        others = [pairing for pairing in recent if pairing.claimed_by != own]
        return [pairing for pairing in others if await self._latest_other(pairing) == own]

    async def _latest_other(self, pairing: Pairing) -> InstallationId | None:
        """The installation, other than the proving one, that last proved this person before. What
        was tapped at a desk gives nobody a say: the reader may be the business's own."""
        verdict = _verdict(pairing)
        if verdict.person is None:
            return None
        earlier = await self._pairings.proven_before(
            pairing.tenant, verdict.person, since=verdict.at - self._deployment.policy.history
        )
        for other in earlier:
            another = other.claimed_by != pairing.claimed_by and other.mode.of_a_call
            if another and _verdict(other).at < verdict.at:
                return other.claimed_by
        return None

    async def _hold(self, pairing: Pairing) -> None:
        """The card proves nothing for this tenant for a day after the claim. May be repeated."""
        person = _verdict(pairing).person
        if person is None or pairing.repudiated_at is None:
            return
        until = pairing.repudiated_at + self._deployment.policy.card_held_after_repudiation
        if until > self._deployment.now():
            await self._card_holds.hold(pairing.tenant, person, until=until)

    def _record(self, after: Pairing, by: InstallationId, now: datetime) -> SealedRecord:
        return self._recorder.record(
            self._deployment.tenants[after.tenant],
            Kind.REPUDIATION,
            at=now,
            header={
                "pairing": after.id,
                "status": after.status.value,
                "hint": Hint.REPUDIATED.value,
                "verdict": _verdict(after).evidence_id,
                "by": "proving" if after.claimed_by == by else "other",
                "policy": self._deployment.policy.name,
            },
        )

    def _until(self, verdict: Verdict) -> datetime:
        return verdict.at + self._deployment.policy.repudiate_within

    def _entry(self, pairing: Pairing, own: InstallationId, now: datetime) -> HistoryEntry:
        verdict = _verdict(pairing)
        mine = pairing.claimed_by == own
        open_still = pairing.status is Status.COMPLETE and pairing.repudiated_at is None
        until = self._until(verdict)
        return HistoryEntry(
            pairing=pairing.id,
            business=self._deployment.tenants[pairing.tenant].name,
            at=verdict.at,
            own=mine,
            purpose=pairing.purpose if mine else "",
            hint=Hint.REPUDIATED if pairing.repudiated_at else pairing.hint,
            repudiable_until=until if open_still and now < until else None,
        )


def _verdict(pairing: Pairing) -> Verdict:
    assert pairing.verdict is not None  # asked only of pairings that ended with one
    return pairing.verdict
