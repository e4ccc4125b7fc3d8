"""Broken flows and limits: the caller always hears words and meets a person."""

from dataclasses import replace
from typing import Any

import pytest

from ivr.flow_engine import engine
from ivr.flow_engine.definition import (
    Branch,
    Count,
    Goto,
    HoursCheck,
    Kind,
    Lookup,
    Return,
    Route,
    Say,
    Set,
    Subflow,
)
from ivr.flow_engine.errands import ClosePairing, ShowOperator, WithdrawScreen
from ivr.flow_engine.events import LookupAnswered, QueueMoved, TimedOut, TransferEnded
from ivr.flow_engine.voice_actions import HangUp, Transfer
from ivr.flow_tests.host import Host, proven
from tests.ivr.flow_engine.engine.driving import ARRIVED, arrived, faults, press, words
from tests.ivr.flow_engine.engine.flows import KINDS, NOW, expression, flow, without_nodes

APOLOGY = "申し訳ございません"


def transfer_of(host: Host) -> Transfer:
    assert host.session.document is not None
    closing = host.session.document.closing
    assert isinstance(closing, Transfer)
    return closing


ROUTE_EXITS = dict.fromkeys(("connected", "abandoned", "full", "timeout", "error"), "bye")
BROKEN: dict[str, tuple[Kind, str]] = {
    "goto nowhere": (Goto(target="nowhere"), "node_missing"),
    "goto itself": (Goto(target="broken"), "same_node"),
    "unknown prompt": (Say(prompts=("missing",), next="menu"), "prompt_missing"),
    "a prompt behind the guard": (Say(prompts=("balance",), next="menu"), "guarded_prompt"),
    "a personal variable": (Say(prompts=("number",), next="menu"), "guarded_prompt"),
    "a prompt with what is never spoken": (Say(prompts=("level",), next="menu"), "never_spoken"),
    "a lookup behind the guard": (
        Lookup(name="balance", args={}, store="balance", outcomes={"found": "menu"}),
        "guarded_lookup",
    ),
    "a lookup nobody knows": (Lookup(name="other", args={}, outcomes={}), "lookup_missing"),
    "an attribute behind the guard": (
        Route(queue="general", attributes=("contract",), outcomes=ROUTE_EXITS),
        "guarded_attribute",
    ),
    "a lookup as an attribute behind the guard": (
        Route(queue="general", attributes=("answers.balance",), outcomes=ROUTE_EXITS),
        "guarded_attribute",
    ),
    "an unset variable": (
        Branch(arms=((expression("answers.number == '1'"), "menu"),), otherwise="menu"),
        "Unset",
    ),
    "no truth value": (
        Branch(arms=((expression("call.number"), "menu"),), otherwise="menu"),
        "not_a_truth_value",
    ),
    "no expression": (
        Branch(arms=((expression("1 +"), "menu"),), otherwise="menu"),
        "ExpressionError",
    ),
    "unknown hours": (HoursCheck(name="desk", outcomes={}), "KeyError"),
    "a missing exit": (Count(name="c", max=1, outcomes={}), "exit_missing"),
    "an unknown language": (
        Set(assign={}, next="menu", language=expression("'fr-FR'")),
        "language_unknown",
    ),
    "an unknown pace": (Set(assign={}, next="menu", pace=expression("'fast'")), "pace_unknown"),
    "a missing sub-flow": (Subflow(id="none", inputs={}, store={}, outcomes={}), "subflow_missing"),
    "a return in the main flow": (Return(exit="done"), "return_in_main"),
    "a circle without a wait": (
        Set(
            assign={"text": expression("'x'")},
            next="grow",
        ),
        "turn_nodes",
    ),
}
GROW: dict[str, Kind] = {
    "grow": Set(assign={"text": expression("answers.text")}, next="shrink"),
    "shrink": Goto(target="grow"),
}


