"""A caller's tones bring a dial ticket or a keyed code: the call meets its pairing.

What the card proved before the call is looked at again, whole, when the call is there: revocation,
expiry and contracts are those of now, and only now is there a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, auto

from identity.pairing import locators, match_item, rules
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel
from identity.pairing.limits import EntryLimits
from identity.pairing.model import (
    NO_CALL,
    CallFacts,
    CallState,
    ContractRef,
    Mode,
    Pairing,
    Requirement,
    news_of,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import CallBusy, Counters, Lost, Pairings
from identity.pairing.proofs.findings import Failed, Passed
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.rules import Move
from identity.pairing.verbs.closing import Closing
from identity.pairing.verbs.ending import TRIES, Ending
from identity.pairing.verbs.examining import Examining
from identity.pairing.verbs.watching import code_lengths
from identity.pairing.views import AppView, PairingView, phone_view, standing_alarm
from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRequest:
    """Digits that came with a call, and what the flow requires. `digits` as they were keyed."""

    tenant: TenantId
    call: CallFacts
    mode: Mode
    digits: str = field(repr=False)
    require: Requirement
    errand_key: str
    purpose: str
    action: str = ""
    expect: ContractRef | None = None
    whole_check: timedelta | None = None


class Fit(Enum):
    """The installation's own call report against the call that brought its ticket."""

    FITS = auto()
    AWAITED = auto()
    MISFITS = auto()
    BLOCKS = auto()


