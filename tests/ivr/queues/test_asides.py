"""A pause in a talk: it ends by itself, and whoever leaves in it leaves nobody behind."""

from ivr.queues.asides import ASIDE_LASTS
from ivr.queues.model import Presence, WaitingState
from tests.ivr.queues.adapters import TENANT, QueueRoom, operator, room, waiting


async def aside() -> QueueRoom:
    desk = room(operator("a"), operator("b", presence=Presence.BREAK))
    await desk.entering.enter(waiting("x"))
    await desk.answering.answer(TENANT, "a", "x")
    assert await desk.asides.begin(TENANT, "call-x") is None  # nobody talks yet
    await desk.answering.joined(TENANT, "x", "leg-1")
    assert await desk.asides.begin(TENANT, "call-x") is not None
    assert await desk.asides.is_on(TENANT, "x")
    return desk


async def test_together_again_it_is_over() -> None:
    desk = await aside()
    row = await desk.answering.joined(TENANT, "x", "leg-1")
    assert row is not None
    assert row.aside_until is not None
    for _ in range(2):
        await desk.asides.end(TENANT, "x")
    assert not await desk.asides.is_on(TENANT, "x")
    assert desk.row("x").state is WaitingState.TALKING
    assert desk.who("a").presence is Presence.ON_CALL


async def test_it_has_an_end_of_its_own() -> None:
    desk = await aside()
    desk.clock.pass_by(ASIDE_LASTS.total_seconds())
    assert not await desk.asides.is_on(TENANT, "x")
    assert not await desk.asides.operator_left(TENANT, "x", "leg-1")


async def test_the_caller_who_leaves_takes_the_operator_out_of_it() -> None:
    desk = await aside()
    await desk.entering.leave(TENANT, "call-x")
    assert desk.row("x").state is WaitingState.GONE
    assert desk.phones.live == set()
    assert desk.who("a").presence is Presence.WRAP_UP


async def test_the_operator_who_leaves_gives_the_caller_to_others() -> None:
    desk = await aside()
    desk.clock.pass_by(10)
    assert not await desk.asides.operator_left(TENANT, "x", "leg-0")
    assert await desk.asides.operator_left(TENANT, "x", "leg-1")
    assert desk.who("a").presence is Presence.WRAP_UP
    row = desk.row("x")
    assert (row.state, row.offered_to, row.since) == (WaitingState.WAITING, "", desk.clock())
    await desk.presence.choose(TENANT, "b", Presence.AVAILABLE)
    assert desk.row("x").offered_to == "b"


async def test_a_call_that_we_placed_has_none() -> None:
    """Its two legs hang on each other: there is no queue to come back to."""
    desk = room(operator("a"))
    await desk.placed_talks.begin(
        waiting("t", state=WaitingState.TALKING, offered_to="a", placed=True)
    )
    assert await desk.asides.begin(TENANT, "call-t") is None
