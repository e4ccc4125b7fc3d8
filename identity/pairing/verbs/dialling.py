"""The app begins: a tap before the call, or a code for the caller to key."""

from dataclasses import replace
from datetime import datetime

from identity.installations.model import Installation
from identity.pairing import locators, statement
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.limits import EntryLimits
from identity.pairing.model import (
    NO_CALL,
    NOT_IN_A_CALL,
    CallFacts,
    CallReport,
    CallState,
    InstallationId,
    Locator,
    Mode,
    Pairing,
    PairingId,
    ReportedCall,
    Requirement,
    news_of,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CallBusy, Closed, Counters, Lost, Opened, Pairings
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.verbs.arriving import Arriving
from identity.pairing.verbs.ending import TRIES, Ending
from identity.pairing.verbs.watching import shown_to_app
from identity.pairing.views import AppView
from identity.tenants.model import Business

_FIRST = {Mode.APP_DIAL: Hint.AWAITING_PIN, Mode.KEYED_CODE: Hint.AWAITING_APP}
_TICKET_GIVEN = frozenset({Hint.AWAITING_DIAL, Hint.MATCHING_CONTRACT, Hint.AWAITING_CHOICE})


class Dialling:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        counters: Counters,
        ending: Ending,
        arriving: Arriving,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._limits = EntryLimits(counters, deployment.policy)
        self._ending = ending
        self._arriving = arriving

    async def begin(
        self,
        installation: Installation,
        *,
        business: str,
        purpose: str,
        call_state: CallState,
        mode: Mode = Mode.APP_DIAL,
    ) -> AppView | Refusal:
        """A pairing that has no call yet. `business` is the number (E.164) that will be called.

        `app_dial`: the view carries the statement; the ticket comes with the accepted proof.
        `keyed_code`: the view carries the `code` for the caller to key. The same request repeated
        soon gives the same pairing; an earlier one that still waits ends as `by_system`.

        Refusals: `in_a_call`, `expired_or_unknown` (no such business or purpose),
        `mode_unavailable`, `codes_paused`, `try_again`. ValueError for another mode.
        """
        if mode not in _FIRST:
            raise ValueError(f"not for the app to begin: {mode.value}")
        called = self._deployment.businesses.get(business)
        words = called.purposes.get(purpose) if called else None
        if called is None or words is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        if mode is Mode.KEYED_CODE and not self._deployment.policy.keyed_code:
            return refuse(Code.MODE_UNAVAILABLE)
        early = mode is Mode.APP_DIAL and call_state not in NOT_IN_A_CALL
        if early or call_state is CallState.INCOMING:
            return refuse(Code.IN_A_CALL)
        random_digits = await self._limits.random_digits() if mode is Mode.KEYED_CODE else 0
        if isinstance(random_digits, Refusal):
            return random_digits
        fresh = self._new(installation, called, business, words, call_state, mode)
        return await self._open(fresh, random_digits)

    async def report(
        self, installation: Installation, pairing: PairingId, report: CallReport
    ) -> AppView | Refusal:
        """The installation's own call, for a dial ticket: fits, blocks, or leads to the choice.

        Refusals: `out_of_order` (not a dial ticket, or none given yet), `expired_or_unknown`, or
        the hint with which the pairing has ended.
        """
        for _ in range(TRIES):
            now = self._deployment.now()
            before = await self._pairings.claimed(InstallationId(installation.id), pairing)
            if before is None:
                return refuse(Code.EXPIRED_OR_UNKNOWN)
            if before.status is not Status.PENDING:
                return self._told(before)
            if before.mode is not Mode.APP_DIAL or before.hint not in _TICKET_GIVEN:
                return refuse(Code.OUT_OF_ORDER, hint=before.hint.value)
            if now >= before.expires_at:
                return self._told(await self._ending.expire(before))
            late = await self._too_late(before, report, now)
            if late is not None:
                return self._told(late)
            after = replace(before, report=by_our_clock(before.report, report, now))
            answer = await self._pairings.change(
                before, after, news=news_of(after, now), record=None
            )
            if isinstance(answer, Lost):
                if answer.now.version == before.version:
                    return self._told(await self._ending.expire(before))
                continue
            saved = answer.pairing if isinstance(answer, Closed) else answer
            # Before its call is there a report only waits: an alarm must have a call to stand on.
            if saved.hint is Hint.AWAITING_DIAL:
                return self._told(saved)
            return self._told(await self._arriving.judge(saved))
        return refuse(Code.TRY_AGAIN)

    async def _too_late(self, before: Pairing, report: CallReport, now: datetime) -> Pairing | None:
        """What a late report finds, which raises nothing any more; it may still lower."""
        if report.call_state is CallState.INCOMING or before.hint is Hint.AWAITING_DIAL:
            return None
        if before.hint is Hint.MATCHING_CONTRACT:
            over = before.step_by is None or now >= before.step_by
            return await self._arriving.report_over(before) if over else None
        return before

    async def _open(self, fresh: Pairing, random_digits: int) -> AppView | Refusal:
        attempt = 0
        for _ in range(locators.ATTEMPTS + TRIES):
            if attempt == locators.ATTEMPTS:
                break
            pairing = self._with_code(fresh, attempt, random_digits) if random_digits else fresh
            answer = await self._pairings.open(
                pairing,
                not_reused_since=pairing.opened_at - self._deployment.policy.code_not_reused,
                news=news_of(pairing, pairing.opened_at),
            )
            if isinstance(answer, Opened):
                return self._told(answer.pairing)
            if isinstance(answer, CallBusy):
                if _repeats(pairing, answer.pairing):
                    return self._told(answer.pairing)
                await self._ending.end(answer.pairing, Hint.BY_SYSTEM)
            else:
                attempt += 1
        return refuse(Code.TRY_AGAIN)

    def _new(
        self,
        installation: Installation,
        called: Business,
        number: str,
        purpose: str,
        call_state: CallState,
        mode: Mode,
    ) -> Pairing:
        policy, now = self._deployment.policy, self._deployment.now()
        pairing_id = self._deployment.new_pairing_id()
        pairing = Pairing(
            id=pairing_id,
            tenant=called.tenant,
            call=CallFacts(call_ref=NO_CALL, dialled=number, line="", started_at=now),
            mode=mode,
            require=Requirement(
                identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_NONE
            ),
            purpose=purpose,
            action="",
            expect=None,
            errand_key=f"begun:{pairing_id}",
            status=Status.PENDING,
            hint=_FIRST[mode],
            opened_at=now,
            claim_by=now + policy.claim_within,
            expires_at=now + policy.whole_check,
            claimed_by=InstallationId(installation.id),
            call_state=call_state,
        )
        early = mode is Mode.APP_DIAL
        return replace(pairing, statement=self._statement(pairing)) if early else pairing

    def _statement(self, pairing: Pairing) -> bytes:
        """Its expiry is the last moment at which a call that it brought can be judged."""
        policy = self._deployment.policy
        latest = pairing.expires_at + policy.ticket_lives + policy.whole_check + policy.extension
        return statement.for_dial(
            pairing,
            self._deployment.tenants[pairing.tenant],
            aud=self._deployment.origin,
            nonce=self._deployment.random(statement.NONCE_BYTES),
            now=pairing.opened_at,
            latest=latest,
        )

    def _with_code(self, pairing: Pairing, attempt: int, random_digits: int) -> Pairing:
        keys, mode = self._deployment.keys, Mode.KEYED_CODE
        code = locators.code_of(keys.code, pairing.id, attempt, random_digits, mode)
        locator = Locator(
            mode=mode,
            hash=locators.locator_hash(keys.locator, code, mode),
            claim_by=pairing.claim_by,
        )
        return replace(pairing, locators=(locator,), step_by=pairing.claim_by)

    def _told(self, pairing: Pairing) -> AppView | Refusal:
        over = pairing.status in (Status.FAILED, Status.CANCELLED)
        return ended(pairing.hint) if over else shown_to_app(self._deployment, pairing)


def by_our_clock(earlier: ReportedCall | None, report: CallReport, now: datetime) -> ReportedCall:
    """What lowers stays: an incoming call, other calls, an earlier beginning."""
    state, begun_at, others = report.call_state, now - report.begun_ago, report.other_calls
    if earlier is not None:
        state = CallState.INCOMING if earlier.call_state is CallState.INCOMING else state
        begun_at = min(begun_at, earlier.begun_at)
        others = others or earlier.other_calls
    return ReportedCall(
        call_state=state,
        begun_at=begun_at,
        connected_at=None if report.connected_ago is None else now - report.connected_ago,
        other_calls=others,
    )


def _repeats(wanted: Pairing, standing: Pairing) -> bool:
    """The same request again, while nothing has been done with the first answer."""
    same = (wanted.tenant, wanted.mode, wanted.call.dialled, wanted.purpose, wanted.call_state) == (
        standing.tenant,
        standing.mode,
        standing.call.dialled,
        standing.purpose,
        standing.call_state,
    )
    return same and standing.hint is wanted.hint and wanted.opened_at < standing.claim_by
