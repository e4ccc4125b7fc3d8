"""Links, several ways to one check, codes that the caller keys, and checks an operator begins."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity.evidence_archive.model import Kind
from identity.pairing import locators, statement
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import NO_CALL, CallRef, CallState, Mode, Requirement
from identity.pairing.outcomes import Hint, Status
from identity.pairing.policy import PairingPolicy
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, ClaimView, DeskClaim, PairingView
from tests.identity.pairing.modes.from_the_app import AppWorld
from tests.identity.pairing.world import CARD, NUMBER, PERSON, TENANT, World

UNKNOWN = Refusal(code="expired_or_unknown")
NO_TICKET = Refusal(code="no_ticket")


async def _claim(
    world: World, locator: str, app: str = "app-1", state: CallState = CallState.OUTGOING
) -> ClaimView | DeskClaim | Refusal:
    return await world.claiming.claim(world.app(app), locator, state, address="192.0.2.1")


class TestLinks:
    async def test_a_link_leads_to_a_verdict_like_a_code(self) -> None:
        world = World()
        await world.hold(CARD, PERSON, "K-1")
        opened = await world.opened(mode=Mode.SMS_LINK)
        assert (opened.code, len(opened.link)) == ("", 22)
        assert opened.link.encode() not in world.row(opened.pairing).locators[0].hash
        await world.claimed(opened.link)
        await world.claiming.confirm(world.app(), opened.pairing, Answer.I_CALLED)
        view = await world.chosen(opened.pairing)
        assert isinstance(view, AppView)
        await world.proven(view)
        verdict = world.row(opened.pairing).verdict
        assert verdict is not None
        assert (verdict.binding, verdict.badge, verdict.match_signed) == (
            BindingLevel.BIND_CHOICE,
            Badge.GREEN,
            True,
        )

    async def test_the_same_errand_gets_the_same_link_while_it_may_be_claimed(self) -> None:
        world = World()
        opened = await world.opened(mode=Mode.SMS_LINK)
        assert await world.opened(mode=Mode.SMS_LINK) == opened
        seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
        assert seen == opened
        await world.claimed(opened.link)
        seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
        assert seen is not None
        assert seen.link == ""

    async def test_it_lives_five_minutes_and_once(self) -> None:
        world = World()
        first = await world.opened(mode=Mode.SMS_LINK, claim_within=timedelta(seconds=90))
        world.clock.pass_by(seconds=299.999)
        assert isinstance(await _claim(world, first.link), ClaimView)
        assert await _claim(world, first.link, "app-2") == UNKNOWN
        second = await world.opened("call-2", mode=Mode.SMS_LINK)
        world.clock.pass_by(seconds=300)
        assert await _claim(world, second.link) == UNKNOWN

    async def test_wrong_tokens_lock_nobody_out(self) -> None:
        world = World()
        opened = await world.opened()
        for number in range(40):
            assert await _claim(world, f"{number:022}"[::-1].replace("0", "x")) == UNKNOWN
        assert isinstance(await _claim(world, opened.code), ClaimView)

    async def test_a_token_is_no_code_and_a_code_no_token(self) -> None:
        world = World()
        opened = await world.opened(mode=Mode.SMS_LINK)
        key = world.deployment.keys.code
        spoken = locators.code_of(key, opened.pairing, 0, 7)
        assert await _claim(world, spoken) == UNKNOWN
        assert await _claim(world, opened.link + "A") == UNKNOWN
        assert await _claim(world, opened.link[:-1]) == UNKNOWN


class TestBeside:
    async def _both(self, world: World) -> tuple[PairingView, PairingView]:
        link = await world.opened(mode=Mode.SMS_LINK)
        world.clock.pass_by(seconds=90)
        both = await world.opened(beside=True, key="call-1:2:0")
        return link, both

    @pytest.mark.parametrize("mode", [Mode.SMS_LINK, Mode.SPOKEN_CODE])
    async def test_two_ways_lead_to_one_check_and_the_first_claim_wins(self, mode: Mode) -> None:
        world = World()
        link, both = await self._both(world)
        assert (both.pairing, both.link) == (link.pairing, link.link)
        assert len(both.code) == 8
        assert both.errand_key == "call-1:2:0"
        way, other = (both.link, both.code) if mode is Mode.SMS_LINK else (both.code, both.link)
        assert isinstance(await _claim(world, way), ClaimView)
        assert world.row(link.pairing).mode is mode
        assert await _claim(world, other, "app-2") == UNKNOWN
        # The winner may come by the other way too: it holds the claim.
        assert isinstance(await _claim(world, other), ClaimView)
        assert world.row(link.pairing).mode is mode

    async def test_each_way_has_its_own_time(self) -> None:
        world = World()
        _, both = await self._both(world)
        world.clock.pass_by(seconds=120)
        assert await _claim(world, both.code) == UNKNOWN
        seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
        assert seen is not None
        assert (seen.code, seen.link) == ("", both.link)
        world.clock.pass_by(seconds=89)
        assert isinstance(await _claim(world, both.link), ClaimView)

    async def test_a_link_beside_an_earlier_code_outlives_it(self) -> None:
        world = World()
        await world.opened()
        both = await world.opened(mode=Mode.SMS_LINK, beside=True, key="call-1:2:0")
        world.clock.pass_by(seconds=200)
        assert await world.overdue.settle(10) == 0
        assert isinstance(await _claim(world, both.link), ClaimView)

    async def test_asked_again_by_either_errand_it_is_the_same(self) -> None:
        world = World()
        _, both = await self._both(world)
        assert await world.opened(beside=True, key="call-1:2:0") == both
        assert await world.opened(mode=Mode.SMS_LINK) == both
        assert len(world.pairings.rows) == 1

    async def test_beside_a_claimed_check_it_is_shown_as_it_stands(self) -> None:
        world = World()
        link = await world.opened(mode=Mode.SMS_LINK)
        await world.claimed(link.link)
        both = await world.opened(beside=True, key="call-1:2:0")
        assert (both.pairing, both.code, both.hint) == (
            link.pairing,
            "",
            Hint.AWAITING_CALL_CONFIRM,
        )
        assert len(world.row(link.pairing).locators) == 1

    async def test_beside_nothing_or_what_is_over_a_check_of_its_own_opens(self) -> None:
        world = World()
        first = await world.opened(beside=True)
        world.clock.pass_by(seconds=121)
        await world.overdue.settle(10)
        second = await world.opened(beside=True, key="call-1:2:0")
        assert second.pairing != first.pairing
        assert world.row(first.pairing).hint is Hint.CODE_EXPIRED

    async def test_without_beside_the_earlier_one_gives_way(self) -> None:
        world = World()
        link = await world.opened(mode=Mode.SMS_LINK)
        await world.opened(key="call-1:2:0")
        assert world.row(link.pairing).hint is Hint.CALLER_SKIPPED
        assert await _claim(world, link.link) == UNKNOWN

    async def test_more_time_is_for_all_ways(self) -> None:
        world = World()
        _, both = await self._both(world)
        await world.opening.extend(TENANT.id, CallRef("call-1"), timedelta(seconds=60))
        world.clock.pass_by(seconds=179)
        assert isinstance(await _claim(world, both.code), ClaimView)


CODE_ONLY = Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_CODE)


class TestKeyedCodes:
    async def _world(self) -> AppWorld:
        world = AppWorld(policy=PairingPolicy(keyed_code=True))
        await world.hold(CARD, PERSON, "K-1")
        return world

    async def _begun(self, world: AppWorld, state: CallState = CallState.IN_CALL) -> AppView:
        view = await world.begun(mode=Mode.KEYED_CODE, state=state)
        assert isinstance(view, AppView), view
        return view

    async def test_they_are_off_by_default(self) -> None:
        answer = await AppWorld().begun(mode=Mode.KEYED_CODE)
        assert answer == Refusal(code="mode_unavailable")

    async def test_at_best_the_code_binds_and_the_badge_is_amber(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        assert (begun.hint, len(begun.code), begun.statement) == (Hint.AWAITING_APP, 8, None)
        view = await world.arrived(
            begun.code, mode=Mode.KEYED_CODE, require=CODE_ONLY, action="見直し"
        )
        assert (view.hint, view.code) == (Hint.AWAITING_CALL_CONFIRM, "")
        told = await world.claiming.confirm(world.app(), begun.pairing, Answer.I_CALLED)
        assert isinstance(told, AppView)
        assert (told.hint, told.code) == (Hint.AWAITING_PIN, "")
        assert told.statement is not None
        signed = statement.parse(told.statement)
        assert (signed.type, signed.match, signed.call_ref, signed.action) == (
            "call",
            "",
            "call-1",
            "見直し",
        )
        done = await world.proven(told)
        assert isinstance(done, AppView)
        verdict = world.row(begun.pairing).verdict
        assert verdict is not None
        assert (verdict.binding, verdict.badge, verdict.match_signed) == (
            BindingLevel.BIND_CODE,
            Badge.AMBER,
            None,
        )

    async def test_where_more_is_required_it_is_not_enough(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        await world.arrived(begun.code, mode=Mode.KEYED_CODE)
        told = await world.claiming.confirm(world.app(), begun.pairing, Answer.I_CALLED)
        assert isinstance(told, AppView)
        assert await world.proven(told) == Refusal(code="level_not_reached")

    async def test_the_direction_is_asked_and_an_incoming_call_begins_nothing(self) -> None:
        world = await self._world()
        refused = await world.begun(mode=Mode.KEYED_CODE, state=CallState.INCOMING)
        assert refused == Refusal(code="in_a_call")
        begun = await self._begun(world)
        await world.arrived(begun.code, mode=Mode.KEYED_CODE)
        told = await world.claiming.confirm(world.app(), begun.pairing, Answer.THEY_CALLED)
        assert told == Refusal(code="user_declined_call")

    async def test_no_tap_before_the_call_is_there(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        early = await world.claiming.confirm(world.app(), begun.pairing, Answer.I_CALLED)
        assert early == Refusal(code="out_of_order", facts={"hint": "awaiting_app"})

    async def test_a_second_call_gets_nothing_and_changes_nothing(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        await world.arrived(begun.code, mode=Mode.KEYED_CODE)
        again = world.arrival(begun.code, "call-2", mode=Mode.KEYED_CODE)
        assert await world.arriving.arrive(again) == NO_TICKET
        assert world.row(begun.pairing).call_ref == CallRef("call-1")

    async def test_also_after_the_verdict(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        await world.arrived(begun.code, mode=Mode.KEYED_CODE, require=CODE_ONLY)
        told = await world.claiming.confirm(world.app(), begun.pairing, Answer.I_CALLED)
        assert isinstance(told, AppView)
        assert isinstance(await world.proven(told), AppView)
        again = world.arrival(begun.code, "call-2", mode=Mode.KEYED_CODE)
        assert await world.arriving.arrive(again) == NO_TICKET
        assert world.row(begun.pairing).status is Status.COMPLETE

    async def test_it_lives_as_long_as_a_spoken_one(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        world.clock.pass_by(seconds=120)
        request = world.arrival(begun.code, mode=Mode.KEYED_CODE)
        assert await world.arriving.arrive(request) == NO_TICKET
        assert await world.overdue.settle(10) == 1
        row = world.row(begun.pairing)
        assert (row.hint, row.call_ref) == (Hint.CODE_EXPIRED, NO_CALL)

    async def test_it_is_for_the_number_it_was_shown_for(self) -> None:
        world = await self._world()
        begun = await self._begun(world)
        request = world.arrival(begun.code, mode=Mode.KEYED_CODE, dialled="+81399999999")
        assert await world.arriving.arrive(request) == NO_TICKET
        assert (await world.arrived(begun.code, mode=Mode.KEYED_CODE, dialled=NUMBER)).pairing


class TestOperators:
    async def _alarmed(self) -> World:
        world = World()
        await world.hold(CARD, PERSON, "K-1")
        opened = await world.opened()
        await world.claimed(opened.code)
        await world.claiming.confirm(world.app(), opened.pairing, Answer.NO_CALL)
        assert await world.opening.open(world.request(key="call-1:2:0")) == Refusal(
            code="user_declined_call"
        )
        return world

    async def test_only_an_operators_check_with_a_reason_lifts_an_alarm(self) -> None:
        world = await self._alarmed()
        asked = replace(
            world.request(key="call-1:3:0"),
            started_by_operator=True,
            operator="sato",
            reason="押し間違いと聞いた",
        )
        with pytest.raises(ValueError, match="reason"):
            await world.opening.open(replace(asked, reason=" "))
        view = await world.opening.open(asked)
        assert isinstance(view, PairingView)
        assert (view.alarm, view.badge, view.hint) == (None, Badge.CHECKING, Hint.AWAITING_APP)
        (row,) = (r for r in world.evidence.rows if r.record.kind is Kind.OPERATOR_CHECK)
        assert row.record.header["actor"] == "sato"
        assert "押し間違い" not in str(row.record)
        assert [part.name for part in row.record.parts] == ["result"]
        assert await world.opening.open(asked) == view
        assert len([r for r in world.evidence.rows if r.record.kind is Kind.OPERATOR_CHECK]) == 1

    async def test_an_alarm_of_its_own_stands_again(self) -> None:
        world = await self._alarmed()
        asked = replace(
            world.request(key="call-1:3:0"), started_by_operator=True, reason="聞き直した"
        )
        view = await world.opening.open(asked)
        assert isinstance(view, PairingView)
        await world.claimed(view.code, "app-2")
        await world.claiming.confirm(world.app("app-2"), view.pairing, Answer.THEY_CALLED)
        answer = await world.opening.open(world.request(key="call-1:4:0"))
        assert answer == Refusal(code="user_declined_call")

    @pytest.mark.parametrize("mode", [Mode.SPOKEN_CODE, Mode.SMS_LINK])
    async def test_it_ends_as_its_mode_does(self, mode: Mode) -> None:
        world = await self._alarmed()
        view = await world.signable(
            key="call-1:3:0", app="app-1", mode=mode, started_by_operator=True, reason="再確認"
        )
        await world.proven(view)
        row = world.row(view.pairing)
        assert row.status is Status.COMPLETE
        assert row.verdict is not None
        assert (row.verdict.binding, row.verdict.badge) == (
            BindingLevel.BIND_CHOICE,
            Badge.GREEN,
        )
        seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
        assert seen is not None
        assert (seen.alarm, seen.badge) == (None, Badge.GREEN)
