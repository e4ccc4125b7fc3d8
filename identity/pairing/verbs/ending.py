"""How a pairing ends other than verified, and who may end it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from identity.contract_holders.hashes import phone_hash
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder
from identity.installations.model import Installation
from identity.pairing import rules
from identity.pairing.deployment import Deployment
from identity.pairing.model import (
    NO_CALL,
    CallRef,
    InstallationId,
    Pairing,
    PairingId,
    Verdict,
    news_of,
)
from identity.pairing.outcomes import ALARMS, CANCELLED, Hint, Status, status_of
from identity.pairing.ports import Closed, LineWarnings, Lost, Pairings
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.views import AppView, PairingView, app_view, phone_view, standing_alarm
from identity.tenants.model import TenantId

TRIES: Final = 8
APP_REASONS: Final = frozenset(
    {
        Hint.USER_CANCELLED,
        Hint.PIN_BLOCKED,
        Hint.PIN_LAST_TRY,
        Hint.CARD_WITHOUT_PIN,
        Hint.APP_UNSUPPORTED,
    }
)
PHONE_SIDE_HINTS: Final = CANCELLED | {Hint.CODE_EXPIRED, Hint.SESSION_EXPIRED}
_EXPIRY: Final = {Hint.AWAITING_APP: Hint.CODE_EXPIRED, Hint.AWAITING_DIAL: Hint.NO_TICKET}


class Ending:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        line_warnings: LineWarnings,
        recorder: Recorder,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._line_warnings = line_warnings
        self._recorder = recorder

    async def by_app(
        self, installation: Installation, pairing: PairingId, reason: Hint
    ) -> AppView | Refusal:
        """`user_cancelled`, `pin_blocked`, `pin_last_try`, `card_without_pin` or
        `app_unsupported` (ValueError for another). The view shows the ended pairing.

        Refusals: the hint with which it has ended otherwise, `out_of_order`, `expired_or_unknown`.
        """
        if reason not in APP_REASONS:
            raise ValueError(f"not for the app to say: {reason.value}")
        found = await self._pairings.claimed(InstallationId(installation.id), pairing)
        if found is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        now = await self.end(found, reason)
        if now.status is Status.PENDING:
            return refuse(Code.OUT_OF_ORDER, hint=now.hint.value)
        if now.hint is not reason:
            return ended(now.hint)
        return app_view(now, self._deployment.policy)

    async def by_phone_side(
        self,
        tenant: TenantId,
        call_ref: CallRef,
        hint: Hint,
        *,
        pairing: PairingId | None = None,
    ) -> PairingView | None:
        """End the open pairing of a call with a cancelled hint, `code_expired` or
        `session_expired` (ValueError for another). Returns the newest pairing, as it is now. With
        `pairing`, only that one is ended: a newer one stays open.

        Which of the two expiries it is depends on the claim, whichever of them was asked for.
        """
        if hint not in PHONE_SIDE_HINTS:
            raise ValueError(f"not for the phone side to say: {hint.value}")
        found = await self._pairings.by_call(tenant, call_ref)
        if not found:
            return None
        newest = found[-1]
        if newest.status is Status.PENDING and pairing in (None, newest.id):
            expiry = hint in (Hint.CODE_EXPIRED, Hint.SESSION_EXPIRED)
            newest = await (self.expire(newest) if expiry else self.end(newest, hint))
        return phone_view(
            newest,
            now=self._deployment.now(),
            policy=self._deployment.policy,
            alarm=standing_alarm([*found[:-1], newest]),
        )

    async def call_ended(self, tenant: TenantId, call_ref: CallRef) -> None:
        """The call is over: an open pairing ends as `call_ended`, live verdicts stop living."""
        for pairing in await self._pairings.by_call(tenant, call_ref):
            if pairing.status is Status.PENDING:
                await self.end(pairing, Hint.CALL_ENDED)
        await self._pairings.call_over(tenant, call_ref)

    async def expire(self, pairing: Pairing) -> Pairing:
        """End as the expiry that fits; returns what the pairing is then."""
        return await self.end(pairing, _EXPIRY.get(pairing.hint, Hint.SESSION_EXPIRED))

    async def end(
        self,
        before: Pairing,
        hint: Hint,
        *,
        verdict: Verdict | None = None,
        record: SealedRecord | None = None,
    ) -> Pairing:
        """End a pending pairing with a failed or cancelled hint; returns what it is then.

        Somebody else's ending stands, and a state that cannot end so stays. An alarm always leaves
        an evidence row and a warning on the line, never a block: the number may be forged.
        """
        for _ in range(TRIES):
            if isinstance(rules.end(before.mode, before.hint, hint), Refusal):
                return before
            now = self._deployment.now()
            after = over(before, hint, now, verdict)
            if record is None and hint in ALARMS:
                record = self.alarm_record(after)
            answer = await self._pairings.change(
                before, after, news=news_of(after, now), record=record
            )
            if isinstance(answer, Lost):
                before = answer.now
                continue
            done = answer.pairing if isinstance(answer, Closed) else answer
            await self.alarmed(done)
            return done
        return before

    async def alarmed(self, pairing: Pairing) -> None:
        """After an alarm the reported number carries a warning for a while, and what else is open
        on the call ends, unless an operator has begun it since."""
        if pairing.hint not in ALARMS:
            return
        if pairing.call.line:
            tenant = self._deployment.tenants[pairing.tenant]
            until = self._deployment.now() + self._deployment.policy.line_warning
            hashed = phone_hash(tenant, pairing.call.line)
            await self._line_warnings.warn(pairing.tenant, hashed, until=until)
        if pairing.call_ref == NO_CALL:
            return  # what others have open without a call has nothing to do with it
        found = await self._pairings.by_call(pairing.tenant, pairing.call_ref)
        if standing_alarm(found) is not None:
            for other in found:
                await self.end(other, Hint.BY_SYSTEM)

    def alarm_record(self, after: Pairing) -> SealedRecord:
        """What stays of an alarm: how it ended, and the statement if there was one."""
        return self._recorder.record(
            self._deployment.tenants[after.tenant],
            Kind.REFUSAL,
            at=self._deployment.now(),
            header={
                "pairing": after.id,
                "status": after.status.value,
                "hint": after.hint.value,
                "mode": after.mode.value,
                "policy": self._deployment.policy.name,
            },
            statement=after.statement,
        )


def over(pairing: Pairing, hint: Hint, at: datetime, verdict: Verdict | None) -> Pairing:
    """The pairing as it ends. A tap that was kept for its call goes."""
    return replace(
        pairing,
        status=status_of(hint),
        hint=hint,
        ended_at=at,
        verdict=verdict,
        step_by=None,
        tap=None,
    )
