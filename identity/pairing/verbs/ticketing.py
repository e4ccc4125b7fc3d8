"""What an accepted tap before the call gets: evidence, and a ticket to bring along."""

from dataclasses import replace

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder
from identity.pairing import locators, rules
from identity.pairing.deployment import Deployment
from identity.pairing.model import Locator, Mode, Pairing, Tap, news_of
from identity.pairing.outcomes import Status
from identity.pairing.ports import Closed, Lost, Pairings
from identity.pairing.proofs import evidence, judging
from identity.pairing.proofs.findings import Findings
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.rules import Move
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.watching import shown_to_app
from identity.pairing.views import AppView


class Ticketing:
    def __init__(
        self, deployment: Deployment, pairings: Pairings, recorder: Recorder, ending: Ending
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._recorder = recorder
        self._ending = ending

    async def give(self, pairing: Pairing, tap: Tap, found: Findings) -> AppView | Refusal:
        """The proof is kept, sealed, and the view has the ticket: drawn only now.

        Refusals: the hint with which the pairing has ended, `try_again`.
        """
        record = self._record(pairing, found)
        for attempt in range(locators.ATTEMPTS):
            after = self._with_ticket(pairing, tap, attempt)
            answer = await self._pairings.lead(
                pairing,
                after,
                locator=after.locators[-1],
                not_reused_since=self._deployment.now() - self._deployment.policy.code_not_reused,
                news=news_of(after, found.at),
                record=record,
            )
            if isinstance(answer, Closed):
                return shown_to_app(self._deployment, answer.pairing)
            if isinstance(answer, Lost):
                return await self._overtaken(pairing, answer.now)
        return refuse(Code.TRY_AGAIN)

    def _with_ticket(self, pairing: Pairing, tap: Tap, attempt: int) -> Pairing:
        to = rules.step(pairing.mode, pairing.hint, Move.GIVE_TICKET)
        assert not isinstance(to, Refusal)  # asked of a pairing whose proof is being looked at
        policy, keys, now = self._deployment.policy, self._deployment.keys, self._deployment.now()
        ticket = locators.code_of(
            keys.code, pairing.id, attempt, policy.ticket_random_digits, Mode.APP_DIAL
        )
        until = now + policy.ticket_lives
        locator = Locator(
            mode=Mode.APP_DIAL,
            hash=locators.locator_hash(keys.locator, ticket, Mode.APP_DIAL),
            claim_by=until,
        )
        return replace(
            pairing,
            hint=to,
            tap=tap,
            ticket_at=now,
            step_by=until,
            expires_at=max(pairing.expires_at, until),
            locators=(*pairing.locators, locator),
        )

    async def _overtaken(self, before: Pairing, now: Pairing) -> AppView | Refusal:
        """The same proof sent twice at once: both are answered with the one ticket."""
        if now.status is Status.PENDING and now.version == before.version:
            now = await self._ending.expire(now)
        if now.status is Status.PENDING:
            return shown_to_app(self._deployment, now)
        return ended(now.hint)

    def _record(self, pairing: Pairing, found: Findings) -> SealedRecord:
        """What the card has proven, before any call: no verdict, and no level of binding."""
        hint = rules.PATHS[pairing.mode].steps[Move.GIVE_TICKET][1]
        verdict = judging.judge(pairing, hint, found, self._deployment.policy, refusal="")
        tenant = self._deployment.tenants[pairing.tenant]
        return evidence.record(self._recorder, tenant, pairing, verdict, hint, found, Kind.PROOF)
