"""Nodes and modes that the golden conversations do not reach."""

from dataclasses import replace
from typing import Any

import pytest

from ivr.flow_engine import engine
from ivr.flow_engine.definition import (
    Branch,
    Callback,
    FlowBody,
    Gather,
    HangUp,
    HoldPrompts,
    Mode,
    Node,
    Return,
    Route,
    Say,
    Set,
    Subflow,
    Variable,
    VerifyIdentity,
)
from ivr.flow_engine.errands import ClosePairing, OpenPairing, RegisterCallback
from ivr.flow_engine.events import (
    CallArrived,
    CallbackAnswered,
    DigitsPressed,
    ErrandFailed,
    IdentityRefused,
    PairingOpened,
    SpeechHeard,
    TimedOut,
)
from ivr.flow_engine.turn.turn import stamp
from ivr.flow_engine.voice_actions import HangUp as HangUpAction
from ivr.flow_engine.voice_actions import Hold, Transfer
from ivr.flow_tests.host import Host, proven
from tests.ivr.flow_engine.engine.driving import ARRIVED, arrived, faults, press, words
from tests.ivr.flow_engine.engine.flows import KINDS, NOW, expression, flow

CALL_BACK = Callback(
    queue="general",
    outcomes={"accepted": "bye", "unavailable": "sorry", "error": "sorry"},
    keep_result=600,
)
SORRY = HangUp(prompt="wait")


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ("+819012345678", True),
        ("+817012345678", True),
        ("+81312345678", True),
        ("+815012345678", False),
        ("+81120444113", False),
        ("+81800123456", False),
        ("+14155550100", False),
        ("", False),
    ],
)
def test_callback_takes_mobile_and_landline_numbers_only(number: str, taken: bool) -> None:
    made = flow({"back": CALL_BACK, "sorry": SORRY}, start="back")
    host = Host(flow=made, session=engine.begin(made, "call-1"), now=NOW)
    event = CallArrived(call="call-1", number=number, number_kind="mobile", dialled="")
    done = host.feed(event, from_carrier=True)
    assert [errand for errand in done if isinstance(errand, RegisterCallback)] == (
        [
            RegisterCallback(
                key="call-1:0:0", queue="general", to=number, keep_result=600, due_at=stamp(NOW)
            )
        ]
        if taken
        else []
    )
    assert words(host) == ("どうぞ。" if taken else "お待ちください。")


@pytest.mark.parametrize(
    ("source", "to"),
    [
        ("answers.text", "+819012345678"),  # as one keys it in Japan
        ("'0312345678'", "+81312345678"),
        ("'+819012345678'", "+819012345678"),
        ("call.number", "+819012345678"),
        ("'0120444113'", ""),
        ("'9012345678'", ""),
        ("'110'", ""),
        ("''", ""),
    ],
)
def test_the_number_to_ring_may_be_an_expression(source: str, to: str) -> None:
    keyed = Set(assign={"text": expression("'09012345678'")}, next="back")
    back = replace(CALL_BACK, to=expression(source))
    made = flow({"keyed": keyed, "back": back, "sorry": SORRY}, start="keyed")
    host = Host(flow=made, session=engine.begin(made, "call-1"), now=NOW)
    done = host.feed(ARRIVED, from_carrier=True)
    asked = [errand.to for errand in done if isinstance(errand, RegisterCallback)]
    assert asked == ([to] if to else [])
    assert words(host) == ("どうぞ。" if to else "お待ちください。")


@pytest.mark.parametrize(
    "answer",
    [ErrandFailed(key="call-1:0:0"), CallbackAnswered(key="call-1:0:0", outcome="error")],
)
def test_callback_error(answer: Any) -> None:
    made = flow({"back": CALL_BACK, "sorry": SORRY}, start="back")
    step = engine.step(
        made,
        engine.begin(made, "call-1"),
        CallArrived(call="call-1", number="+819012345678", number_kind="mobile", dialled=""),
        NOW,
        from_carrier=True,
    )
    host = Host(flow=made, session=step.session, now=NOW)
    host.feed(answer, from_carrier=True)
    assert words(host) == "お待ちください。"


