"""Tap first: the ticket, the call that brings it, and what the handset says of that call."""

import json
from datetime import timedelta

import pytest

from identity.contract_holders.hashes import phone_hash
from identity.evidence_archive.model import Kind
from identity.pairing import locators, statement
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import NO_CALL, CallRef, CallState, Mode, Requirement
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView
from tests.identity.pairing.modes.from_the_app import AppWorld
from tests.identity.pairing.world import CARD, LINE, NUMBER, PERSON, TENANT

NO_TICKET = Refusal(code="no_ticket")


async def _world() -> AppWorld:
    world = AppWorld()
    await world.hold(CARD, PERSON, "K-1")
    return world


class TestBeginning:
    async def test_the_statement_names_no_call(self) -> None:
        world = await _world()
        view = await world.begun()
        assert isinstance(view, AppView)
        assert (view.hint, view.ticket, view.code) == (Hint.AWAITING_PIN, "", "")
        assert view.statement is not None
        signed = statement.parse(view.statement)
        assert (signed.type, signed.mode, signed.dialled) == ("dial", "app_dial", NUMBER)
        assert (signed.call_ref, signed.call_started_at, signed.line_last4, signed.match) == (
            "",
            "",
            "",
            "",
        )
        assert signed.shown.startswith("カザス保険(03-1234-5678)に、これからあなたがかける電話で")
        assert world.row(view.pairing).call_ref == NO_CALL

    @pytest.mark.parametrize("state", list(CallState))
    async def test_only_before_a_call(self, state: CallState) -> None:
        view = await (await _world()).begun(state=state)
        fine = state in (CallState.NONE, CallState.UNKNOWN)
        assert isinstance(view, AppView) if fine else view == Refusal(code="in_a_call")

    async def test_only_numbers_and_purposes_of_a_business(self) -> None:
        world, unknown = await _world(), Refusal(code="expired_or_unknown")
        assert await world.begun(business="+81399999999") == unknown
        assert await world.begun(purpose="refund") == unknown

    async def test_repeated_it_is_the_same_and_otherwise_the_earlier_one_ends(self) -> None:
        world = await _world()
        first = await world.begun()
        assert isinstance(first, AppView)
        assert await world.begun() == first
        other = await world.begun(purpose="address")
        assert isinstance(other, AppView)
        assert world.row(first.pairing).hint is Hint.BY_SYSTEM
        await world.tapped(other)
        again = await world.begun(purpose="address")
        assert isinstance(again, AppView)
        assert again.pairing != other.pairing
        assert world.row(other.pairing).hint is Hint.BY_SYSTEM
        assert isinstance(await world.begun("app-2"), AppView)
        assert world.row(again.pairing).status is Status.PENDING

    async def test_no_ticket_before_the_proof(self) -> None:
        world = await _world()
        view = await world.begun()
        assert isinstance(view, AppView)
        guess = locators.code_of(world.deployment.keys.code, view.pairing, 0, 9, Mode.APP_DIAL)
        assert await world.arriving.arrive(world.arrival(guess)) == NO_TICKET


