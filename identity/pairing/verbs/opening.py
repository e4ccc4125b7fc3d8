"""The phone side begins a check, and gives it more time."""

import base64
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from identity.pairing import locators
from identity.pairing.deployment import Deployment
from identity.pairing.limits import EntryLimits
from identity.pairing.model import (
    CallFacts,
    CallRef,
    ContractRef,
    Mode,
    Pairing,
    PairingId,
    Requirement,
    news_of,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CallBusy, Counters, Lost, Opened, Pairings
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.verbs.ending import TRIES, Ending
from identity.pairing.verbs.watching import spoken_code
from identity.pairing.views import PairingView, phone_view, standing_alarm
from identity.tenants.model import TenantId

PAIRING_ID_BYTES: Final = 16
PURPOSE_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What the flow asks for. `purpose` is at most 60 characters, from the site's allow-list.

    The two times are at most those of the policy; None takes the policy's. `beside`: an earlier
    way of this check may still be claimed; the same pairing is led to by one more. A check that an
    operator starts needs a `reason`, which becomes evidence as does `operator` (an account name),
    and is the only one that may begin while an alarm stands.
    """

    tenant: TenantId
    call: CallFacts
    mode: Mode
    require: Requirement
    purpose: str
    errand_key: str
    action: str = ""
    expect: ContractRef | None = None
    claim_within: timedelta | None = None
    whole_check: timedelta | None = None
    beside: bool = False
    started_by_operator: bool = False
    reason: str = field(default="", repr=False)
    operator: str = ""


class Opening:
    def __init__(
        self, deployment: Deployment, pairings: Pairings, counters: Counters, ending: Ending
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._limits = EntryLimits(counters, deployment.policy)
        self._ending = ending

    async def open(self, request: OpenRequest) -> PairingView | Refusal:
        """Open a check for a call; again with the same errand key: the same pairing and code.

        An open check of this call under another key ends as `caller_skipped` (a new code was
        asked for). Refusals: the hint of an alarm that stands on this call; `mode_unavailable`,
        `codes_paused`, `try_again`. ValueError: a purpose that is empty or too long.
        """
        _check(request)
        earlier = await self._pairings.by_call(request.tenant, request.call.call_ref)
        for pairing in earlier:
            if pairing.errand_key == request.errand_key:
                return self._view(pairing, alarm=standing_alarm(earlier))
        alarm = standing_alarm(earlier)
        if alarm is not None:
            return ended(alarm)
        if request.mode is not Mode.SPOKEN_CODE:
            return refuse(Code.MODE_UNAVAILABLE)
        random_digits = await self._limits.random_digits()
        if isinstance(random_digits, Refusal):
            return random_digits
        return await self._draw(request, random_digits)

    async def extend(
        self, tenant: TenantId, call_ref: CallRef, by: timedelta
    ) -> PairingView | Refusal:
        """More time, once a pairing, at most the policy's extension.

        Refusals: `no_open_pairing`, `extended_before`, `try_again`.
        """
        more = min(by, self._deployment.policy.extension)
        for _ in range(TRIES):
            found = await self._pairings.by_call(tenant, call_ref)
            if not found or found[-1].status is not Status.PENDING:
                return refuse(Code.NO_OPEN_PAIRING)
            before = found[-1]
            if before.extended:
                return refuse(Code.EXTENDED_BEFORE)
            after = replace(
                before,
                extended=True,
                claim_by=before.claim_by + more,
                expires_at=before.expires_at + more,
            )
            news = news_of(after, self._deployment.now())
            answer = await self._pairings.change(before, after, news=news, record=None)
            if isinstance(answer, Pairing):
                return self._view(answer)
            if isinstance(answer, Lost) and answer.now.version == before.version:
                return refuse(Code.NO_OPEN_PAIRING)
        return refuse(Code.TRY_AGAIN)

    async def _draw(self, request: OpenRequest, random_digits: int) -> PairingView | Refusal:
        """Draw codes until one is free; a few tries are plenty even with 10,000 calls waiting."""
        drawn = base64.urlsafe_b64encode(self._deployment.random(PAIRING_ID_BYTES)).rstrip(b"=")
        pairing_id = PairingId(drawn.decode())
        attempt = 0
        for _ in range(locators.ATTEMPTS + TRIES):
            if attempt == locators.ATTEMPTS:
                break
            keys = self._deployment.keys
            code = locators.code_of(keys.code, pairing_id, attempt, random_digits)
            now = self._deployment.now()
            pairing = self._new(request, pairing_id, locators.locator_hash(keys.locator, code), now)
            answer = await self._pairings.open(
                pairing,
                not_reused_since=now - self._deployment.policy.code_not_reused,
                news=news_of(pairing, now),
            )
            if isinstance(answer, Opened):
                return await self._unless_alarmed(answer.pairing)
            if isinstance(answer, CallBusy):
                await self._ending.end(answer.pairing, Hint.CALLER_SKIPPED)
            else:
                attempt += 1
        return refuse(Code.TRY_AGAIN)

    def _new(
        self, request: OpenRequest, pairing_id: PairingId, locator_hash: bytes, now: datetime
    ) -> Pairing:
        policy = self._deployment.policy
        claim_within = min(request.claim_within or policy.claim_within, policy.claim_within)
        whole_check = min(request.whole_check or policy.whole_check, policy.whole_check)
        return Pairing(
            id=pairing_id,
            tenant=request.tenant,
            call=request.call,
            mode=request.mode,
            require=request.require,
            purpose=request.purpose,
            action=request.action,
            expect=request.expect,
            errand_key=request.errand_key,
            locator_hash=locator_hash,
            status=Status.PENDING,
            hint=Hint.AWAITING_APP,
            opened_at=now,
            claim_by=now + min(claim_within, whole_check),
            expires_at=now + whole_check,
        )

    async def _unless_alarmed(self, opened: Pairing) -> PairingView | Refusal:
        """The app may have declined while this one was being opened: then it ends at once.

        One look is enough, as this one could open only when the one before it was over.
        """
        alarm = standing_alarm(await self._pairings.by_call(opened.tenant, opened.call_ref))
        if alarm is None or opened.status is not Status.PENDING:
            return self._view(opened, alarm=alarm)
        await self._ending.end(opened, Hint.BY_SYSTEM)
        return ended(alarm)

    def _view(self, pairing: Pairing, *, alarm: Hint | None = None) -> PairingView:
        return phone_view(
            pairing,
            now=self._deployment.now(),
            policy=self._deployment.policy,
            code=spoken_code(self._deployment, pairing),
            alarm=alarm,
        )


def _check(request: OpenRequest) -> None:
    if not 0 < len(request.purpose) <= PURPOSE_MAX:
        raise ValueError(f"a purpose has 1 to {PURPOSE_MAX} characters")
    if not request.errand_key:
        raise ValueError("an errand key is needed")
