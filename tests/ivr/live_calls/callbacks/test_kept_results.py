"""What earlier calls proved of somebody to be rung back: kept for a while, and never green."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity.pairing.verbs.afterwards.rechecking import Occasion
from identity.pairing.verbs.claiming import Answer
from identity.tenants.model import TenantId
from ivr.live_calls.callbacks.kept_results import LONGEST_KEPT, Kept, KeptResults
from ivr.live_calls.screen_pop import PopContract
from ivr.queues.model import AskedAgain, Callback
from tests.identity.pairing.world import CARD, LINE, PERSON, STRANGER_CARD, World
from tests.identity.verification.sources import Register
from tests.ivr.queues.adapters import callback

ELSE = "+819099998888"
FIRST = callback("a", tenant="kazasu-hoken", call_ref="call-1", number=LINE, keep_result=600)


class Office:
    def __init__(self) -> None:
        self.register = Register()
        self.world = World(revocation=self.register)
        self.numbers = {LINE}
        self.kept = KeptResults(
            watching=self.world.watching,
            holders=self.world.holders,
            lines=self,
            now=self.world.clock,
        )

    async def on_a_contract(self, tenant: TenantId, number: str) -> bool:
        return number in self.numbers

    async def warned_number(self, tenant: TenantId, number: str) -> bool:
        return False

    async def of(self, *again: str, **other: object) -> Kept:
        """Asked for in `call-1`, and then in those calls."""
        calls = tuple(AskedAgain(call_ref=ref, keep_result=600) for ref in again)
        row: Callback = replace(FIRST, again=calls, **other)  # type: ignore[arg-type]  # by name
        return await self.kept.of(row, named=True)

    async def declined(self, call: str) -> None:
        opened = await self.world.opened(call)
        await self.world.claimed(opened.code)
        app = self.world.app()
        await self.world.claiming.confirm(app, opened.pairing, Answer.NO_CALL)


@pytest.fixture
async def office() -> Office:
    made = Office()
    await made.world.hold(CARD, PERSON, "C-1")
    return made


async def test_identity_stays_and_the_binding_falls(office: Office) -> None:
    await office.world.verified()
    kept = await office.of()
    assert (kept.badge, kept.identity_level, kept.binding_level) == (
        "amber",
        "id_card_auth",
        "bind_none",
    )
    assert [one.ref for one in kept.contracts] == ["C-1"]
    assert kept.number_on_contract
    quiet = await office.kept.of(FIRST)
    assert (quiet.contracts, quiet.number_on_contract) == ((), None)


@pytest.mark.parametrize("wanted", [600, 36_000])
async def test_it_runs_out_after_what_was_asked_at_most_half_an_hour(
    office: Office, wanted: int
) -> None:
    await office.world.verified()
    lasts = min(timedelta(seconds=wanted), LONGEST_KEPT)
    office.world.clock.at += lasts - timedelta(seconds=1)
    assert (await office.of(keep_result=wanted)).badge == "amber"
    office.world.clock.at += timedelta(seconds=1)
    assert await office.of(keep_result=wanted) == Kept(
        badge="grey", hint="", number_on_contract=True
    )


async def test_a_result_of_a_later_call_is_not_lost(office: Office) -> None:
    await office.world.verified("call-2")
    assert [one.ref for one in (await office.of("call-2")).contracts] == ["C-1"]


async def test_a_later_call_from_the_same_number_takes_nothing_away(office: Office) -> None:
    await office.world.verified("call-1")
    await office.world.verified("call-2", app="app-2", serial=STRANGER_CARD)
    await office.declined("call-3")
    for again in (("call-2",), ("call-3",), ("call-0", "call-2", "call-3")):
        kept = await office.of(*again)
        assert (kept.badge, [one.ref for one in kept.contracts]) == ("amber", ["C-1"])


async def test_where_nothing_is_kept_an_alarm_of_any_is_said(office: Office) -> None:
    assert (await office.of("call-2")).badge == "grey"
    await office.declined("call-2")
    told = await office.of("call-2")
    assert (told.badge, told.hint, told.contracts) == ("red", "user_declined_call", ())


async def test_a_certificate_that_was_revoked_in_the_call_leaves_nothing_to_keep(
    office: Office,
) -> None:
    row = await office.world.verified()
    office.register.revoked.add(CARD)
    await office.world.rechecking.of_call(row.tenant, row.call_ref, Occasion.HAND_OVER)
    kept = await office.of()
    assert (kept.badge, kept.hint, kept.contracts) == ("grey", "revoked_since", ())
    assert kept.until is None


async def test_a_number_of_another_is_not_theirs(office: Office) -> None:
    office.numbers.add(ELSE)
    await office.world.verified()
    kept = await office.of(number=ELSE)
    assert kept.contracts == (PopContract(ref="C-1", holder="風道 花子"),)
    assert kept.number_on_contract is False


async def test_where_nobody_is_known_any_contract_counts(office: Office) -> None:
    assert (await office.of()).number_on_contract is True
    assert (await office.of(number=ELSE)).number_on_contract is False
