"""The app brings a proof: the service's journey on it."""

from dataclasses import replace
from datetime import datetime

from identity.installations.model import Installation
from identity.pairing import rules
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel
from identity.pairing.model import InstallationId, Mode, Pairing, PairingId, Tap, news_of
from identity.pairing.outcomes import Status
from identity.pairing.ports import Lost, Pairings
from identity.pairing.proofs import judging
from identity.pairing.proofs.findings import Failed
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.rules import Move
from identity.pairing.verbs.closing import Closing
from identity.pairing.verbs.ending import TRIES, Ending
from identity.pairing.verbs.examining import Examining, kept_of
from identity.pairing.verbs.ticketing import Ticketing
from identity.pairing.verbs.watching import shown_to_app
from identity.pairing.views import AppView


class Proving:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        examining: Examining,
        ending: Ending,
        closing: Closing,
        ticketing: Ticketing,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._examining = examining
        self._ending = ending
        self._closing = closing
        self._ticketing = ticketing

    async def prove(
        self, installation: Installation, pairing: PairingId, tap: Tap
    ) -> AppView | Refusal:
        """The outcome as a view when complete, else the failed hint as a refusal. For a tap before
        the call: the view has the ticket, and there is no verdict yet.

        Also: `out_of_order` before the choice is made, `expired_or_unknown` for others' pairings,
        `try_again` when nothing could be settled.
        """
        now = self._deployment.now()
        # Step 1: pending, claimed by this installation, not expired, the call still up (its end
        # ends the pairing).
        claimed = await self._pairings.claimed(InstallationId(installation.id), pairing)
        if claimed is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        begun = await self._begin(claimed, now)
        if isinstance(begun, Refusal):
            return begun
        if begun.status is not Status.PENDING:
            return await self._closing.late(begun, kept_of(tap), now)
        if begun.tap is not None:
            return await self._proven_before(begun, tap, now)
        # Steps 2 to 7. Nothing ties a tap to a call that is not there yet.
        early = begun.mode is Mode.APP_DIAL
        binding = BindingLevel.BIND_NONE if early else judging.best_binding(begun.mode)
        proof = await self._examining.examine(begun, tap, binding=binding, at=now)
        if isinstance(proof, Refusal):
            return proof
        if isinstance(proof, Failed):
            return await self._closing.fail(begun, proof)
        if early:
            return await self._ticketing.give(begun, tap, proof.found)
        return await self._closing.complete(begun, proof)

    async def _proven_before(self, pairing: Pairing, tap: Tap, now: datetime) -> AppView:
        """An accepted proof waits for its call. Repeated, it is answered alike; another one changes
        nothing."""
        if tap != pairing.tap:
            await self._closing.late(pairing, kept_of(tap), now)
        return shown_to_app(self._deployment, pairing)

    async def _begin(self, pairing: Pairing, now: datetime) -> Pairing | Refusal:
        """Move to `verifying`; an ended pairing comes back as it is."""
        for _ in range(TRIES):
            if pairing.status is not Status.PENDING:
                return pairing
            to = rules.step(pairing.mode, pairing.hint, Move.PROVE)
            if isinstance(to, Refusal):
                return to
            if now >= pairing.expires_at:
                return await self._ending.expire(pairing)
            if to is pairing.hint:
                return pairing  # begun before and not finished: a repeated request goes on
            after = replace(pairing, hint=to)
            answer = await self._pairings.change(
                pairing, after, news=news_of(after, now), record=None
            )
            if isinstance(answer, Pairing):
                return answer
            if isinstance(answer, Lost) and answer.now.version == pairing.version:
                return await self._ending.expire(pairing)
            pairing = answer.now if isinstance(answer, Lost) else answer.pairing
        return refuse(Code.TRY_AGAIN)
