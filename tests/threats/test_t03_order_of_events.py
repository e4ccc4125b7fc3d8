"""T3: webhooks come twice, late and in any order; a call ends in the same state all the same."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.pairing.model import CallRef
from identity.pairing.outcomes import Status
from tests.ivr.live_calls.stage import Caller, Stage, a_stage

PAGE = "/carriers/twilio"
# What one call asked, in the order in which an undisturbed carrier sends it.
CLEAN: tuple[tuple[str, dict[str, str]], ...] = (
    (f"{PAGE}/voice", {}),
    (f"{PAGE}/status", {"CallStatus": "ringing"}),
    (f"{PAGE}/status", {"CallStatus": "in-progress"}),
    (f"{PAGE}/turn?n=1", {"Digits": "1"}),
    (f"{PAGE}/turn?n=2", {"Digits": ""}),
    (f"{PAGE}/turn?n=3&resumed=1", {}),
    (f"{PAGE}/turn?n=3", {"Digits": "0"}),
    (f"{PAGE}/current?n=4", {}),
    (f"{PAGE}/queue", {}),
    (f"{PAGE}/left?n=4", {"QueueResult": "hangup", "QueueSid": "QU" + "1" * 32}),
    (f"{PAGE}/status", {"CallStatus": "completed"}),
    (f"{PAGE}/status", {"CallStatus": "no-answer"}),
)
_numbers = count(10_000)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


async def _end_of(stage: Stage, events: list[int]) -> tuple[object, ...]:
    caller: Caller = stage.caller(f"+8190{next(_numbers):05}678")
    for one in events:
        url, fields = CLEAN[one]
        reply = await caller.asks(url, **fields)
        assert reply.status in (200, 204), (url, reply.status)
    stage.clock.pass_by(hours=5)
    await stage.phone.sweep.turn()  # for those whose last word came before their first
    await stage.phone.background.settled()
    row = await caller.row()
    waiting = await caller.waiting()
    check = await stage.identity.watching.latest(stage.identity.tenant.id, CallRef(caller.ref))
    return (
        row.ended_at is not None,
        waiting is None or waiting.state.value == "gone",
        check is None or check.status is not Status.PENDING,
        check is not None and check.badge.value not in ("grey", "checking"),
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.permutations(range(len(CLEAN))),
    again=st.lists(st.integers(0, len(CLEAN) - 1), max_size=8),
)
async def test_any_order_and_any_repetition_end_as_the_clean_run(
    stage: Stage, order: list[int], again: list[int]
) -> None:
    clean = await _end_of(stage, list(range(len(CLEAN))))
    assert clean == (True, True, True, False)
    assert await _end_of(stage, [*order, *again]) == clean


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(st.integers(0, len(CLEAN) - 3), max_size=14))
async def test_nothing_opens_again_once_the_last_word_was_heard(
    stage: Stage, events: list[int]
) -> None:
    """I4: whatever comes after it, the call stays over; no sweep is needed."""
    caller = stage.caller(f"+8190{next(_numbers):05}678")
    for one in (*range(len(CLEAN) - 1), *events):
        url, fields = CLEAN[one]
        await caller.asks(url, **fields)
    assert (await caller.row()).ended_at is not None
    waiting = await caller.waiting()
    assert waiting is None or waiting.state.value == "gone"
    assert (await caller.pairing()).status is not Status.PENDING
