"""A sub-flow that breaks leaves by the `error` exit of the node that called it."""

from dataclasses import replace

import pytest

from ivr.flow_engine.definition import Flow, FlowBody, Goto, HangUp, Kind, Node, Say, Set, Subflow
from tests.ivr.flow_engine.engine.driving import arrived, faults, words
from tests.ivr.flow_engine.engine.flows import expression, flow

BROKEN = Say(prompts=("missing",), next="leave")
CALL = Subflow(id="inner", inputs={}, store={}, outcomes={"done": "menu", "error": "sorry"})
SORRY = HangUp(prompt="wait")
APOLOGY = "申し訳ございません"


def body(name: str, **kinds: Kind) -> FlowBody:
    nodes = {node: Node(id=node, kind=kind, line=1) for node, kind in kinds.items()}
    return FlowBody(id=name, title="", file="", start=next(iter(nodes)), nodes=nodes)


def calling(call: Subflow, *inner: FlowBody, **limits: int) -> Flow:
    made = flow({"call": call, "sorry": SORRY}, start="call", **limits)
    return replace(made, subflows={one.id: one for one in inner})


def test_it_takes_the_exit_without_an_apology() -> None:
    host = arrived(calling(CALL, body("inner", first=BROKEN)))
    assert faults(host) == ["prompt_missing"]
    assert words(host) == "お待ちください。"
    assert (host.session.faults, len(host.session.stack), host.session.wait) == (1, 1, "ended")
    left = [(e.flow, e.node, e.exit) for e in host.trace if e.exit == "error"]
    assert left == [("main", "call", "error")]


@pytest.mark.parametrize("unwritten", [{}, {"error": ""}, {"error": "person"}])
def test_unwritten_it_leads_to_a_person_in_words(unwritten: dict[str, str]) -> None:
    call = replace(CALL, outcomes={"done": "menu", **unwritten})
    host = arrived(calling(call, body("inner", first=BROKEN)))
    assert words(host).startswith(APOLOGY)
    assert host.session.transfer is not None
    assert host.session.transfer.queue == "general"


def test_the_nearest_caller_takes_it() -> None:
    deep = replace(CALL, id="deep", outcomes={"done": "back", "error": "back"})
    outer = body("inner", first=deep, back=Goto(target="gone"))
    host = arrived(calling(CALL, outer, body("deep", first=BROKEN)))
    # the sub-flow's own way on is broken as well: the second fault ends at the last resort
    assert faults(host) == ["prompt_missing", "node_missing"]
    assert host.session.transfer is not None
    assert host.session.transfer.last_resort


def test_one_that_fails_again_and_again_ends_at_the_last_resort() -> None:
    call = replace(CALL, outcomes={"done": "menu", "error": "call"})
    host = arrived(calling(call, body("inner", first=BROKEN)))
    assert faults(host) == ["prompt_missing", "prompt_missing"]
    assert host.session.transfer is not None
    assert host.session.transfer.last_resort


def test_what_the_whole_call_has_used_up_leads_to_a_person() -> None:
    growing = Set(assign={"text": expression("answers.text")}, next="first")
    inner = replace(body("inner", first=growing), variables={})
    host = arrived(calling(CALL, inner))
    assert faults(host) == ["Unset"]  # a broken sub-flow, not a limit of the call
    spinning = body("inner", first=Goto(target="second"), second=Goto(target="first"))
    host = arrived(calling(CALL, spinning, max_steps=8))
    assert faults(host) == ["max_steps"]
    assert words(host).startswith(APOLOGY)
    host = arrived(calling(CALL, spinning, max_steps=1000))
    assert faults(host) == ["turn_nodes"]
    assert words(host) == "お待ちください。"
