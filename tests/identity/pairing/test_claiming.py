"""The app's steps: one winner, one answer for all wrong codes, alarms, repetitions."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from identity.contract_holders.hashes import phone_hash
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import (
    CallFacts,
    CallRef,
    CallState,
    Direction,
    InstallationId,
    Pairing,
    PairingId,
    news_of,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.policy import PairingPolicy
from identity.pairing.refusals import Refusal
from identity.pairing.statement import parse
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, ClaimView, DeskClaim
from tests.identity.evidence_archive.memory_evidence import MemoryEvidence
from tests.identity.jpki.synthetic import NOW
from tests.identity.pairing.memory_pairings import MemoryPairings
from tests.identity.pairing.world import LINE, TENANT, World

UNKNOWN = Refusal(code="expired_or_unknown")


async def _claim(
    world: World, code: str, app: str = "app-1", address: str = "192.0.2.1"
) -> ClaimView | DeskClaim | Refusal:
    return await world.claiming.claim(world.app(app), code, CallState.UNKNOWN, address=address)


async def test_the_claimer_sees_whose_call_it_is() -> None:
    world = World()
    opened = await world.opened()
    seen = await world.claimed(opened.code)
    assert (seen.business, seen.shown_number) == ("カザス保険", "03-1234-5678")
    assert (seen.dialled, seen.line_last4) == ("+81312345678", "5678")
    assert seen.require is IdentityLevel.ID_CARD_AUTH
    assert (seen.view.hint, seen.view.interval) == (Hint.AWAITING_CALL_CONFIRM, 2)
    assert seen.view.choice is None
    assert seen.view.statement is None


async def test_one_winner_and_the_winner_may_repeat() -> None:
    world = World()
    opened = await world.opened()
    first = await _claim(world, opened.code, "app-1")
    assert await _claim(world, opened.code, "app-1") == first
    assert await _claim(world, opened.code, "app-2") == UNKNOWN
    assert world.row(opened.pairing).claimed_by == "app-1"


class InBetween(MemoryPairings):
    """Something else happens to a pairing between a look at it by its code and the next change."""

    happens: Callable[[], Awaitable[object]] | None = None

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        found = await super().by_locator(locator_hash)
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return found


def _in_between() -> tuple[World, InBetween]:
    pairings = InBetween(lambda: world.clock.at, MemoryEvidence(), PairingPolicy().result_lives)
    world = World(pairings=pairings)
    return world, pairings


async def test_more_time_given_beside_the_claim_takes_nothing_from_it() -> None:
    world, pairings = _in_between()
    opened = await world.opened()
    pairings.happens = lambda: world.opening.extend(
        TENANT.id, CallRef("call-1"), timedelta(seconds=60)
    )
    assert isinstance(await _claim(world, opened.code), ClaimView)
    row = world.row(opened.pairing)
    assert (row.claimed_by, row.extended) == ("app-1", True)


def _claim_elsewhere(world: World, pairing: PairingId, app: str) -> Awaitable[object]:
    """At another process: here, one installation and one address claim one after another."""
    row = world.row(pairing)
    after = replace(row, hint=Hint.AWAITING_CALL_CONFIRM, claimed_by=InstallationId(app))
    return world.pairings.change(row, after, news=news_of(after, world.clock()), record=None)


async def test_claimed_by_somebody_else_in_between() -> None:
    world, pairings = _in_between()
    opened = await world.opened()
    pairings.happens = lambda: _claim_elsewhere(world, opened.pairing, "app-2")
    assert await _claim(world, opened.code, "app-1") == UNKNOWN
    assert world.row(opened.pairing).claimed_by == "app-2"


async def test_claimed_by_the_same_app_in_between() -> None:
    world, pairings = _in_between()
    opened = await world.opened()
    pairings.happens = lambda: _claim_elsewhere(world, opened.pairing, "app-1")
    assert isinstance(await _claim(world, opened.code), ClaimView)


async def test_the_call_ends_in_between() -> None:
    world, pairings = _in_between()
    opened = await world.opened()
    pairings.happens = lambda: world.ending.call_ended(TENANT.id, CallRef("call-1"))
    assert await _claim(world, opened.code) == UNKNOWN


async def test_one_answer_for_unknown_used_expired_and_claimed_by_another() -> None:
    world = World()
    answers = [await _claim(world, "57200004", "a"), await _claim(world, "nonsense", "b")]
    mistyped = (await world.opened("zero")).code[:-1]
    answers.append(await _claim(world, mistyped, "c"))
    claimed = await world.opened("one")
    await world.claimed(claimed.code, "winner")
    answers.append(await _claim(world, claimed.code, "d"))
    used = await world.opened("two")
    await world.ending.call_ended(TENANT.id, CallRef("two"))
    answers.append(await _claim(world, used.code, "e"))
    expired = await world.opened("three")
    world.clock.pass_by(seconds=121)
    answers.append(await _claim(world, expired.code, "f"))
    assert answers == [UNKNOWN] * 6
    # Each of them counts, so that none can be told from another by the limits either.
    for app in "abcdef":
        key = f"wrong_entry:installation:{app}"
        assert await world.counters.count(key, window_seconds=600) == 1


async def test_too_late_by_the_databases_clock() -> None:
    world = World()
    opened = await world.opened()
    world.database_clock.pass_by(seconds=121)
    assert await _claim(world, opened.code) == UNKNOWN


async def test_five_wrong_entries_and_the_right_one_has_to_wait() -> None:
    world = World()
    opened = await world.opened()
    for _ in range(5):
        assert await _claim(world, "00000000") == UNKNOWN
    slow = await _claim(world, opened.code)
    assert slow == Refusal(code="slow_down", facts={"retry_after": 600})
    assert isinstance(await _claim(world, opened.code, "app-2"), ClaimView)  # not held up
    world.clock.pass_by(minutes=10, seconds=1)
    late = await world.opened("later")
    assert isinstance(await _claim(world, late.code), ClaimView)


async def test_right_entries_do_not_count() -> None:
    world = World()
    for number in range(12):
        opened = await world.opened(f"call-{number}")
        assert isinstance(await _claim(world, opened.code), ClaimView)


async def test_twenty_per_address_for_installations_that_never_proved() -> None:
    world = World()
    opened = await world.opened()
    for number in range(20):
        await _claim(world, "00000000", f"new-{number}")
    slow = await _claim(world, opened.code, "new-21")
    assert isinstance(slow, Refusal)
    assert slow.code == "slow_down"
    proved = replace(world.app("known"), ever_proved=True)
    answer = await world.claiming.claim(proved, opened.code, CallState.UNKNOWN, address="192.0.2.1")
    assert isinstance(answer, ClaimView)


async def _asked(world: World, state: CallState = CallState.OUTGOING) -> ClaimView:
    opened = await world.opened()
    return await world.claimed(opened.code, state=state)


@pytest.mark.parametrize("answer", [Answer.THEY_CALLED, Answer.NO_CALL])
async def test_declining_is_an_alarm_with_evidence(answer: Answer) -> None:
    world = World()
    asked = await _asked(world)
    for _ in range(2):
        refused = await world.claiming.confirm(world.app(), asked.view.pairing, answer)
        assert refused == Refusal(code="user_declined_call")
    assert len(world.evidence.rows) == 1
    assert world.evidence.rows[0].record.header["hint"] == "user_declined_call"
    assert await world.line_warnings.warned(TENANT.id, phone_hash(TENANT, LINE))


@pytest.mark.parametrize("state", CallState)
async def test_the_handset_only_lowers(state: CallState) -> None:
    world = World()
    asked = await _asked(world, state)
    answer = await world.claiming.confirm(world.app(), asked.view.pairing, Answer.I_CALLED)
    if state is CallState.INCOMING:
        assert answer == Refusal(code="risk_blocked")
    else:
        assert isinstance(answer, AppView)


@pytest.mark.parametrize("answer", Answer)
async def test_when_the_business_calls_the_fitting_answer_is_the_other_one(answer: Answer) -> None:
    world = World()
    call = CallFacts(
        call_ref=CallRef("call-1"),
        dialled="+819012345678",
        line=LINE,
        started_at=NOW,
        direction=Direction.BUSINESS,
    )
    request = replace(world.request(), call=call)
    opened = await world.opening.open(request)
    assert not isinstance(opened, Refusal)
    await world.claimed(opened.code, state=CallState.INCOMING)
    said = await world.claiming.confirm(world.app(), opened.pairing, answer)
    assert isinstance(said, AppView) is (answer is Answer.THEY_CALLED)


async def test_the_app_never_learns_which_is_right_and_the_call_speaks_it() -> None:
    world = World()
    asked = await _asked(world)
    view = await world.claiming.confirm(world.app(), asked.view.pairing, Answer.I_CALLED)
    assert isinstance(view, AppView)
    assert view.choice is not None
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert seen.item in view.choice.offered
    again = await world.claiming.confirm(world.app(), asked.view.pairing, Answer.I_CALLED)
    assert again == view


async def test_a_wrong_pick_gets_one_new_round_then_an_alarm() -> None:
    world = World()
    asked = await _asked(world)
    pairing = asked.view.pairing
    first = await world.claiming.confirm(world.app(), pairing, Answer.I_CALLED)
    assert isinstance(first, AppView)
    assert first.choice is not None
    old = world.row(pairing).match
    assert old is not None
    wrong = next(number for number in old.offered if number != old.right)
    second = await world.claiming.choose(world.app(), pairing, 1, wrong)
    assert isinstance(second, AppView)
    assert second.choice is not None
    assert second.choice.round == 2
    # The round counts once: the request repeated, or tried again otherwise, is answered alike.
    for choice in (wrong, old.right):
        assert await world.claiming.choose(world.app(), pairing, 1, choice) == second
    answer = await world.chosen(pairing, right=False)
    assert answer == Refusal(code="wrong_choice")
    assert world.row(pairing).status is Status.FAILED
    assert len(world.evidence.rows) == 1


async def test_the_right_pick_of_the_second_round_signs_the_second_item() -> None:
    world = World()
    asked = await _asked(world)
    pairing = asked.view.pairing
    await world.claiming.confirm(world.app(), pairing, Answer.I_CALLED)
    await world.chosen(pairing, right=False)
    view = await world.chosen(pairing)
    assert isinstance(view, AppView)
    match = world.row(pairing).match
    assert view.statement is not None
    assert match is not None
    assert parse(view.statement).match == match.right
    assert view.choice is None


async def test_a_right_pick_repeated_gives_the_same_statement_and_another_pick_none() -> None:
    world = World()
    view = await world.signable()
    match = world.row(view.pairing).match
    assert match is not None
    again = await world.claiming.choose(world.app(), view.pairing, 1, match.right)
    assert again == view
    for number, choice in ((1, "00"), (2, match.right), (0, match.right), (1, "二十")):
        answer = await world.claiming.choose(world.app(), view.pairing, number, choice)
        assert answer == Refusal(code="round_over")


async def test_a_number_that_was_not_offered_costs_nothing() -> None:
    world = World()
    asked = await _asked(world)
    await world.claiming.confirm(world.app(), asked.view.pairing, Answer.I_CALLED)
    answer = await world.claiming.choose(world.app(), asked.view.pairing, 1, "00")
    assert answer == Refusal(code="not_offered")
    assert isinstance(await world.chosen(asked.view.pairing), AppView)


async def test_steps_do_not_come_early() -> None:
    world = World()
    asked = await _asked(world)
    pairing = asked.view.pairing
    early = Refusal(code="out_of_order", facts={"hint": "awaiting_call_confirm"})
    assert await world.claiming.choose(world.app(), pairing, 1, "23") == early
    for hint in (Hint.AWAITING_PIN, Hint.AWAITING_CARD):
        assert await world.claiming.progress(world.app(), pairing, hint) == early
    await world.claiming.confirm(world.app(), pairing, Answer.I_CALLED)
    still = await world.claiming.progress(world.app(), pairing, Hint.AWAITING_PIN)
    assert still == Refusal(code="out_of_order", facts={"hint": "awaiting_choice"})


async def test_progress_goes_forward_only() -> None:
    world = World()
    view = await world.signable()
    for hint in (Hint.AWAITING_PIN, Hint.AWAITING_CARD, Hint.AWAITING_PIN):
        answer = await world.claiming.progress(world.app(), view.pairing, hint)
        assert isinstance(answer, AppView)
    assert world.row(view.pairing).hint is Hint.AWAITING_CARD
    with pytest.raises(ValueError, match="not for the app"):
        await world.claiming.progress(world.app(), view.pairing, Hint.VERIFIED)


async def test_nobody_else_may_touch_it() -> None:
    world = World()
    view = await world.signable()
    other, pairing = world.app("app-2"), view.pairing
    assert [
        await world.claiming.confirm(other, pairing, Answer.NO_CALL),
        await world.claiming.choose(other, pairing, 1, "23"),
        await world.claiming.progress(other, pairing, Hint.AWAITING_CARD),
        await world.ending.by_app(other, pairing, Hint.USER_CANCELLED),
        await world.watching.status(other, pairing),
    ] == [UNKNOWN] * 5
    assert world.row(pairing).status is Status.PENDING


@pytest.mark.parametrize("ahead", ["ours", "the database's"])
async def test_time_runs_out_between_steps(ahead: str) -> None:
    world = World()
    asked = await _asked(world)
    clock = world.clock if ahead == "ours" else world.database_clock
    clock.pass_by(seconds=301)
    answer = await world.claiming.confirm(world.app(), asked.view.pairing, Answer.I_CALLED)
    assert answer == Refusal(code="session_expired")
    assert world.row(asked.view.pairing).hint is Hint.SESSION_EXPIRED


async def test_the_signed_expiry_is_the_last_moment_even_when_time_is_extended() -> None:
    world = World()
    view = await world.signable()
    assert view.statement is not None
    more = await world.opening.extend(TENANT.id, CallRef("call-1"), timedelta(seconds=120))
    assert not isinstance(more, Refusal)
    assert parse(view.statement).expires_at == more.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