class TestTheTicket:
    async def test_it_comes_with_evidence_and_without_a_verdict(self) -> None:
        world = await _world()
        view = await world.ticketed()
        assert (view.hint, view.dial, len(view.ticket)) == (Hint.AWAITING_DIAL, NUMBER, 10)
        assert view.ticket_by == world.clock.at + timedelta(seconds=60)
        row = world.row(view.pairing)
        assert row.verdict is None
        assert row.tap is not None
        assert view.ticket.encode() not in row.locators[-1].hash
        (evidence,) = await world.evidence.of_pairing(TENANT.id, view.pairing)
        header = evidence.record.header
        assert evidence.record.kind is Kind.PROOF
        assert (header["card_proven"], header["binding"]) == ("yes", "bind_none")
        assert (header["status"], header["statement_type"]) == ("pending", "dial")

    async def test_the_same_proof_again_is_the_same_ticket(self) -> None:
        world = await _world()
        begun = await world.begun()
        assert isinstance(begun, AppView)
        first = await world.tapped(begun)
        assert await world.tapped(begun) == first
        assert await world.watching.status(world.app(), begun.pairing) == first
        assert len(world.evidence.rows) == 1

    async def test_another_proof_changes_nothing(self) -> None:
        world = await _world()
        begun = await world.begun()
        assert isinstance(begun, AppView)
        first = await world.tapped(begun)
        kept = world.row(begun.pairing).tap
        assert await world.tapped(begun, serial=0x0999) == first
        assert world.row(begun.pairing).tap == kept
        assert [row.record.kind for row in world.evidence.rows] == [Kind.PROOF, Kind.LATE_PROOF]

    async def test_after_its_minute_it_is_none(self) -> None:
        world = await _world()
        view = await world.ticketed()
        world.clock.pass_by(seconds=60)
        assert await world.arriving.arrive(world.arrival(view.ticket)) == NO_TICKET
        assert await world.overdue.settle(100) == 1
        row = world.row(view.pairing)
        assert (row.status, row.hint, row.tap) == (Status.CANCELLED, Hint.NO_TICKET, None)

    async def test_the_database_decides_when_its_minute_is_over(self) -> None:
        world = await _world()
        view = await world.ticketed()
        world.database_clock.at = world.clock.at + timedelta(seconds=61)
        assert await world.arriving.arrive(world.arrival(view.ticket)) == NO_TICKET
        assert world.row(view.pairing).call_ref == NO_CALL

    @pytest.mark.parametrize(
        "changes",
        [
            {"digits": ""},
            {"digits": "123456789"},
            {"digits": "12345678901"},
            {"digits": "1234567890"},
            {"dialled": "+81399999999"},
            {"tenant": "another"},
            {"mode": Mode.KEYED_CODE},
            {"action": "住所の変更"},
        ],
    )
    async def test_what_leads_nowhere_is_no_ticket_and_no_alarm(
        self, changes: dict[str, object]
    ) -> None:
        world = await _world()
        view = await world.ticketed()
        digits = str(changes.pop("digits", view.ticket))
        answer = await world.arriving.arrive(world.arrival(digits, **changes))  # type: ignore[arg-type]  # by name
        assert answer == NO_TICKET
        assert world.row(view.pairing).hint is Hint.AWAITING_DIAL
        # The ticket still brings the call it is for.
        assert (await world.arrived(view.ticket)).hint is Hint.MATCHING_CONTRACT

    async def test_a_spoken_code_is_no_ticket_and_a_ticket_no_code(self) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        answer = await world.claiming.claim(
            world.app("app-2"), ticketed.ticket, CallState.OUTGOING, address="192.0.2.1"
        )
        assert answer == Refusal(code="expired_or_unknown")
        spoken = (await world.opened("call-9")).code
        assert await world.arriving.arrive(world.arrival(spoken)) == NO_TICKET


class TestArriving:
    async def test_a_fitting_call_is_bound_to_the_device(self) -> None:
        world = await _world()
        row = await world.identified()
        assert (row.status, row.hint, row.tap) == (Status.COMPLETE, Hint.VERIFIED, None)
        assert row.call_ref == CallRef("call-1")
        verdict = row.verdict
        assert verdict is not None
        assert (verdict.identity, verdict.binding, verdict.badge, verdict.match_signed) == (
            IdentityLevel.ID_CARD_AUTH,
            BindingLevel.BIND_DEVICE,
            Badge.GREEN,
            None,
        )
        proof, closed = await world.evidence.of_pairing(TENANT.id, row.id)
        assert (proof.record.kind, closed.record.kind) == (Kind.PROOF, Kind.VERDICT)
        header = closed.record.header
        assert (header["binding"], header["mode"]) == ("bind_device", "app_dial")
        assert "match_signed" not in header
        assert {part.name for part in closed.record.parts} == {"statement", "card", "result"}
        assert row.statement is not None
        assert json.loads(row.statement)["nonce"] in world.pairings.nonces

    async def test_a_report_that_came_before_counts(self) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        world.clock.pass_by(seconds=5)
        request = world.arrival(ticketed.ticket)
        saved = await world.told(ticketed.pairing)
        assert isinstance(saved, AppView)
        assert saved.hint is Hint.AWAITING_DIAL
        assert saved.ticket == ticketed.ticket
        world.clock.pass_by(seconds=8)
        view = await world.arriving.arrive(request)
        assert not isinstance(view, Refusal)
        assert (view.hint, view.binding) == (Hint.VERIFIED, BindingLevel.BIND_DEVICE)

    async def test_again_with_the_same_errand_or_the_same_digits_it_is_the_same(self) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        first = await world.arrived(ticketed.ticket)
        assert await world.arrived(ticketed.ticket) == first
        assert await world.arrived(ticketed.ticket, key="call-1:2:0") == first
        assert (first.errand_key, first.hint) == ("call-1:1:0", Hint.MATCHING_CONTRACT)
        await world.told(ticketed.pairing)
        assert (await world.arrived(ticketed.ticket)).hint is Hint.VERIFIED

    async def test_an_open_check_of_the_call_gives_way(self) -> None:
        world = await _world()
        opened = await world.opened()
        view = await world.called(key="call-1:2:0")
        assert world.row(opened.pairing).hint is Hint.CALLER_SKIPPED
        latest = await world.watching.latest(TENANT.id, CallRef("call-1"))
        assert latest is not None
        assert latest.pairing == view.pairing

    async def test_not_while_an_alarm_stands(self) -> None:
        world = await _world()
        opened = await world.opened()
        await world.claimed(opened.code, "app-9", CallState.INCOMING)
        await world.claiming.confirm(world.app("app-9"), opened.pairing, Answer.I_CALLED)
        ticketed = await world.ticketed()
        answer = await world.arriving.arrive(world.arrival(ticketed.ticket, key="call-1:2:0"))
        assert answer == Refusal(code="risk_blocked")

    async def test_what_the_flow_requires_is_asked_at_arrival(self) -> None:
        world = await _world()
        sign = Requirement(identity=IdentityLevel.ID_CARD_SIGN, binding=BindingLevel.BIND_CHOICE)
        view = await world.called(require=sign)
        assert (view.hint, view.badge) == (Hint.LEVEL_NOT_REACHED, Badge.AMBER)
        assert view.binding is BindingLevel.BIND_NONE

    async def test_another_contract_than_expected_is_a_mismatch(self) -> None:
        world = await _world()
        view = await world.called(expect="K-9")
        assert (view.hint, view.badge, view.person) == (Hint.PERSON_MISMATCH, Badge.GREY, None)

    async def test_the_call_may_end_while_the_report_is_awaited(self) -> None:
        world = await _world()
        view = await world.called()
        await world.ending.call_ended(TENANT.id, CallRef("call-1"))
        assert world.row(view.pairing).hint is Hint.CALL_ENDED
        assert await world.told(view.pairing) == Refusal(code="call_ended")