def test_set_sees_what_it_set_and_changes_language_and_pace() -> None:
    setting = Set(
        assign={"text": expression("'a'"), "number": expression("answers.text + '1'")},
        next="menu",
        language=expression("'en-US'"),
        pace=expression("'slow'"),
    )
    host = arrived(flow({"set": setting}, start="set"))
    assert host.session.answers == {"text": "a", "number": "a1"}
    assert (host.session.language, host.session.pace) == ("en-US", "slow")


def test_spoken_entry_is_kept_cut_to_length() -> None:
    entry = Gather(prompt="menu", max_digits=8, store="text", next="menu", speech=True)
    host = arrived(flow({"entry": entry}, start="entry"))
    host.feed(SpeechHeard(text=" " + "あ" * 80), from_carrier=True)
    assert host.session.answers["text"] == "あ" * 59


def test_numbers_are_stored_as_numbers() -> None:
    entry = Gather(prompt="menu", max_digits=3, store="count", next="menu")
    made = flow({"entry": entry}, start="entry")
    variables = {**made.main.variables, "count": Variable(type="int")}
    host = arrived(replace(made, main=replace(made.main, variables=variables)))
    press(host, "042")
    assert host.session.answers["count"] == 42


def test_a_sub_flow_gives_defaults_for_outputs_it_did_not_write() -> None:
    inner = FlowBody(
        id="inner",
        title="",
        file="",
        start="leave",
        nodes={"leave": Node(id="leave", kind=Return(exit="done"), line=1)},
        outputs={"said": Variable(type="text", default="nothing")},
    )
    call = Subflow(id="inner", inputs={}, store={"text": "said"}, outcomes={"done": "menu"})
    made = replace(flow({"call": call}, start="call"), subflows={"inner": inner})
    host = arrived(made)
    assert host.session.answers == {"text": "nothing"}
    assert host.session.node == "main/menu"


def test_sub_flows_are_at_most_five_deep() -> None:
    deeper = Subflow(id="inner", inputs={}, store={}, outcomes={})
    inner = FlowBody(
        id="inner",
        title="",
        file="",
        start="in",
        nodes={"in": Node(id="in", kind=deeper, line=1)},
    )
    made = replace(flow({"call": deeper}, start="call"), subflows={"inner": inner})
    assert faults(arrived(made)) == ["subflow_depth"]


def check_with(**changes: Any) -> VerifyIdentity:
    kind = KINDS["check"]
    assert isinstance(kind, VerifyIdentity)
    return replace(kind, **changes)


def test_without_a_mode_that_can_start_nothing_opens() -> None:
    kind = KINDS["check"]
    assert isinstance(kind, VerifyIdentity)
    outcomes = {**kind.outcomes, "no_ticket": "words", "code_expired": "bye"}
    says = Say(prompts=("words",), next="menu")
    for modes, heard in (
        ((Mode(name="operator_started"), Mode(name="app_dial")), "どうぞ。 番号を押してください。"),
        ((Mode(name="operator_started"),), "どうぞ。"),
    ):
        made = flow({"check": check_with(modes=modes, outcomes=outcomes), "words": says})
        host = press(arrived(made), "1")
        assert words(host) == heard
        assert host.opened == 0
        assert host.session.identity.status == "none"


TWO = (Mode(name="spoken_code", prompt="code", within=60), Mode(name="spoken_code", prompt="code"))


def test_an_unclaimed_mode_gives_way_and_its_code_stays_valid() -> None:
    host = press(arrived(flow({"check": check_with(modes=TWO)})), "1")
    first = host.session.check
    assert first is not None
    host.pass_time(61)
    done = host.feed(TimedOut(), from_carrier=True)
    assert [type(errand) for errand in done] == [OpenPairing]
    second = host.session.check
    assert second is not None
    assert second.keys[:1] == first.keys
    host.feed(proven(NOW, key=first.keys[0]), from_carrier=False)
    assert host.session.identity.status == "complete"


