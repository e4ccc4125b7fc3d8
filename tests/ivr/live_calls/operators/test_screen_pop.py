"""What an operator's screen shows of a call, over the real verbs of pairing and real signatures."""

from dataclasses import replace
from typing import Any

import pytest

from identity.pairing.model import CallRef, CallState
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.tenants.model import TenantId
from ivr.live_calls.operator_checks.terms import Asked
from ivr.live_calls.ports import CallRow
from ivr.live_calls.screen_pop import Pop, PopContract, ScreenPop, masked
from ivr.queues.model import WaitingState
from tests.identity.pairing.world import CARD, LINE, PERSON, STRANGER_CARD, World, expecting
from tests.ivr.queues.adapters import MemoryWaiting, waiting

TENANT = "kazasu-hoken"
NAME = "風道 花子"


class Rows:
    """The rows of calls, as far as a screen asks."""

    def __init__(self) -> None:
        self.kept: dict[str, CallRow] = {}

    async def by_ref(self, tenant: str, call_ref: str) -> CallRow | None:
        return self.kept.get(call_ref)

    async def begin(self, row: CallRow) -> CallRow:
        return self.kept.setdefault(row.call_ref, row)

    async def end(self, tenant: str, call_ref: str, at: Any) -> bool:
        self.kept[call_ref] = replace(self.kept[call_ref], ended_at=at)
        return True

    async def open_since(self, before: Any, at_most: int) -> list[CallRow]:
        return [row for row in self.kept.values() if row.ended_at is None][:at_most]


class Screen:
    def __init__(self, world: World) -> None:
        self.world = world
        self.rows = Rows()
        self.queue = MemoryWaiting()
        self.pops = ScreenPop(
            waiting=self.queue,
            rows=self.rows,
            watching=world.watching,
            holders=world.holders,
            lines=self,
            terms=self,
        )
        self.asked: Asked | Refusal = Refusal(code="no_open_pairing")
        self.warned = False
        self.on_contracts = False

    async def of(self, row: CallRow) -> Asked | Refusal:
        return self.asked

    async def on_a_contract(self, tenant: TenantId, number: str) -> bool:
        return self.on_contracts

    async def warned_number(self, tenant: TenantId, number: str) -> bool:
        return self.warned

    async def pop(self, line: str = LINE) -> Pop:
        """Of `call-1`, which waits under the token `1`."""
        await self.rows.begin(
            CallRow(
                tenant=TENANT,
                call_ref="call-1",
                carrier_call_id="CA1",
                number=line,
                number_kind="mobile",
                dialled="+81312345678",
                flow_version="v1",
                began_at=self.world.clock.at,
            )
        )
        row = await self.queue.enter(waiting("1", tenant=TENANT))
        found = await self.pops.by_token(TENANT, "1")
        assert found is not None
        assert await self.pops.badge(row) == found.badge
        return found


@pytest.fixture
async def screen() -> Screen:
    world = World()
    await world.hold(CARD, PERSON, "C-1")
    return Screen(world)


async def test_a_verified_call_says_how_when_and_against_what(screen: Screen) -> None:
    row = await screen.world.verified()
    assert row.verdict is not None
    pop = await screen.pop()
    assert (pop.badge, pop.status, pop.hint) == ("green", "complete", "verified")
    assert (pop.identity_level, pop.binding_level) == ("id_card_auth", "bind_choice")
    assert (pop.mode, pop.method) == ("spoken_code", "card_and_pin")
    assert pop.contracts == (PopContract(ref="C-1", holder=NAME),)
    assert pop.not_checked == ("name_and_address", "device", "statutory_identification")
    assert pop.verdict is not None
    assert (pop.verdict.revocation, pop.verdict.policy) == ("good", "default-2026-11")
    assert pop.verdict.line_or_device_required
    assert (pop.verdict.line_known, pop.verdict.device_known) == (True, False)
    assert pop.verdict.evidence_id == row.verdict.evidence_id
    assert pop.line == "••••••••5678"


async def test_a_line_that_is_not_on_the_contract_is_amber_and_said(screen: Screen) -> None:
    await screen.world.verified(line="+819099998888")
    pop = await screen.pop("+819099998888")
    assert (pop.badge, pop.hint) == ("amber", "verified")
    assert "line" in pop.not_checked


async def test_several_contracts_are_all_there(screen: Screen) -> None:
    await screen.world.hold(CARD, PERSON, "C-1", "C-2")
    await screen.world.verified()
    pop = await screen.pop()
    assert pop.hint == "verified_multiple_contracts"
    assert [one.ref for one in pop.contracts] == ["C-1", "C-2"]


async def test_before_and_during_a_check_nobody_is_named(screen: Screen) -> None:
    pop = await screen.pop()
    assert (pop.badge, pop.status, pop.hint) == ("grey", "none", "")
    view = await screen.world.signable()
    pop = await screen.pop()
    assert (pop.badge, pop.status, pop.contracts) == ("checking", "pending", ())
    await screen.world.proven(view)
    assert (await screen.pop()).badge == "green"