class TestASecondCall:
    async def test_before_the_verdict_both_are_superseded(self) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        first = await world.arrived(ticketed.ticket)
        second = await world.arrived(ticketed.ticket, "call-2", line="+819000000002")
        assert (second.hint, second.badge) == (Hint.SUPERSEDED, Badge.RED)
        again = await world.watching.latest(TENANT.id, CallRef("call-1"))
        assert again is not None
        assert (again.pairing, again.hint, again.badge) == (
            first.pairing,
            Hint.SUPERSEDED,
            Badge.RED,
        )
        assert await world.arrived(ticketed.ticket, "call-2") == second
        assert await world.told(ticketed.pairing) == Refusal(code="superseded")
        kinds = [row.record.kind for row in world.evidence.rows]
        assert kinds == [Kind.PROOF, Kind.REFUSAL, Kind.REFUSAL]
        # Red stays on both calls.
        for call in ("call-1", "call-2"):
            answer = await world.opening.open(world.request(call, key=f"{call}:7:0"))
            assert answer == Refusal(code="superseded")

    async def test_also_after_the_verdict_while_its_call_lives(self) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        await world.arrived(ticketed.ticket)
        done = await world.told(ticketed.pairing)
        assert isinstance(done, AppView)
        assert done.status is Status.COMPLETE
        world.clock.pass_by(minutes=10)
        second = await world.arrived(ticketed.ticket, "call-2")
        assert second.hint is Hint.SUPERSEDED
        row = world.row(ticketed.pairing)
        assert (row.status, row.hint) == (Status.FAILED, Hint.SUPERSEDED)
        assert not world.pairings.live

    @pytest.mark.parametrize("verdict", [False, True])
    async def test_redialling_after_the_call_is_no_ticket_and_no_alarm(self, verdict: bool) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        await world.arrived(ticketed.ticket)
        if verdict:
            await world.told(ticketed.pairing)
        before = world.row(ticketed.pairing)
        await world.ending.call_ended(TENANT.id, CallRef("call-1"))
        assert await world.arriving.arrive(world.arrival(ticketed.ticket, "call-2")) == NO_TICKET
        assert world.row(ticketed.pairing).hint is (before.hint if verdict else Hint.CALL_ENDED)

    async def test_both_lines_are_warned(self) -> None:
        world = await _world()
        ticketed = await world.ticketed()
        await world.arrived(ticketed.ticket)
        await world.arrived(ticketed.ticket, "call-2", line="+819000000002")
        for line in (LINE, "+819000000002"):
            assert await world.line_warnings.warned(TENANT.id, phone_hash(TENANT, line))