class Arriving:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        counters: Counters,
        examining: Examining,
        ending: Ending,
        closing: Closing,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._limits = EntryLimits(counters, deployment.policy)
        self._examining = examining
        self._ending = ending
        self._closing = closing

    async def arrive(self, request: ArrivalRequest) -> PairingView | Refusal:
        """The pairing that the digits lead to, tied to this call; again with the same errand key:
        the same. It may be over already (a verdict, or a hint of why not).

        A good ticket that arrives on a second call ends both as `superseded`. Refusals:
        `no_ticket`, the hint of an alarm that stands on this call, `try_again`.
        """
        for _ in range(TRIES):
            earlier = await self._pairings.by_call(request.tenant, request.call.call_ref)
            for pairing in earlier:
                if pairing.errand_key == request.errand_key:
                    return await self._seen(await self.judge(pairing))
            alarm = standing_alarm(earlier)
            if alarm is not None:
                return ended(alarm)
            led = await self._led(request)
            if led is None:
                await self._count_guess(request)
                return refuse(Code.NO_TICKET)
            if led.call_ref == request.call.call_ref:
                return await self._seen(await self.judge(led))
            if led.call_ref != NO_CALL:
                answer = await self._twice(led, request, earlier)
            else:
                answer = await self._meet(led, request, earlier)
            if answer is not None:
                return await self._seen(answer) if isinstance(answer, Pairing) else answer
        return refuse(Code.TRY_AGAIN)

    async def report_over(self, pairing: Pairing) -> Pairing:
        """The time for the installation's report is over: the choice of three is asked instead."""
        return await self.judge(pairing, over=True)

    async def judge(self, pairing: Pairing, *, over: bool = False) -> Pairing:
        """What the ticket's call amounts to, with what is reported so far; returns the pairing as
        it is then. Nothing happens to one that does not wait for a report.
        """
        waits = pairing.status is Status.PENDING and pairing.call_ref != NO_CALL
        if pairing.mode is not Mode.APP_DIAL or not waits:
            return pairing
        fit = fit_of(pairing, self._deployment.policy)
        if fit is Fit.BLOCKS:
            # The handset may lower at any time: this call was not made from it.
            return await self._ending.end(pairing, Hint.RISK_BLOCKED)
        if pairing.hint is not Hint.MATCHING_CONTRACT:
            return pairing
        if fit is Fit.AWAITED and over:
            fit = Fit.MISFITS
        await self._weigh(pairing, fit)
        return await self._again(pairing)

    async def chosen(self, pairing: Pairing) -> AppView | Refusal:
        """The right item was picked: the verdict, after another fresh look at the card."""
        proof = await self._examine(pairing, BindingLevel.BIND_CHOICE)
        if isinstance(proof, Refusal):
            return proof
        if isinstance(proof, Failed):
            return await self._closing.fail(pairing, proof)
        return await self._closing.complete(pairing, proof)

    async def _weigh(self, pairing: Pairing, fit: Fit) -> None:
        if fit is Fit.FITS:
            proof = await self._examine(pairing, BindingLevel.BIND_DEVICE)
        else:
            within = BindingLevel.BIND_DEVICE if fit is Fit.AWAITED else BindingLevel.BIND_CHOICE
            proof = await self._examine(pairing, BindingLevel.BIND_NONE, within_reach=within)
        if isinstance(proof, Failed):
            await self._closing.fail(pairing, proof)
        elif isinstance(proof, Passed) and fit is Fit.FITS:
            await self._closing.complete(pairing, proof)
        elif isinstance(proof, Passed) and fit is Fit.MISFITS:
            await self._ask_choice(pairing)

    async def _examine(
        self, pairing: Pairing, binding: BindingLevel, within_reach: BindingLevel | None = None
    ) -> Passed | Failed | Refusal:
        assert pairing.tap is not None  # kept until the end, and this one is pending
        return await self._examining.examine(
            pairing,
            pairing.tap,
            binding=binding,
            within_reach=within_reach,
            at=self._deployment.now(),
        )

    async def _ask_choice(self, pairing: Pairing) -> None:
        """Lost means that somebody else has moved it on already."""
        to = rules.step(pairing.mode, pairing.hint, Move.ASK_CHOICE)
        assert isinstance(to, Hint)  # asked of one that waits for its report
        item = match_item.draw(self._deployment.random(match_item.RANDOM_BYTES))
        after = replace(pairing, hint=to, match=item, step_by=None)
        news = news_of(after, self._deployment.now())
        await self._pairings.change(pairing, after, news=news, record=None)

    async def _led(self, request: ArrivalRequest) -> Pairing | None:
        """What the digits lead to, if they may be redeemed by a call with this number."""
        ticket, now = request.mode is Mode.APP_DIAL, self._deployment.now()
        digits = self._read(request)
        hashed = locators.locator_hash(self._deployment.keys.locator, digits, request.mode)
        found = await self._pairings.by_ticket(hashed)
        if not digits or found is None:
            return None
        fits = (found.tenant, found.mode, found.call.dialled) == (
            request.tenant,
            request.mode,
            request.call.dialled,
        )
        # A tap for an action names it; a ticket's statement was made before anybody asked for one.
        if not fits or (ticket and request.action):
            return None
        if found.call_ref == request.call.call_ref:
            return found
        if found.call_ref != NO_CALL:
            return found if ticket else None
        waiting = found.hint in (Hint.AWAITING_DIAL, Hint.AWAITING_APP)
        in_time = found.step_by is not None and now < found.step_by
        return found if waiting and in_time else None

    def _read(self, request: ArrivalRequest) -> str:
        """The digits, "" when they cannot be what the mode waits for."""
        policy = self._deployment.policy
        ticket = request.mode is Mode.APP_DIAL
        lengths = (policy.ticket_random_digits,) if ticket else code_lengths(policy)
        return locators.read_code(request.digits, lengths)

    async def _count_guess(self, request: ArrivalRequest) -> None:
        """A slip of the finger fails its check digit and counts nothing, as in the app. Tickets
        are not counted: ten random digits that live a minute are no field to search."""
        if request.mode is Mode.KEYED_CODE and self._read(request):
            await self._limits.wrong_keys()

    async def _twice(
        self, led: Pairing, request: ArrivalRequest, earlier: Sequence[Pairing]
    ) -> Pairing | Refusal | None:
        """A ticket that another call has brought. None: it has changed meanwhile, look again."""
        if isinstance(rules.end(led.mode, led.hint, Hint.SUPERSEDED), Refusal):
            return refuse(Code.NO_TICKET)
        second = self._second(led, request)
        if await self._closing.end_both(led, second):
            await self._skip(earlier)
            return second
        again = await self._again(led)
        return refuse(Code.NO_TICKET) if again.version == led.version else None

    async def _meet(
        self, led: Pairing, request: ArrivalRequest, earlier: Sequence[Pairing]
    ) -> Pairing | Refusal | None:
        """Tie the two together. None: somebody else was first, look again."""
        await self._skip(earlier)
        after = self._arrived(led, request)
        news = news_of(after, self._deployment.now())
        answer = await self._pairings.arrive(led, after, news=news)
        if isinstance(answer, CallBusy):
            await self._skip([answer.pairing])
            return None
        if isinstance(answer, Lost):
            # Unchanged and yet lost: its time is over by the database's clock.
            return refuse(Code.NO_TICKET) if answer.now.version == led.version else None
        return await self.judge(answer)

    async def _skip(self, earlier: Sequence[Pairing]) -> None:
        """What else is open on this call gives way; what is over stays as it is."""
        for pairing in earlier:
            await self._ending.end(pairing, Hint.CALLER_SKIPPED)

    def _arrived(self, led: Pairing, request: ArrivalRequest) -> Pairing:
        to = rules.step(led.mode, led.hint, Move.ARRIVE)
        assert isinstance(to, Hint)  # `_led` gives only what waits
        policy, now = self._deployment.policy, self._deployment.now()
        met = replace(
            led,
            call=request.call,
            hint=to,
            require=request.require,
            expect=request.expect,
            errand_key=request.errand_key,
            arrived_at=now,
            expires_at=now + min(request.whole_check or policy.whole_check, policy.whole_check),
            step_by=None,
        )
        if led.mode is Mode.KEYED_CODE:
            # Nothing is signed yet: what the flow asks for will stand in the statement.
            return replace(met, purpose=request.purpose, action=request.action)
        return replace(met, step_by=now + policy.report_within)

    def _second(self, first: Pairing, request: ArrivalRequest) -> Pairing:
        """The check of a second call that brought the same ticket: over before it began."""
        now = self._deployment.now()
        return Pairing(
            id=self._deployment.new_pairing_id(),
            tenant=request.tenant,
            call=request.call,
            mode=request.mode,
            require=request.require,
            purpose=first.purpose,
            action="",
            expect=request.expect,
            errand_key=request.errand_key,
            status=Status.FAILED,
            hint=Hint.SUPERSEDED,
            opened_at=now,
            claim_by=now,
            expires_at=now,
            arrived_at=now,
            ended_at=now,
        )

    async def _again(self, pairing: Pairing) -> Pairing:
        found = await self._pairings.by_id(pairing.tenant, pairing.id)
        assert found is not None  # pairings are never deleted
        return found

    async def _seen(self, pairing: Pairing) -> PairingView:
        found = await self._pairings.by_call(pairing.tenant, pairing.call_ref)
        return phone_view(
            pairing,
            now=self._deployment.now(),
            policy=self._deployment.policy,
            alarm=standing_alarm(found),
        )


def fit_of(pairing: Pairing, policy: PairingPolicy) -> Fit:
    """Own call: outgoing, begun after the ticket was issued, no other before or beside it,
    connected when we answered. One that only rings yet is awaited."""
    report = pairing.report
    if report is None:
        return Fit.AWAITED
    if report.call_state is CallState.INCOMING:
        return Fit.BLOCKS
    if report.call_state is not CallState.OUTGOING or report.other_calls:
        return Fit.MISFITS
    if pairing.ticket_at is None or report.begun_at < pairing.ticket_at:
        return Fit.MISFITS
    if report.connected_at is None:
        return Fit.AWAITED
    apart: timedelta = abs(report.connected_at - pairing.call.started_at)
    return Fit.FITS if apart <= policy.connected_within else Fit.MISFITS