async def test_another_persons_card_names_nobody(screen: Screen) -> None:
    await screen.world.hold(STRANGER_CARD, "person-stranger", "C-9")
    view = await screen.world.signable(expect=expecting("C-1"))
    await screen.world.proven(view, serial=STRANGER_CARD)
    pop = await screen.pop()
    assert (pop.badge, pop.hint, pop.contracts) == ("grey", "person_mismatch", ())
    assert NAME not in repr(pop)


async def test_only_a_signature_certificate_has_attributes_to_look_at(screen: Screen) -> None:
    view = await screen.world.signable()
    assert not (await screen.pop()).card_attributes
    await screen.world.proven(view, purpose="sign")
    pop = await screen.pop()
    assert (pop.badge, pop.identity_level, pop.card_attributes) == ("green", "id_card_sign", True)
    assert "name_and_address" not in pop.not_checked
    await screen.world.repudiating.repudiate(screen.world.app(), view.pairing)
    assert not (await screen.pop()).card_attributes


async def test_attributes_of_another_persons_card_are_not_to_be_had(screen: Screen) -> None:
    await screen.world.hold(STRANGER_CARD, "person-stranger", "C-9")
    view = await screen.world.signable(expect=expecting("C-1"))
    await screen.world.proven(view, serial=STRANGER_CARD, purpose="sign")
    pop = await screen.pop()
    assert (pop.hint, pop.card_attributes) == ("person_mismatch", False)


async def test_that_was_not_me_is_red_and_takes_the_name_away(screen: Screen) -> None:
    row = await screen.world.verified()
    await screen.world.repudiating.repudiate(screen.world.app(), row.id)
    pop = await screen.pop()
    assert (pop.badge, pop.hint, pop.contracts) == ("red", "repudiated", ())


async def test_an_alarm_keeps_the_screen_red(screen: Screen) -> None:
    opened = await screen.world.opened()
    await screen.world.claimed(opened.code, state=CallState.OUTGOING)
    await screen.world.claiming.confirm(screen.world.app(), opened.pairing, Answer.NO_CALL)
    pop = await screen.pop()
    assert (pop.badge, pop.hint, pop.contracts) == ("red", "user_declined_call", ())


async def test_a_warned_number_is_a_warning_and_no_more(screen: Screen) -> None:
    screen.warned = True
    await screen.world.verified()
    pop = await screen.pop()
    assert (pop.badge, pop.line_warning) == ("green", True)


async def test_a_number_on_a_contract_is_a_word_and_no_more(screen: Screen) -> None:
    screen.on_contracts = True
    pop = await screen.pop()
    assert (pop.identity_level, pop.badge, pop.contracts) == ("id_number", "grey", ())
    assert "identity" in pop.not_checked


async def test_no_number_is_on_no_contract(screen: Screen) -> None:
    screen.on_contracts = True
    assert (await screen.pop("")).identity_level == "id_none"


async def test_a_card_counts_for_more_than_the_number(screen: Screen) -> None:
    screen.on_contracts = True
    await screen.world.verified()
    assert (await screen.pop()).identity_level == "id_card_auth"


async def test_a_withheld_number_has_no_line_and_no_warning(screen: Screen) -> None:
    screen.warned = True
    pop = await screen.pop("")
    assert (pop.line, pop.line_warning) == ("", False)


async def test_the_result_goes_with_the_call(screen: Screen) -> None:
    await screen.world.verified()
    await screen.pop()
    row = screen.queue.rows[TENANT, "1"]
    assert await screen.pops.by_token("elsewhere", "1") is None
    assert await screen.pops.by_token(TENANT, "2") is None
    await screen.queue.change(row, replace(row, state=WaitingState.GONE))
    assert await screen.pops.by_token(TENANT, "1") is None


async def test_a_call_that_ended_shows_nothing_even_if_it_still_waits(screen: Screen) -> None:
    await screen.world.verified()
    await screen.pop()
    await screen.rows.end(TENANT, "call-1", screen.world.clock.at)
    assert await screen.pops.by_token(TENANT, "1") is None


@pytest.mark.parametrize(
    ("number", "shown"), [("+819012345678", "••••••••5678"), ("+8111234", "•••1234"), ("", "")]
)
def test_a_number_is_shown_by_its_last_four_digits(number: str, shown: str) -> None:
    assert masked(number) == shown


async def test_a_card_used_from_several_numbers_is_pointed_out(screen: Screen) -> None:
    for number in range(2):
        call = f"earlier-{number}"
        await screen.world.verified(call, f"app-{number}", line=f"+81901111000{number}")
        await screen.world.ending.call_ended(TenantId(TENANT), CallRef(call))
    await screen.world.verified()
    assert (await screen.pop()).busy_card
