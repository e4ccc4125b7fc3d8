"""The phone side begins a check, and gives it more time."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder
from identity.pairing import locators
from identity.pairing.deployment import Deployment
from identity.pairing.limits import EntryLimits
from identity.pairing.model import (
    CallFacts,
    CallRef,
    ContractRef,
    Locator,
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
from identity.pairing.verbs.watching import link_token, spoken_code
from identity.pairing.views import PairingView, phone_view, standing_alarm
from identity.tenants.model import TenantId

PURPOSE_MAX: Final = 60
_OPENED_BY_CALL: Final = frozenset({Mode.SPOKEN_CODE, Mode.SMS_LINK})


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
        self,
        deployment: Deployment,
        pairings: Pairings,
        counters: Counters,
        ending: Ending,
        recorder: Recorder,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._limits = EntryLimits(counters, deployment.policy)
        self._ending = ending
        self._recorder = recorder

    async def open(self, request: OpenRequest) -> PairingView | Refusal:
        """Open a check for a call; again with the same errand key: the same pairing and locator.

        An open check of this call under another key ends as `caller_skipped` (a new code was
        asked for), unless this one is opened beside it. Refusals: the hint of an alarm that stands
        on this call; `mode_unavailable` (`app_dial` and `keyed_code` begin in the app),
        `codes_paused`, `try_again`. ValueError: a purpose that is empty or too long, or an
        operator's check without a reason.
        """
        _check(request)
        earlier = await self._pairings.by_call(request.tenant, request.call.call_ref)
        for pairing in earlier:
            if request.errand_key in _keys_of(pairing):
                return self._view(pairing, alarm=standing_alarm(earlier))
        alarm = None if request.started_by_operator else standing_alarm(earlier)
        if alarm is not None:
            return ended(alarm)
        if request.mode not in _OPENED_BY_CALL:
            return refuse(Code.MODE_UNAVAILABLE)
        spoken = request.mode is Mode.SPOKEN_CODE
        random_digits = await self._limits.random_digits() if spoken else 0
        if isinstance(random_digits, Refusal):
            return random_digits
        if request.beside and earlier and earlier[-1].mode in _OPENED_BY_CALL:
            beside = await self._beside(earlier[-1], request, random_digits)
            if beside is not None:
                return beside
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
                locators=tuple(
                    replace(one, claim_by=one.claim_by + more) for one in before.locators
                ),
                expires_at=before.expires_at + more,
            )
            news = news_of(after, self._deployment.now())
            answer = await self._pairings.change(before, after, news=news, record=None)
            if isinstance(answer, Pairing):
                return self._view(answer)
            if isinstance(answer, Lost) and answer.now.version == before.version:
                return refuse(Code.NO_OPEN_PAIRING)
        return refuse(Code.TRY_AGAIN)

    async def _beside(
        self, before: Pairing, request: OpenRequest, random_digits: int
    ) -> PairingView | Refusal | None:
        """One more locator of the same pairing. Claimed already: it is shown as it stands. None
        when it is over, and a pairing of its own is to be opened."""
        attempt = 0
        for _ in range(locators.ATTEMPTS + TRIES):
            if attempt == locators.ATTEMPTS:
                break
            if before.status is not Status.PENDING:
                return None
            if before.claimed_by is not None:
                return self._view(before)
            now = self._deployment.now()
            locator = self._locator(request, before.id, attempt, random_digits, now)
            after = replace(
                before,
                locators=(*before.locators, locator),
                claim_by=max(before.claim_by, locator.claim_by),
                expires_at=max(before.expires_at, now + self._whole_check(request)),
            )
            answer = await self._pairings.lead(
                before,
                after,
                locator=locator,
                not_reused_since=now - self._deployment.policy.code_not_reused,
                news=news_of(after, now),
                record=None,
            )
            if isinstance(answer, Pairing):
                return self._view(answer)
            if isinstance(answer, Lost):
                unchanged = answer.now.version == before.version
                before = await self._ending.expire(answer.now) if unchanged else answer.now
            else:
                attempt += 1
        return refuse(Code.TRY_AGAIN)

    async def _draw(self, request: OpenRequest, random_digits: int) -> PairingView | Refusal:
        """Draw codes until one is free; a few tries are plenty even with 10,000 calls waiting."""
        pairing_id = self._deployment.new_pairing_id()
        record = self._started(request, pairing_id) if request.started_by_operator else None
        attempt = 0
        for _ in range(locators.ATTEMPTS + TRIES):
            if attempt == locators.ATTEMPTS:
                break
            now = self._deployment.now()
            locator = self._locator(request, pairing_id, attempt, random_digits, now)
            pairing = self._new(request, pairing_id, locator, now)
            answer = await self._pairings.open(
                pairing,
                not_reused_since=now - self._deployment.policy.code_not_reused,
                news=news_of(pairing, now),
                record=record,
            )
            if isinstance(answer, Opened):
                return await self._unless_alarmed(answer.pairing)
            if isinstance(answer, CallBusy):
                await self._ending.end(answer.pairing, Hint.CALLER_SKIPPED)
            else:
                attempt += 1
        return refuse(Code.TRY_AGAIN)

    def _locator(
        self,
        request: OpenRequest,
        pairing_id: PairingId,
        attempt: int,
        random_digits: int,
        now: datetime,
    ) -> Locator:
        """A link lives as long as the policy says, also while the voice has gone on to a code."""
        keys, policy = self._deployment.keys, self._deployment.policy
        if request.mode is Mode.SMS_LINK:
            text = locators.link_token(keys.code, pairing_id)
            lives = policy.link_lives
        else:
            text = locators.code_of(keys.code, pairing_id, attempt, random_digits)
            lives = min(request.claim_within or policy.claim_within, policy.claim_within)
        return Locator(
            mode=request.mode,
            hash=locators.locator_hash(keys.locator, text, request.mode),
            claim_by=now + min(lives, self._whole_check(request)),
            errand_key=request.errand_key,
        )

    def _whole_check(self, request: OpenRequest) -> timedelta:
        longest = self._deployment.policy.whole_check
        return min(request.whole_check or longest, longest)

    def _new(
        self, request: OpenRequest, pairing_id: PairingId, locator: Locator, now: datetime
    ) -> Pairing:
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
            status=Status.PENDING,
            hint=Hint.AWAITING_APP,
            opened_at=now,
            claim_by=locator.claim_by,
            expires_at=now + self._whole_check(request),
            started_by_operator=request.started_by_operator,
            locators=(locator,),
        )

    def _started(self, request: OpenRequest, pairing_id: PairingId) -> SealedRecord:
        """Who began it and why: it lifts what an alarm has closed. The reason is kept sealed."""
        return self._recorder.record(
            self._deployment.tenants[request.tenant],
            Kind.OPERATOR_CHECK,
            at=self._deployment.now(),
            header={
                "pairing": pairing_id,
                "mode": request.mode.value,
                "actor": request.operator,
                "policy": self._deployment.policy.name,
            },
            result={"reason": request.reason},
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
            link=link_token(self._deployment, pairing),
            alarm=alarm,
        )


def _check(request: OpenRequest) -> None:
    if not 0 < len(request.purpose) <= PURPOSE_MAX:
        raise ValueError(f"a purpose has 1 to {PURPOSE_MAX} characters")
    if not request.errand_key:
        raise ValueError("an errand key is needed")
    if request.started_by_operator and not request.reason.strip():
        raise ValueError("an operator's check needs a reason")


def _keys_of(pairing: Pairing) -> set[str]:
    return {pairing.errand_key, *(locator.errand_key for locator in pairing.locators)}
