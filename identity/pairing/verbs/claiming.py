"""The app's steps up to the card: claim, confirm, choose, progress. Each may be repeated."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Final, TypeAlias

from identity.installations.model import Installation
from identity.pairing import locators, match_item, rules, statement
from identity.pairing.deployment import Deployment
from identity.pairing.limits import EntryLimits
from identity.pairing.model import (
    NOT_IN_A_CALL,
    CallState,
    Direction,
    InstallationId,
    MatchRound,
    Mode,
    Pairing,
    PairingId,
    news_of,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CallBusy, Closed, Counters, Lost, Pairings
from identity.pairing.refusals import Code, Refusal, ended, refuse
from identity.pairing.rules import Move
from identity.pairing.verbs.arriving import Arriving
from identity.pairing.verbs.ending import TRIES, Ending
from identity.pairing.verbs.watching import code_lengths
from identity.pairing.views import (
    AppView,
    ClaimView,
    DeskClaim,
    app_view,
    claim_view,
    desk_claim,
)


class Answer(Enum):
    """To: are you on the phone with this company now, and who called?"""

    I_CALLED = "i_called"
    THEY_CALLED = "they_called"
    NO_CALL = "no_call"


class Chosen(Enum):
    RIGHT = "right"


Decision: TypeAlias = Pairing | Hint | Refusal | Chosen
_FITS: Final = {Direction.CALLER: Answer.I_CALLED, Direction.BUSINESS: Answer.THEY_CALLED}
PROGRESS: Final = (Hint.AWAITING_PIN, Hint.AWAITING_CARD)


class Claiming:
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

    async def claim(
        self, installation: Installation, locator: str, call_state: CallState, *, address: str
    ) -> ClaimView | DeskClaim | Refusal:
        """One winner, ever, by code or link token. `address` is the sender's, for counting wrong
        codes only: a token cannot be guessed, and an old link opened again is nobody's attack.

        Refusals: `expired_or_unknown` (one answer for unknown, used, expired, claimed by
        another), `slow_down` with `retry_after`; `in_a_call` for the code of a desk, which stays
        good: nobody is talked through such a check on the phone.
        """
        clock = asyncio.get_running_loop().time
        not_before = clock() + self._deployment.policy.wrong_entry_takes.total_seconds()
        own = InstallationId(installation.id)
        token = locators.read_link(locator)
        if token:
            won = await self._win(own, self._hashed(token, Mode.SMS_LINK), call_state)
        else:
            async with self._limits.turn(installation, address) as too_often:
                if too_often is not None:
                    return too_often
                code = locators.read_code(locator, code_lengths(self._deployment.policy))
                won = await self._win(own, self._hashed(code, Mode.SPOKEN_CODE), call_state)
                if won is None:
                    await self._limits.wrong_entry(installation, address)
        if won is None:
            await asyncio.sleep(max(0.0, not_before - clock()))
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        if isinstance(won, Refusal):
            return won
        tenant = self._deployment.tenants[won.tenant]
        shown = desk_claim if won.desk is not None else claim_view
        return shown(won, tenant, self._deployment.policy)

    async def confirm(
        self, installation: Installation, pairing: PairingId, answer: Answer
    ) -> AppView | Refusal:
        """The direction question. An answer that does not fit the call ends with an alarm.

        Refusals: `user_declined_call`, `risk_blocked`, `out_of_order`, `expired_or_unknown`, or
        the hint with which the pairing has ended.
        """
        first_round = match_item.draw(self._deployment.random(match_item.RANDOM_BYTES))
        nonce = self._deployment.random(statement.NONCE_BYTES)

        def decide(now: Pairing) -> Decision:
            to = rules.step(now.mode, now.hint, Move.CONFIRM)
            if isinstance(to, Refusal):
                return to
            if to is now.hint:
                # Only the same answer is a repetition: a change of mind is not a consent.
                same = answer is _FITS[now.call.direction]
                return now if same else refuse(Code.OUT_OF_ORDER, hint=now.hint.value)
            if answer is not _FITS[now.call.direction]:
                return Hint.USER_DECLINED_CALL
            # The handset may lower, never raise: who called cannot be called.
            if now.call_state is CallState.INCOMING and answer is Answer.I_CALLED:
                return Hint.RISK_BLOCKED
            if to is Hint.AWAITING_PIN:  # a keyed code has no item
                return self._signable(replace(now, hint=to), nonce)
            return replace(now, hint=to, match=first_round)

        return await self._move(installation, pairing, decide)

    async def choose(
        self, installation: Installation, pairing: PairingId, round_number: int, choice: str
    ) -> AppView | Refusal:
        """Right: the view carries the statement, or, when the tap came before the call, the
        verdict (or its refusal as of a proof). Wrong once: a new round. Wrong again: alarm.

        Refusals: `wrong_choice`, `round_over`, `not_offered`, `out_of_order`,
        `expired_or_unknown`, or the hint with which the pairing has ended.
        """
        random = self._deployment.random(match_item.RANDOM_BYTES)
        nonce = self._deployment.random(statement.NONCE_BYTES)

        def decide(now: Pairing) -> Decision:
            tapped = now.mode is Mode.APP_DIAL
            if tapped and now.status is Status.COMPLETE and now.match is not None:
                return _repeated(now, now.match, round_number, choice)
            to = rules.step(now.mode, now.hint, Move.CHOOSE_AGAIN if tapped else Move.CHOOSE)
            if isinstance(to, Refusal):
                return to
            match = now.match
            assert match is not None  # every state from the choice on has a round
            chosen_before = to is now.hint and not tapped
            if round_number != match.number or chosen_before:
                return _repeated(now, match, round_number, choice)
            if choice not in match.offered:
                return refuse(Code.NOT_OFFERED)
            if _equal(choice, match.right):
                return Chosen.RIGHT if tapped else self._signable(replace(now, hint=to), nonce)
            if match.number >= self._deployment.policy.wrong_picks:
                return Hint.WRONG_CHOICE
            return replace(now, match=match_item.draw(random, match))

        return await self._move(installation, pairing, decide)

    async def progress(
        self, installation: Installation, pairing: PairingId, hint: Hint
    ) -> AppView | Refusal:
        """`awaiting_pin`, then `awaiting_card`; never backwards (ValueError for other hints)."""
        if hint not in PROGRESS:
            raise ValueError(f"not for the app to say: {hint.value}")

        def decide(now: Pairing) -> Decision:
            if hint is Hint.AWAITING_PIN and now.status is Status.PENDING:
                # Only the right choice leads to the PIN.
                there = rules.PATHS[now.mode].reached(now.hint, hint)
                return now if there else refuse(Code.OUT_OF_ORDER, hint=now.hint.value)
            to = rules.step(now.mode, now.hint, Move.HOLD_CARD)
            if isinstance(to, Refusal):
                return to
            return now if to is now.hint else replace(now, hint=to)

        return await self._move(installation, pairing, decide)

    def _hashed(self, text: str, mode: Mode) -> bytes:
        return locators.locator_hash(self._deployment.keys.locator, text, mode)

    async def _win(
        self, installation: InstallationId, hashed: bytes, call_state: CallState
    ) -> Pairing | Refusal | None:
        """The pairing, when this installation holds its claim now; looked at again when somebody
        else was first, who may only have given it more time. What is no locator at all has a hash
        that nothing has."""
        found = await self._pairings.by_locator(hashed)
        for _ in range(TRIES):
            if found is None or self._deployment.now() >= found.expires_at:
                return None
            if found.claimed_by is not None:
                return found if found.claimed_by == installation else None
            if found.desk is not None and call_state not in NOT_IN_A_CALL:
                return refuse(Code.IN_A_CALL)
            after = self._claimed_by(found, installation, hashed, call_state)
            if after is None:
                return None
            answer = await self._take(found, after)
            if isinstance(answer, Pairing):
                return answer
            before, found = found, await self._pairings.by_locator(hashed)
            overtaken = answer is None or found is None or found.version != before.version
            if not overtaken:
                return None  # too late by the database's clock, which is the one that counts
        return None

    async def _take(self, found: Pairing, after: Pairing) -> Pairing | Lost | None:
        """None when this installation had something else open without a call, which has ended
        now: the later one is meant."""
        news = news_of(after, self._deployment.now())
        if found.mode.of_a_call:
            answer = await self._pairings.change(found, after, news=news, record=None)
            return answer.pairing if isinstance(answer, Closed) else answer
        taken = await self._pairings.claim_at_desk(found, after, news=news)
        if not isinstance(taken, CallBusy):
            return taken
        await self._ending.end(taken.pairing, Hint.BY_SYSTEM)
        return None

    def _claimed_by(
        self, found: Pairing, installation: InstallationId, hashed: bytes, call_state: CallState
    ) -> Pairing | None:
        """As it is once claimed: opened and asked are one change, so that the question is on the
        screen with the reply. Its mode becomes that of the locator which was claimed. At a desk
        there is no question, and the statement comes at once."""
        used = next((one for one in found.locators if one.hash == hashed), None)
        late = used is None or self._deployment.now() >= used.claim_by
        to = _claimed(found)
        if used is None or late or isinstance(to, Refusal):
            return None
        claimed = replace(found, claimed_by=installation, call_state=call_state)
        if found.desk is not None:
            return self._signable_at_desk(replace(claimed, hint=to))
        return replace(claimed, hint=Hint.AWAITING_CALL_CONFIRM, mode=used.mode)

    async def _move(
        self,
        installation: Installation,
        pairing: PairingId,
        decide: Callable[[Pairing], Decision],
    ) -> AppView | Refusal:
        """Load, decide, save; again from the start when somebody else was first.

        `decide` gives the pairing as it should be (itself: a repetition), an end, a refusal, or
        the right choice that completes a tap made before the call.
        """
        before = await self._pairings.claimed(InstallationId(installation.id), pairing)
        if before is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        for _ in range(TRIES):
            if before.status is Status.PENDING and self._deployment.now() >= before.expires_at:
                return ended((await self._ending.expire(before)).hint)
            wanted = decide(before)
            if isinstance(wanted, Refusal):
                return wanted
            if isinstance(wanted, Chosen):
                return await self._arriving.chosen(before)
            if isinstance(wanted, Hint):
                return ended((await self._ending.end(before, wanted)).hint)
            if wanted is before:
                return app_view(before, self._deployment.policy)
            news = news_of(wanted, self._deployment.now())
            answer = await self._pairings.change(before, wanted, news=news, record=None)
            if isinstance(answer, Pairing):
                return app_view(answer, self._deployment.policy)
            latest = await self._pairings.claimed(InstallationId(installation.id), pairing)
            if latest is None:
                return refuse(Code.EXPIRED_OR_UNKNOWN)
            if latest.version == before.version and latest.status is Status.PENDING:
                # The database's clock is ahead of ours: its time is the one that counts.
                return ended((await self._ending.expire(latest)).hint)
            before = latest
        return refuse(Code.TRY_AGAIN)

    def _signable(self, pairing: Pairing, nonce: bytes) -> Pairing:
        policy = self._deployment.policy
        latest = pairing.expires_at
        if not pairing.extended:
            latest += policy.extension
        text = statement.for_call(
            pairing,
            self._deployment.tenants[pairing.tenant],
            aud=self._deployment.origin,
            nonce=nonce,
            now=self._deployment.now(),
            latest=latest,
        )
        return replace(pairing, statement=text)

    def _signable_at_desk(self, pairing: Pairing) -> Pairing:
        text = statement.for_desk(
            pairing,
            self._deployment.tenants[pairing.tenant],
            aud=self._deployment.origin,
            nonce=self._deployment.random(statement.NONCE_BYTES),
            now=self._deployment.now(),
        )
        return replace(pairing, statement=text)


def _claimed(pairing: Pairing) -> Hint | Refusal:
    return rules.step(pairing.mode, pairing.hint, Move.CLAIM)


def _repeated(now: Pairing, match: MatchRound, round_number: int, choice: str) -> Pairing | Refusal:
    """A round counts once. The last one repeated with its answer is answered alike."""
    if now.hint is Hint.AWAITING_CHOICE:
        return now if round_number == match.number - 1 else refuse(Code.ROUND_OVER)
    same = round_number == match.number and _equal(choice, match.right)
    return now if same else refuse(Code.ROUND_OVER)


def _equal(choice: str, right: str) -> bool:
    return hmac.compare_digest(choice.encode(), right.encode())
