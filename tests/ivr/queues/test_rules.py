"""Who is offered which call, as tables."""

from datetime import timedelta

import pytest

from ivr.queues import rules
from ivr.queues.model import Operator, Presence, Waiting, WaitingState
from tests.ivr.queues.adapters import START, operator, waiting

LATER = START + timedelta(seconds=5)


def offers(calls: list[Waiting], operators: list[Operator]) -> list[tuple[str, str]]:
    return [(row.token, one.id) for row, one in rules.next_offers(calls, operators)]


@pytest.mark.parametrize("presence", [p for p in Presence if p is not Presence.AVAILABLE])
def test_only_the_available_are_offered(presence: Presence) -> None:
    assert offers([waiting("x")], [operator("a", presence=presence)]) == []


def test_the_longest_idle_is_first() -> None:
    operators = [operator("a", idle_since=LATER), operator("b")]
    assert offers([waiting("x")], operators) == [("x", "b")]


def test_priority_before_waiting_time() -> None:
    calls = [waiting("x"), waiting("y", priority=5, since=LATER)]
    assert offers(calls, [operator("a")]) == [("y", "a")]


def test_who_enters_anew_without_having_left_keeps_the_place() -> None:
    refused = waiting("x", refused_by=("a",))
    again = rules.keeps_place(waiting("new", call_ref="call-x", since=LATER), refused)
    assert START < again.since < LATER
    assert again.refused_by == ("a",)
    assert rules.in_order([waiting("z", since=LATER), again])[0] == again
    for state in (WaitingState.TALKING, WaitingState.GONE):
        fresh = waiting("new", call_ref="call-x", since=LATER)
        assert rules.keeps_place(fresh, waiting("x", state=state)) == fresh


def test_one_call_each() -> None:
    calls = [waiting("x"), waiting("y", since=LATER), waiting("z", since=LATER)]
    operators = [operator("a"), operator("b", idle_since=LATER)]
    assert offers(calls, operators) == [("x", "a"), ("y", "b")]


def test_an_operator_with_an_offer_or_a_call_gets_no_second() -> None:
    for state in (WaitingState.WAITING, WaitingState.RINGING, WaitingState.TALKING):
        taken = waiting("x", state=state, offered_to="a", offered_until=LATER)
        assert offers([taken, waiting("y")], [operator("a")]) == []


def test_a_call_goes_only_to_its_queue_and_not_to_who_passed_it_on() -> None:
    calls = [waiting("x", queue="safety"), waiting("y", refused_by=("a",))]
    assert offers(calls, [operator("a")]) == []
    assert offers(calls, [operator("a"), operator("b")]) == [("y", "b")]
    assert offers(calls, [operator("c", queues=("safety",))]) == [("x", "c")]


@pytest.mark.parametrize(
    ("state", "to", "seconds_left", "has", "missed", "rang_out"),
    [
        (WaitingState.WAITING, "", None, False, False, False),
        (WaitingState.WAITING, "a", 1, True, False, False),
        (WaitingState.WAITING, "a", 0, False, True, False),
        (WaitingState.RINGING, "a", 1, False, False, False),
        (WaitingState.RINGING, "a", 0, False, False, True),
        (WaitingState.TALKING, "a", None, False, False, False),
        (WaitingState.GONE, "", None, False, False, False),
    ],
)
def test_what_an_offer_has_come_to(
    state: WaitingState,
    to: str,
    seconds_left: int | None,
    has: bool,
    missed: bool,
    rang_out: bool,
) -> None:
    until = None if seconds_left is None else START + timedelta(seconds=seconds_left)
    row = waiting("x", state=state, offered_to=to, offered_until=until)
    assert rules.has_offer(row, START) is has
    assert rules.missed(row, START) is missed
    assert rules.rang_out(row, START) is rang_out


def test_a_place_counts_the_own_queue_in_order() -> None:
    calls = [
        waiting("x"),
        waiting("y", since=LATER),
        waiting("z", priority=1, since=LATER),
        waiting("other", queue="safety"),
        waiting("talks", state=WaitingState.TALKING, offered_to="b"),
    ]
    operators = [operator("a"), operator("b", presence=Presence.ON_CALL), operator("c", queues=())]
    place = rules.place("y", calls, operators, LATER)
    assert place == rules.Place(position=3, size=3, wait=270, overdue=False)
    assert rules.place("talks", calls, operators, LATER) is None


def test_a_place_without_operators_and_past_the_longest_wait() -> None:
    place = rules.place("x", [waiting("x")], [], START + timedelta(seconds=300))
    assert place == rules.Place(position=1, size=1, wait=180, overdue=True)
