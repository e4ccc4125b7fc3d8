"""What of an event is kept, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.flow_engine import engine, events
from ivr.flow_engine.call_log.events_again import NUMBERS, event_of
from ivr.flow_engine.call_log.recording import entry, kind_of
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.outcomes import NUMBER_KINDS
from ivr.flow_engine.readings.number_kinds import rung_back_as
from ivr.flow_engine.session import Check, Frame, Session
from tests.ivr.flow_tests.desk import FLOW, one, read

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
STEP = engine.Step(
    session=Session(call="c", flow_version="v", language="en-US"),
    errands=(),
    outcome="accepted",
    trace=(),
)


def desk(change: str = "", to: str = "") -> Flow:
    return read(one(""), FLOW.replace(change, to) if change else FLOW)[0]


def at(flow: Flow, node: str, **changes: Any) -> Session:
    begun = engine.begin(flow, "c")
    return replace(begun, wait="input", stack=(Frame(flow="desk", node=node),), **changes)


def kept(flow: Flow, before: Session, event: events.Event) -> dict[str, Any]:
    made = entry(
        flow, before, event, STEP, began=NOW, now=NOW + timedelta(seconds=2), from_carrier=True
    )
    assert made is not None
    return {name: value for name, value in made.items() if name not in ("at", "event", "asked")}


PUBLIC = ("asked: {type: digits}", "asked: {type: digits, personal: false}")
SENSITIVE = ("prompt: number, store: asked, sensitive: true", "prompt: number, store: asked")
HIDDEN_MENU = ("digits: 1, prompt: menu", "digits: 1, prompt: menu, sensitive: true")


@pytest.mark.parametrize(
    ("node", "keys", "changes", "wanted"),
    [
        ("menu", "1", (), {"keys": "1"}),
        ("menu", "7", (), {"keys": "7"}),
        ("menu", "4711", (), {"hidden": 4}),
        ("menu", "1", (HIDDEN_MENU,), {"hidden": 1}),
        ("number", "4711", (), {"hidden": 4}),
        ("number", "4711", (SENSITIVE,), {"hidden": 4}),
        ("number", "4711", (PUBLIC,), {"hidden": 4}),
        ("number", "4711", (PUBLIC, SENSITIVE), {"keys": "4711"}),
    ],
)
def test_keys_of_a_gather(
    node: str, keys: str, changes: tuple[tuple[str, str], ...], wanted: dict[str, Any]
) -> None:
    text = FLOW
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    flow = read(one(""), text)[0]
    assert kept(flow, at(flow, node), events.DigitsPressed(keys=keys)) == wanted


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [("9", {"keys": "9"}), ("0123456789", {"hidden": 10}), ("12", {"hidden": 2})],
)
def test_keys_of_a_check(keys: str, wanted: dict[str, Any]) -> None:
    flow = desk()
    before = at(flow, "verify", check=Check())
    assert kept(flow, before, events.DigitsPressed(keys=keys)) == wanted


EVENTS: list[tuple[events.Event, dict[str, Any]]] = [
    (
        events.CallArrived(
            call="c", number="+819012345678", number_kind="mobile", dialled="+81312345678"
        ),
        {"number_kind": "mobile", "dialled": "+81312345678"},
    ),
    (events.SpeechHeard(text="山田です"), {"hidden": 4}),
    (
        events.PairingOpened(key="c:1:0", code="38051264", item="47"),
        {"hint": "awaiting_app", "code": True, "item": True},
    ),
    (
        events.PairingProgressed(hint="awaiting_choice", item="47"),
        {"hint": "awaiting_choice", "item": True},
    ),
    (
        events.LookupAnswered(
            key="c:1:0", outcome="found", fields={"due": "2026-12-10", "name": "山田"}
        ),
        {"outcome": "found", "fields": {"due": "2026-12-10"}},
    ),
    (events.ErrandFailed(key="c:1:0", reason="full"), {"reason": "full"}),
    (events.TransferEnded(outcome="connected"), {"outcome": "connected"}),
    (events.IdentityRepudiated(), {}),
]


@pytest.mark.parametrize(("event", "wanted"), EVENTS, ids=lambda e: type(e).__name__)
def test_facts_of_an_event(event: events.Event, wanted: dict[str, Any]) -> None:
    flow = desk()
    assert kept(flow, at(flow, "find"), event) == wanted


def test_what_is_not_kept() -> None:
    flow = desk()
    waiting = replace(at(flow, "find"), wait="errand")
    refused = replace(STEP, outcome="not_accepted")
    for before, event, step in (
        (waiting, events.TimedOut(), STEP),
        (waiting, events.QueueMoved(position=1, size=1, wait=1), STEP),
        (waiting, events.DigitsPressed(keys="1"), refused),
    ):
        assert entry(flow, before, event, step, began=NOW, now=NOW, from_carrier=True) is None


def test_made_up_numbers_are_of_the_caller_s_kind() -> None:
    assert set(NUMBERS) == set(NUMBER_KINDS)
    for kind in ("mobile", "landline"):
        assert rung_back_as(NUMBERS[kind])
    for kind in ("ip", "free", "foreign", "withheld"):
        assert not rung_back_as(NUMBERS[kind])


@pytest.mark.parametrize(
    "event",
    [
        events.TimedOut(),
        events.TalkBegan(),
        events.CallEnded(),
        events.IdentityRepudiated(),
        events.IdentityCancelled(hint="by_operator"),
        events.OperatorAskedCheck(identity="id_card_auth", binding="bind_choice"),
        events.IdentityRefused(
            hint="level_not_reached", levels=events.Levels(identity="id_number")
        ),
    ],
    ids=kind_of,
)
def test_an_event_without_secrets_comes_back_as_it_was(event: events.Event) -> None:
    flow = desk()
    made = entry(flow, at(flow, "menu"), event, STEP, began=NOW, now=NOW, from_carrier=False)
    assert made is not None
    assert event_of(made, NOW) == event
