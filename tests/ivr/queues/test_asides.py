"""A pause in a talk: it ends by itself, and whoever leaves in it leaves nobody behind."""

from ivr.queues.asides import ASIDE_LASTS
from ivr.queues.model import Presence, WaitingState
from tests.ivr.queues.adapters import TENANT, QueueRoom, operator, room, waiting


async def aside() -> QueueRoom:
    centre = room(operator("a"), operator("b", presence=Presence.BREAK))
    await centre.entering.enter(waiting("x"))
    await centre.answering.answer(TENANT, "a", "x")
    assert await centre.asides.begin(TENANT, "call-x") is None  # nobody talks yet
    await centre.answering.joined(TENANT, "x", "leg-1")
    assert await centre.asides.begin(TENANT, "call-x") is not None
    assert await centre.asides.is_on(TENANT, "x")
    return centre


async def test_together_again_it_is_over() -> None:
    centre = await aside()
    row = await centre.answering.joined(TENANT, "x", "leg-1")
    assert row is not None
    assert row.aside_until is not None
    for _ in range(2):
        await centre.asides.end(TENANT, "x")
    assert not await centre.asides.is_on(TENANT, "x")
    assert centre.row("x").state is WaitingState.TALKING
    assert centre.who("a").presence is Presence.ON_CALL


async def test_it_has_an_end_of_its_own() -> None:
    centre = await aside()
    centre.clock.pass_by(ASIDE_LASTS.total_seconds())
    assert not await centre.asides.is_on(TENANT, "x")
    assert not await centre.asides.operator_left(TENANT, "x", "leg-1")


async def test_the_caller_who_leaves_takes_the_operator_out_of_it() -> None:
    centre = await aside()
    await centre.entering.leave(TENANT, "call-x")
    assert centre.row("x").state is WaitingState.GONE
    assert centre.phones.live == set()
    assert centre.who("a").presence is Presence.WRAP_UP


async def test_the_operator_who_leaves_gives_the_caller_to_others() -> None:
    centre = await aside()
    centre.clock.pass_by(10)
    assert not await centre.asides.operator_left(TENANT, "x", "leg-0")
    assert await centre.asides.operator_left(TENANT, "x", "leg-1")
    assert centre.who("a").presence is Presence.WRAP_UP
    row = centre.row("x")
    assert (row.state, row.offered_to, row.since) == (WaitingState.WAITING, "", centre.clock())
    await centre.presence.choose(TENANT, "b", Presence.AVAILABLE)
    assert centre.row("x").offered_to == "b"


async def test_a_call_that_we_placed_has_none() -> None:
    """Its two legs hang on each other: there is no queue to come back to."""
    centre = room(operator("a"))
    await centre.placed_talks.begin(
        waiting("t", state=WaitingState.TALKING, offered_to="a", placed=True)
    )
    assert await centre.asides.begin(TENANT, "call-t") is None
