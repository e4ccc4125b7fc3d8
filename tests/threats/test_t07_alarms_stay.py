"""T7, T11: an alarm keeps its call red, whatever happens at the same moment or afterwards."""

from dataclasses import replace
from typing import Any

import pytest

from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import CallRef, Requirement
from identity.pairing.outcomes import ALARMS, Hint, Status, status_of
from identity.pairing.ports import CallBusy, LocatorTaken, Opened
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, PairingView
from ivr.flow_engine.events import IdentityRefused, IdentityRepudiated
from ivr.flow_tests.host import proven
from ivr.live_calls.pairing_news import to_event
from tests.identity.pairing.memory_pairings import MemoryPairings
from tests.identity.pairing.world import CARD, PERSON, STRANGER_CARD, TENANT, World
from tests.ivr.flow_engine.engine.driving import arrived, press
from tests.ivr.flow_engine.engine.flows import NOW, flow


class DeclinedMeanwhile(MemoryPairings):
    """The app declines after the phone side has looked, and before it opens the next check."""

    alarm: Hint | None = None

    async def open(self, *args: Any, **more: Any) -> Opened | LocatorTaken | CallBusy:
        if self.alarm is not None:
            for row in [r for r in self.rows.values() if r.status is Status.PENDING]:
                self.rows[row.id] = replace(
                    row, status=Status.FAILED, hint=self.alarm, version=row.version + 1
                )
        return await super().open(*args, **more)


@pytest.mark.parametrize("alarm", [hint for hint in Hint if hint in ALARMS])
async def test_no_check_opens_beside_an_alarm_that_comes_at_the_same_moment(alarm: Hint) -> None:
    plain = World()
    pairings = DeclinedMeanwhile(plain.clock, plain.evidence, plain.policy.result_lives)
    world = World(pairings=pairings)
    await world.opened()
    pairings.alarm = alarm
    assert await world.opening.open(world.request(key="call-1:5:0")) == Refusal(code=alarm.value)
    assert all(row.status is not Status.PENDING for row in pairings.rows.values())
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert (seen.badge, seen.alarm) == (Badge.RED, alarm)


async def test_a_repudiated_card_is_red_also_where_it_would_not_have_been_enough() -> None:
    """A held card is not shown as a good one of a lower level."""
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    row = await world.verified()
    await world.repudiating.repudiate(world.app(), row.id)
    await world.ending.call_ended(TENANT.id, row.call_ref)
    sign = Requirement(identity=IdentityLevel.ID_CARD_SIGN, binding=BindingLevel.BIND_CHOICE)
    view = await world.signable("call-2", require=sign)
    assert await world.proven(view) == Refusal(code=Hint.RISK_BLOCKED.value)
    seen = await world.watching.latest(TENANT.id, CallRef("call-2"))
    assert seen is not None
    assert seen.badge is Badge.RED


@pytest.mark.parametrize("second", [Answer.NO_CALL, Answer.THEY_CALLED])
async def test_another_answer_after_the_first_is_not_taken_for_the_first(second: Answer) -> None:
    world = World()
    opened = await world.opened()
    await world.claimed(opened.code)
    first = await world.claiming.confirm(world.app(), opened.pairing, Answer.I_CALLED)
    assert isinstance(first, AppView)
    changed = await world.claiming.confirm(world.app(), opened.pairing, second)
    assert changed == Refusal(code="out_of_order", facts={"hint": "awaiting_choice"})
    assert await world.claiming.confirm(world.app(), opened.pairing, Answer.I_CALLED) == first


async def test_red_stays_when_the_holder_said_it_was_not_them() -> None:
    """No second check, with whatever card, makes the call of a repudiated verdict green."""
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    await world.hold(STRANGER_CARD, "person-stranger", "K-2")
    row = await world.verified()
    step_up = await world.signable("call-1", "app-2", key="call-1:9:0")
    await world.repudiating.repudiate(world.app(), row.id)
    refused = await world.proven(step_up, "app-2", serial=STRANGER_CARD)
    assert refused == Refusal(code=Hint.BY_SYSTEM.value)
    seen = await world.watching.latest(TENANT.id, row.call_ref)
    assert seen is not None
    assert (seen.badge, seen.alarm) == (Badge.RED, Hint.REPUDIATED)
    assert isinstance(to_event(seen), IdentityRepudiated)
    assert await world.opening.open(world.request(key="call-1:12:0")) == Refusal(code="repudiated")


async def _step_up_beside_a_superseded_verdict() -> PairingView:
    """The first verdict of a call loses its standing while a second check of it is open."""
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    await world.verified("call-1", "app-1")
    step_up = await world.signable("call-1", "app-1", key="call-1:9:0")
    elsewhere = await world.signable("call-2", "app-2")
    assert isinstance(await world.proven(elsewhere, "app-2"), Refusal)
    assert await world.proven(step_up, "app-1") == Refusal(code=Hint.BY_SYSTEM.value)
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    return seen


async def test_a_later_success_does_not_lift_an_alarm_of_the_same_call() -> None:
    """There is none: nothing is verified on such a call any more."""
    seen = await _step_up_beside_a_superseded_verdict()
    assert (seen.status, seen.badge, seen.alarm) == (Status.CANCELLED, Badge.RED, Hint.SUPERSEDED)
    event = to_event(seen)
    assert isinstance(event, IdentityRefused)
    assert event.hint == "superseded"
    complete = replace(seen, status=Status.COMPLETE, hint=Hint.VERIFIED)
    assert to_event(complete) == event
    for hint in (Hint.SESSION_EXPIRED, Hint.CALLER_SKIPPED, Hint.LEVEL_NOT_REACHED):
        assert to_event(replace(seen, hint=hint, status=status_of(hint))) == event


def test_a_verdict_that_is_superseded_opens_no_more_doors_in_the_ivr() -> None:
    """T37: the caller is past the check and hears a menu when the same person proves elsewhere."""
    host = press(arrived(flow()), "1")
    host.feed(proven(NOW), from_carrier=False)
    host.fetch()
    assert host.session.identity.status == "complete"
    host.session = replace(host.session, wait="input")
    host.feed(IdentityRefused(hint="superseded"), from_carrier=False)
    assert host.last is not None
    assert host.last.outcome == "accepted"
    identity = host.session.identity
    assert (identity.status, identity.alarm) == ("failed", "superseded")
    host.feed(proven(NOW), from_carrier=False)
    assert host.session.identity == identity
