"""The installation's report of its own call: what fits, what lowers, and the choice of three."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import CallRef, CallState, MatchRound, PairingId, Requirement
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView, PairingView
from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import RevocationSubject
from tests.identity.pairing.modes.from_the_app import OWN_CALL, AppWorld
from tests.identity.pairing.world import CARD, PERSON, TENANT
from tests.identity.verification.sources import Answering

SECOND = timedelta(seconds=1)
MISFITS: list[dict[str, object]] = [
    {"call_state": CallState.IN_CALL},
    {"call_state": CallState.NONE},
    {"call_state": CallState.UNKNOWN},
    {"other_calls": True},
    {"begun_ago": 7 * SECOND},
    {"connected_ago": 7 * SECOND, "begun_ago": 4 * SECOND},
]


async def _world(**changes: object) -> AppWorld:
    world = AppWorld(**changes)  # type: ignore[arg-type]  # fields by name
    await world.hold(CARD, PERSON, "K-1")
    return world


async def _latest(world: AppWorld, call: str = "call-1") -> PairingView:
    view = await world.watching.latest(TENANT.id, CallRef(call))
    assert view is not None
    return view


def _round(world: AppWorld, pairing: PairingId) -> MatchRound:
    match = world.row(pairing).match
    assert match is not None
    return match


@pytest.mark.parametrize("changes", MISFITS)
async def test_what_does_not_fit_asks_the_choice(changes: dict[str, object]) -> None:
    world = await _world()
    view = await world.called()
    told = await world.told(view.pairing, "app-1", **changes)
    assert isinstance(told, AppView)
    assert (told.hint, told.statement, told.ticket) == (Hint.AWAITING_CHOICE, None, "")
    assert told.choice is not None
    heard = await _latest(world)
    assert heard.item in told.choice.offered
    done = await world.chosen(view.pairing)
    assert isinstance(done, AppView)
    assert done.hint is Hint.VERIFIED
    verdict = world.row(view.pairing).verdict
    assert verdict is not None
    assert (verdict.binding, verdict.match_signed) == (BindingLevel.BIND_CHOICE, False)
    header = world.evidence.rows[-1].record.header
    assert (header["binding"], header["match_signed"]) == ("bind_choice", "no")


@pytest.mark.parametrize(
    ("connected", "answered", "fits"),
    [(0, 0, True), (5, 0, True), (0, 5, True), (6, 0, False), (0, 6, False)],
)
async def test_connected_within_five_seconds_of_our_answer(
    connected: int, answered: int, fits: bool
) -> None:
    world = await _world()
    ticketed = await world.ticketed()
    world.clock.pass_by(seconds=10)
    start = world.clock.at
    request = world.arrival(ticketed.ticket)
    call = replace(request.call, started_at=start + answered * SECOND)
    await world.arriving.arrive(replace(request, call=call))
    world.clock.pass_by(seconds=6)
    report = replace(OWN_CALL, begun_ago=9 * SECOND, connected_ago=(6 - connected) * SECOND)
    told = await world.dialling.report(world.app(), ticketed.pairing, report)
    assert isinstance(told, AppView)
    assert told.hint is (Hint.VERIFIED if fits else Hint.AWAITING_CHOICE)


async def test_a_call_begun_when_the_ticket_was_given_fits_and_before_it_does_not() -> None:
    for ago, hint in ((6, Hint.VERIFIED), (7, Hint.AWAITING_CHOICE)):
        world = await _world()
        view = await world.called()  # five seconds after the ticket, reported a second later
        told = await world.told(view.pairing, begun_ago=ago * SECOND)
        assert isinstance(told, AppView)
        assert told.hint is hint


async def test_one_that_only_rings_is_awaited() -> None:
    world = await _world()
    view = await world.called()
    ringing = await world.told(view.pairing, connected_ago=None)
    assert isinstance(ringing, AppView)
    assert ringing.hint is Hint.MATCHING_CONTRACT
    done = await world.told(view.pairing, begun_ago=5 * SECOND, connected_ago=2 * SECOND)
    assert isinstance(done, AppView)
    assert done.hint is Hint.VERIFIED


async def test_no_report_in_ten_seconds_asks_the_choice() -> None:
    world = await _world()
    view = await world.called()
    world.clock.pass_by(seconds=9)
    assert await world.overdue.settle(100) == 0
    world.clock.pass_by(seconds=1)
    assert await world.overdue.settle(100) == 1
    latest = await _latest(world)
    assert latest.hint is Hint.AWAITING_CHOICE
    assert latest.item
    assert await world.overdue.settle(100) == 0
    # Too late to raise anything.
    late = await world.told(view.pairing, begun_ago=12 * SECOND, connected_ago=11 * SECOND)
    assert isinstance(late, AppView)
    assert late.hint is Hint.AWAITING_CHOICE


async def test_a_late_report_raises_nothing_also_when_nobody_looked_in_time() -> None:
    world = await _world()
    view = await world.called()
    world.clock.pass_by(seconds=10)
    told = await world.told(view.pairing, begun_ago=13 * SECOND, connected_ago=11 * SECOND)
    assert isinstance(told, AppView)
    assert told.hint is Hint.AWAITING_CHOICE


@pytest.mark.parametrize("when", ["before", "waiting", "choosing"])
async def test_an_incoming_call_is_blocked_whenever_it_is_told(when: str) -> None:
    world = await _world()
    ticketed = await world.ticketed()
    world.clock.pass_by(seconds=5)
    blocked = Refusal(code="risk_blocked")
    if when == "before":
        told = await world.told(ticketed.pairing, call_state=CallState.INCOMING)
        assert isinstance(told, AppView)
        # What lowers stays, whatever is told after it.
        await world.told(ticketed.pairing)
    view = await world.arrived(ticketed.ticket)
    if when == "choosing":
        await world.told(view.pairing, call_state=CallState.UNKNOWN)
    if when != "before":
        assert await world.told(view.pairing, call_state=CallState.INCOMING) == blocked
    latest = await _latest(world)
    assert (latest.hint, latest.badge, latest.alarm) == (
        Hint.RISK_BLOCKED,
        Badge.RED,
        Hint.RISK_BLOCKED,
    )


@pytest.mark.parametrize("first", [{"other_calls": True}, {"begun_ago": 30 * SECOND}])
async def test_what_lowers_stays_told(first: dict[str, object]) -> None:
    world = await _world()
    ticketed = await world.ticketed()
    world.clock.pass_by(seconds=5)
    await world.told(ticketed.pairing, "app-1", **first)
    await world.told(ticketed.pairing)
    view = await world.arrived(ticketed.ticket)
    assert view.hint is Hint.AWAITING_CHOICE


async def test_two_wrong_picks_are_an_alarm() -> None:
    world = await _world()
    view = await world.called()
    await world.told(view.pairing, call_state=CallState.UNKNOWN)
    first = _round(world, view.pairing)
    again = await world.chosen(view.pairing, right=False)
    assert isinstance(again, AppView)
    assert again.choice is not None
    assert again.choice.round == 2
    assert first.right not in again.choice.offered
    assert await world.chosen(view.pairing, right=False) == Refusal(code="wrong_choice")
    assert (await _latest(world)).badge is Badge.RED


async def test_the_right_pick_repeated_is_answered_alike() -> None:
    world = await _world()
    view = await world.called()
    await world.told(view.pairing, call_state=CallState.UNKNOWN)
    match = _round(world, view.pairing)
    picks = [
        await world.claiming.choose(world.app(), view.pairing, match.number, match.right)
        for _ in range(2)
    ]
    assert picks[0] == picks[1]
    assert isinstance(picks[0], AppView)
    other = next(number for number in match.offered if number != match.right)
    wrong = await world.claiming.choose(world.app(), view.pairing, match.number, other)
    assert wrong == Refusal(code="round_over")
    assert world.row(view.pairing).status is Status.COMPLETE


async def test_where_only_the_device_is_enough_the_choice_is_not_asked() -> None:
    world = await _world()
    device = Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_DEVICE)
    view = await world.called(require=device)
    assert view.hint is Hint.MATCHING_CONTRACT
    told = await world.told(view.pairing, call_state=CallState.UNKNOWN)
    assert told == Refusal(code="level_not_reached")
    latest = await _latest(world)
    assert (latest.badge, latest.binding) == (Badge.AMBER, BindingLevel.BIND_NONE)


async def test_only_its_own_installation_reports_and_only_with_a_ticket() -> None:
    world = await _world()
    begun = await world.begun()
    assert isinstance(begun, AppView)
    early = await world.told(begun.pairing)
    assert early == Refusal(code="out_of_order", facts={"hint": "awaiting_pin"})
    view = await world.called()
    assert await world.told(view.pairing, "app-2") == Refusal(code="expired_or_unknown")
    spoken = await world.signable("call-5", "app-5")
    refused = await world.told(spoken.pairing, "app-5")
    assert refused == Refusal(code="out_of_order", facts={"hint": "awaiting_pin"})


class Turning:
    """A source whose answer changes while a check is under way."""

    def __init__(self) -> None:
        self.now = Answering()

    async def status(self, subject: RevocationSubject, at: object) -> RevocationState:
        return await self.now.status(subject, at)  # type: ignore[arg-type]  # as it was given


@pytest.mark.parametrize("at", ["arrival", "report", "choice"])
@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (Answering(RevocationStatus.REVOKED, reason="keyCompromise"), Hint.CERTIFICATE_REVOKED),
        (Answering(RevocationStatus.UNKNOWN, why="stale"), Hint.REVOCATION_UNAVAILABLE),
    ],
    ids=["revoked", "unknown"],
)
async def test_each_step_after_the_tap_looks_at_revocation_afresh(
    at: str, answer: Answering, hint: Hint
) -> None:
    source = Turning()
    world = await _world(revocation=source)
    ticketed = await world.ticketed()
    world.clock.pass_by(seconds=5)
    if at == "arrival":
        source.now = answer
    await world.arrived(ticketed.ticket)
    if at == "choice":
        await world.told(ticketed.pairing, call_state=CallState.UNKNOWN)
    source.now = answer
    if at == "choice":
        assert await world.chosen(ticketed.pairing) == Refusal(code=hint.value)
    elif at == "report":
        assert await world.told(ticketed.pairing) == Refusal(code=hint.value)
    row = world.row(ticketed.pairing)
    assert (row.status, row.hint) == (Status.FAILED, hint)
    assert row.verdict is not None
    assert row.verdict.badge is Badge.GREY


async def test_a_known_device_is_green_from_any_line() -> None:
    world = await _world()
    first = await world.identified(line="+819000000009")
    assert first.verdict is not None
    assert first.verdict.badge is Badge.AMBER
    await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    world.clock.pass_by(days=1)
    second = await world.identified(call="call-2", line="")
    assert second.verdict is not None
    assert (second.verdict.knowledge.device_known, second.verdict.badge) == (True, Badge.GREEN)
    await world.ending.call_ended(TENANT.id, CallRef("call-2"))
    other = await world.identified("app-2", "call-3", line="")
    assert other.verdict is not None
    assert (other.verdict.knowledge.device_known, other.verdict.badge) == (False, Badge.AMBER)