@pytest.mark.parametrize(("kind", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_first_fault_apologises_and_goes_to_the_human_node(kind: Kind, code: str) -> None:
    host = arrived(flow({"broken": kind, **GROW}, start="broken"))
    assert faults(host) == [code]
    assert host.last is not None
    assert host.last.outcome == "fault"
    assert APOLOGY in words(host)
    assert transfer_of(host).queue == "general"
    assert host.session.faults == 1


def test_second_fault_goes_to_the_fallback_queue_without_the_flow() -> None:
    made = without_nodes(flow({"broken": Goto(target="nowhere")}, start="broken"), "person")
    host = arrived(made)
    assert faults(host) == ["node_missing", "node_missing"]
    assert transfer_of(host).queue == "last"
    assert words(host).count(APOLOGY) == 1
    host.feed(QueueMoved(position=1, size=1, wait=5), from_carrier=False)
    host.feed(TransferEnded(outcome="connected"), from_carrier=True)
    assert host.session.wait == "ended"


def test_a_fallback_queue_that_always_refuses_ends_in_words() -> None:
    made = without_nodes(flow({"broken": Goto(target="nowhere")}, start="broken"), "person")
    host = arrived(made, fails={"ShowOperator": "down"})
    for _ in range(3):
        assert transfer_of(host).queue == "last"
        host.feed(TransferEnded(outcome="error"), from_carrier=True)
    host.feed(TransferEnded(outcome="error"), from_carrier=True)
    assert host.session.document is not None
    assert isinstance(host.session.document.closing, HangUp)
    assert "おかけ直しください" in words(host)


def test_the_apology_speaks_the_callers_language() -> None:
    host = arrived(flow({"broken": Goto(target="nowhere"), "menu": KINDS["menu"]}))
    press(host, "8")
    host.flow = without_nodes(host.flow, "check")
    press(host, "1")
    assert words(host).startswith("We are sorry")


def test_a_verdict_survives_the_fault_behind_it() -> None:
    made = without_nodes(flow(), "verified_queue")
    host = press(arrived(made), "1")
    host.feed(proven(NOW), from_carrier=False)
    assert faults(host) == ["node_missing"]
    assert host.session.identity.status == "complete"
    assert host.session.identity.level == "id_card_auth"


def ends_in_words_and_a_person(host: Host, queue: str = "general") -> bool:
    return APOLOGY in words(host) and transfer_of(host).queue == queue


def test_a_fault_closes_the_open_check() -> None:
    host = press(arrived(flow(max_duration=60)), "1")
    host.pass_time(61)
    done = host.feed(TimedOut(), from_carrier=True)
    host.pass_time(1)
    done += host.feed(TimedOut(), from_carrier=True)
    assert faults(host) == ["max_duration"]
    assert [errand.hint for errand in done if isinstance(errand, ClosePairing)] == ["by_system"]
    assert ends_in_words_and_a_person(host)


def test_time_in_the_queue_does_not_count() -> None:
    host = press(arrived(flow(max_duration=60)), "0")
    host.pass_time(3000)
    host.feed(TransferEnded(outcome="timeout"), from_carrier=True)
    assert faults(host) == []
    assert host.session.wait == "input"


def test_max_steps() -> None:
    host = arrived(flow(max_steps=6))
    while not faults(host):
        press(host, "0")
        if not faults(host):
            host.feed(TransferEnded(outcome="timeout"), from_carrier=True)
    assert host.session.steps == 8  # the seventh is one too many, and then the person's own
    assert faults(host) == ["max_steps"]
    assert ends_in_words_and_a_person(host)


def test_errand_rounds_of_one_turn() -> None:
    ask = {
        f"ask{i}": Lookup(
            name="customer", args={}, outcomes=dict.fromkeys(("none",), f"ask{i + 1}")
        )
        for i in range(12)
    }
    host = arrived(flow({**ask}, start="ask0"))
    assert faults(host) == ["errand_rounds"]
    assert ends_in_words_and_a_person(host)


def test_a_session_that_grows_too_large_is_cut_down() -> None:
    host = arrived(flow({**GROW, "find": KINDS["find"]}))
    host.script.lookups = {"customer": {"found": {"contract": "c" * 70_000}}}
    press(host, "2")
    assert faults(host) == ["session_size", "session_size"]
    assert ends_in_words_and_a_person(host, queue="last")


def test_a_fault_out_of_the_queue_takes_its_screen_away() -> None:
    host = press(arrived(flow()), "0")
    host.flow = without_nodes(host.flow, "menu")
    done = host.feed(TransferEnded(outcome="timeout"), from_carrier=True)
    assert [type(errand) for errand in done] == [WithdrawScreen, ShowOperator]


def test_fault_document() -> None:
    with_flow = engine.fault_document(flow(), "en-US")
    assert isinstance(with_flow.closing, Transfer)
    assert with_flow.closing.queue == "last"
    named = engine.fault_document(None, "ja-JP", queue="general")
    assert isinstance(named.closing, Transfer)
    nothing = engine.fault_document(None, "fr-FR")
    assert isinstance(nothing.closing, HangUp)
    assert nothing.spoken


@pytest.mark.parametrize("verdict", [None, proven(NOW)])
def test_a_lost_session_goes_to_a_person_with_its_verdict(verdict: Any) -> None:
    made = flow()
    step = engine.rescue(made, ARRIVED, verdict, 7, NOW)
    host = Host(flow=made, session=step.session, now=NOW)
    (errand,) = step.errands
    assert isinstance(errand, ShowOperator)
    assert errand.key == "call-1:7:0"
    host.feed(host.answer_to(errand), from_carrier=True)
    assert APOLOGY in words(host)
    assert transfer_of(host).queue == "general"
    assert host.session.identity.status == ("complete" if verdict else "none")


def test_an_unexpected_answer_is_no_fault() -> None:
    made = flow()
    host = arrived(made)
    step = engine.step(
        made,
        replace(host.session),
        LookupAnswered(key="call-1:0:0", outcome="found"),
        NOW,
        from_carrier=False,
    )
    assert step.outcome == "not_accepted"
    assert step.session == host.session


def test_values_that_double_end_in_words_before_they_fill_the_memory() -> None:
    doubling = {
        f"d{n}": Set(assign={"text": expression("answers.text + answers.text")}, next=f"d{n + 1}")
        for n in range(40)
    }
    first = Set(assign={"text": expression("'abcdefgh'")}, next="d0")
    host = arrived(flow({"first": first, **doubling}, start="first", max_steps=100))
    assert faults(host) == ["ExpressionError"]
    assert len(str(host.session.stack[0].answers["text"])) <= 1000
    assert words(host).startswith(APOLOGY)