def test_an_expired_pairing_has_no_more_news_in_the_next_mode() -> None:
    host = press(arrived(flow({"check": check_with(modes=TWO)})), "1")
    first = host.session.check
    assert first is not None
    expired = IdentityRefused(hint="code_expired", key=first.keys[0])
    for _ in range(2):
        host.feed(expired, from_carrier=False)
    assert host.session.check is not None
    assert host.session.check.mode == 1
    assert first.keys[0] not in host.session.check.keys


def test_a_second_mode_that_cannot_open_closes_what_the_first_opened() -> None:
    host = press(arrived(flow({"check": check_with(modes=TWO)})), "1")
    host.script.fails = {"OpenPairing": "store_down"}
    host.pass_time(61)
    done = host.feed(TimedOut(), from_carrier=True)
    assert [errand.hint for errand in done if isinstance(errand, ClosePairing)] == ["by_system"]
    assert host.session.identity.hint == "internal_error"


def test_an_unwritten_call_ended_only_ends() -> None:
    kind = KINDS["check"]
    assert isinstance(kind, VerifyIdentity)
    outcomes = {name: target for name, target in kind.outcomes.items() if name != "call_ended"}
    host = press(arrived(flow({"check": check_with(outcomes=outcomes)})), "1")
    host.feed(IdentityRefused(hint="call_ended"), from_carrier=False)
    assert host.session.wait == "ended"
    assert host.session.pending is not None
    assert isinstance(host.session.pending.closing, HangUpAction)


def test_a_pairing_that_opens_slowly_holds_the_line_and_fails_in_time() -> None:
    made = flow()
    host = arrived(made)
    step = engine.step(made, host.session, DigitsPressed(keys="1"), host.now, from_carrier=True)
    (errand,) = step.errands
    assert isinstance(errand, OpenPairing)
    step = engine.defer(made, step.session, errand.key, host.now)
    host.session = engine.draw(step.session)
    assert isinstance(host.session.document and host.session.document.closing, Hold)
    opened = PairingOpened(key=errand.key, code="12345678")
    late = engine.step(made, host.session, opened, host.now, from_carrier=False)
    assert late.session.wait == "identity"
    host.pass_time(21)
    host.feed(TimedOut(), from_carrier=True)
    assert host.session.identity.hint == "internal_error"


def test_branch_reads_the_caller_and_the_clock() -> None:
    source = "weekday == 'tue' && now > timestamp('2026-01-01T00:00:00Z')"
    arms = ((expression(f"call.number_kind == 'mobile' && {source}"), "words"),)
    made = flow(
        {"choose": Branch(arms=arms, otherwise="menu"), "words": HangUp(prompt="words")},
        start="choose",
    )
    assert words(arrived(made)) == "どうぞ。"


@pytest.mark.parametrize(
    ("sounds", "japanese", "english"),
    [
        ({}, "", ""),
        ({"": "tick"}, "tick", "tick"),
        ({"ja-JP": "ja", "en-US": "en"}, "ja", "en"),
    ],
)
def test_sounds_speak_the_callers_language(
    sounds: dict[str, str], japanese: str, english: str
) -> None:
    person = KINDS["person"]
    assert isinstance(person, Route)
    check = check_with(
        hold=HoldPrompts(prompts={"default": "wait"}, sound=sounds),
        modes=(Mode(name="spoken_code", prompt="code"),),
    )
    made = flow({"check": check, "person": replace(person, hold_sound=sounds)})
    for keys, expected in (("", japanese), ("8", english)):
        held = press(arrived(made), *keys, "1").session.document
        assert held is not None
        assert isinstance(held.closing, Hold)
        assert held.closing.sound == expected
        queued = press(arrived(made), *keys, "0").session.document
        assert queued is not None
        assert isinstance(queued.closing, Transfer)
        assert queued.closing.hold_sound == expected
