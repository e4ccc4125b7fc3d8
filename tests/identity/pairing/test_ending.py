"""How a check ends without a verdict."""

import pytest

from identity.pairing.levels import Badge
from identity.pairing.model import CallRef
from identity.pairing.outcomes import AFTERWARDS, ALARMS, CANCELLED, Hint, Status, status_of
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.ending import APP_REASONS
from identity.pairing.views import AppView
from tests.identity.pairing.world import CARD, PERSON, TENANT, World

CALL = CallRef("call-1")


@pytest.mark.parametrize("reason", [hint for hint in Hint if hint in APP_REASONS])
async def test_the_app_gives_up(reason: Hint) -> None:
    world = World()
    view = await world.signable()
    for _ in range(2):
        ended = await world.ending.by_app(world.app(), view.pairing, reason)
        assert isinstance(ended, AppView)
        assert (ended.status, ended.hint, ended.statement) == (Status.FAILED, reason, None)
    seen = await world.watching.latest(TENANT.id, CALL)
    assert seen is not None
    assert seen.badge is Badge.GREY


async def test_the_app_cannot_undo_an_end() -> None:
    world = World()
    view = await world.signable()
    await world.ending.by_app(world.app(), view.pairing, Hint.PIN_BLOCKED)
    answer = await world.ending.by_app(world.app(), view.pairing, Hint.USER_CANCELLED)
    assert answer == Refusal(code="pin_blocked")


async def test_a_verdict_cannot_be_cancelled() -> None:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    row = await world.verified()
    answer = await world.ending.by_app(world.app(), row.id, Hint.USER_CANCELLED)
    assert answer == Refusal(code="verified")
    seen = await world.ending.by_phone_side(TENANT.id, CALL, Hint.CALLER_SKIPPED)
    assert seen is not None
    assert seen.badge is Badge.GREEN


async def test_about_a_pin_only_when_one_was_asked() -> None:
    world = World()
    opened = await world.opened()
    await world.claimed(opened.code)
    answer = await world.ending.by_app(world.app(), opened.pairing, Hint.PIN_BLOCKED)
    assert isinstance(answer, Refusal)
    assert answer.code == "out_of_order"


@pytest.mark.parametrize("hint", [h for h in Hint if h not in AFTERWARDS and h not in APP_REASONS])
async def test_no_other_words_from_the_app(hint: Hint) -> None:
    world = World()
    view = await world.signable()
    with pytest.raises(ValueError, match="not for the app"):
        await world.ending.by_app(world.app(), view.pairing, hint)


@pytest.mark.parametrize("hint", [hint for hint in Hint if hint in CANCELLED])
async def test_the_phone_side_ends_it(hint: Hint) -> None:
    world = World()
    await world.opened()
    view = await world.ending.by_phone_side(TENANT.id, CALL, hint)
    assert view is not None
    assert (view.status, view.hint, view.code) == (Status.CANCELLED, hint, "")


async def test_the_phone_side_ends_the_one_it_means_only() -> None:
    world = World()
    old = await world.opened()
    new = await world.opened(key="call-1:5:0")
    end = world.ending.by_phone_side
    seen = await end(TENANT.id, CALL, Hint.CALLER_SKIPPED, pairing=old.pairing)
    assert seen is not None
    assert (seen.pairing, seen.errand_key) == (new.pairing, "call-1:5:0")
    assert seen.status is Status.PENDING
    seen = await end(TENANT.id, CALL, Hint.CALLER_SKIPPED, pairing=new.pairing)
    assert seen is not None
    assert seen.status is Status.CANCELLED


async def test_the_phone_side_has_nothing_to_end() -> None:
    world = World()
    assert await world.ending.by_phone_side(TENANT.id, CALL, Hint.BY_SYSTEM) is None
    with pytest.raises(ValueError, match="not for the phone side"):
        await world.ending.by_phone_side(TENANT.id, CALL, Hint.VERIFIED)


@pytest.mark.parametrize("asked", [Hint.CODE_EXPIRED, Hint.SESSION_EXPIRED])
async def test_which_expiry_it_is_depends_on_the_claim(asked: Hint) -> None:
    world = World()
    await world.opened("call-1")
    claimed = await world.opened("call-2")
    await world.claimed(claimed.code)
    unclaimed = await world.ending.by_phone_side(TENANT.id, CALL, asked)
    other = await world.ending.by_phone_side(TENANT.id, CallRef("call-2"), asked)
    assert unclaimed is not None
    assert other is not None
    assert (unclaimed.hint, other.hint) == (Hint.CODE_EXPIRED, Hint.SESSION_EXPIRED)


async def test_what_is_overdue_ends() -> None:
    world = World()
    unclaimed, claimed = await world.opened("a"), await world.opened("b")
    await world.claimed(claimed.code)
    world.clock.pass_by(seconds=121)
    assert await world.overdue.settle(100) == 1
    assert world.row(unclaimed.pairing).hint is Hint.CODE_EXPIRED
    world.clock.pass_by(seconds=180)
    assert await world.overdue.settle(100) == 1
    assert world.row(claimed.pairing).hint is Hint.SESSION_EXPIRED
    assert await world.overdue.settle(100) == 0


async def test_hanging_up_ends_it_and_every_app_hears_so() -> None:
    world = World()
    view = await world.signable()
    for _ in range(2):
        await world.ending.call_ended(TENANT.id, CALL)
    seen = await world.watching.status(world.app(), view.pairing)
    assert isinstance(seen, AppView)
    assert (seen.hint, seen.statement) == (Hint.CALL_ENDED, None)
    ended = [news for news in world.pairings.news if news.hint is Hint.CALL_ENDED]
    assert len(ended) == 1


async def test_no_alarm_is_raised_by_plain_endings() -> None:
    world = World()
    view = await world.signable()
    await world.ending.by_app(world.app(), view.pairing, Hint.USER_CANCELLED)
    assert world.evidence.rows == []
    assert not {news.hint for news in world.pairings.news} & ALARMS
    assert status_of(Hint.USER_CANCELLED) is Status.FAILED
