"""Calls and drop-outs by exit, from what calls left behind."""

from typing import Any

from ivr.flow_engine.definition import Branch, Flow
from ivr.flow_engine.nodes.kinds_and_exits import exits_of
from ivr.flow_library.drawing.counting import counts
from ivr.flow_library.drawing.graph import Count
from tests.ivr.flow_library.test_difference import BEFORE, a_flow

OVER: dict[str, Any] = {"at": 9, "event": "call_ended"}


def went(*steps: tuple[str, str]) -> dict[str, Any]:
    return {"at": 1, "event": "digits_pressed", "went": [["bad", *step] for step in steps]}


def of(flow: Flow, *logs: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    found = counts(flow, logs)
    return {f"{key[1]}.{key[2]}": (one.calls, one.dropped) for key, one in found.items()}


def test_a_call_counts_once_for_an_exit() -> None:
    assert of(BEFORE, [went(("hi", "next")), went(("hi", "next"))]) == {"hi.next": (1, 0)}
    assert of(BEFORE, [went(("hi", "next"))], [went(("hi", "next"))]) == {"hi.next": (2, 0)}
    assert of(BEFORE, [], [OVER]) == {}


def test_who_is_gone_dropped_out_at_the_last_exit() -> None:
    one = [went(("check", "pin_blocked"), ("hi", "next")), OVER]
    assert of(BEFORE, one) == {"check.pin_blocked": (1, 0), "hi.next": (1, 1)}


def test_a_call_that_the_flow_ended_did_not_drop_out() -> None:
    assert of(BEFORE, [went(("desk", "connected")), OVER]) == {"desk.connected": (1, 0)}


def test_names_of_other_versions_do_no_harm() -> None:
    found = of(BEFORE, [went(("gone", "next")), OVER], [went(("hi", "when 3")), OVER])
    assert found == {"gone.next": (1, 1), "hi.when 3": (1, 1)}


def test_the_arms_of_a_branch_are_counted_by_their_condition() -> None:
    flow = a_flow(
        old="  hi: {say: hello, next: desk}",
        new="  hi: {branch: [{when: '1 > 2', next: desk}, {when: '2 > 1', next: desk}],"
        " else: desk}",
    )
    kind = flow.main.nodes["hi"].kind
    assert isinstance(kind, Branch)
    found = counts(flow, [[went(("hi", "when 2"))], [went(("hi", "when 9"))]])
    assert found["bad", "hi", "when 2 > 1"] == Count(calls=1)
    assert "when 2 > 1" in exits_of(kind)
