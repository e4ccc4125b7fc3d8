"""Callers' numbers, keys and queue results as they really come."""

import pytest

from ivr.carriers.twilio import parse
from ivr.flow_engine.events import DigitsPressed, TimedOut


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+819012345678", ("+819012345678", "mobile")),
        ("+81312345678", ("+81312345678", "landline")),
        ("+815012345678", ("+815012345678", "ip")),
        ("+81120444113", ("+81120444113", "free")),
        ("+12025550123", ("+12025550123", "foreign")),
        ("anonymous", ("", "withheld")),
        ("", ("", "withheld")),
        ("+266696687", ("", "withheld")),
        ("+7378742833", ("", "withheld")),
        ("+81110", ("", "withheld")),
        ("09012345678", ("", "withheld")),
        ("sip:someone@example.jp", ("", "withheld")),
        ("+8190123456789012345", ("", "withheld")),
    ],
)
def test_numbers(raw: str, expected: tuple[str, str]) -> None:
    assert parse.number(raw) == expected


def test_absent_and_empty_digits_are_alike() -> None:
    assert parse.heard({}) == parse.heard({"Digits": ""}) == TimedOut()
    assert parse.heard({"Digits": "12#*"}) == DigitsPressed(keys="12#*")
    assert parse.heard({"Digits": "1 OR 1=1"}) == TimedOut()


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("bridged", "connected"),
        ("hangup", "abandoned"),
        ("queue-full", "full"),
        ("leave", "timeout"),
        ("system-error", "error"),
        ("something-new", "error"),
        ("redirected", None),
    ],
)
def test_queue_results(result: str, outcome: str | None) -> None:
    assert parse.queue_outcome({"QueueResult": result}) == outcome


def test_only_terminal_states_end_a_call() -> None:
    assert [
        s
        for s in ("initiated", "ringing", "in-progress", "answered", "completed", "busy")
        if parse.has_ended({"CallStatus": s})
    ] == ["completed", "busy"]


@pytest.mark.parametrize(("value", "n"), [("3", 3), ("", 0), ("-1", 0), ("٣", 0), ("9999999", 0)])
def test_step_numbers_are_small_plain_digits(value: str, n: int) -> None:
    assert parse.seconds({"n": value}, "n") == n


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, "reached"),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, ""),
        ({"DialCallStatus": "completed", "DialCallDuration": "12"}, "reached"),
        ({"DialCallStatus": "completed"}, ""),
        ({"DialCallStatus": "no-answer", "DialBridged": "false"}, "no_answer"),
        ({"DialCallStatus": "busy"}, "busy"),
        ({"DialCallStatus": "canceled"}, ""),
        ({"DialCallStatus": "failed"}, "failed"),
        ({}, "failed"),
    ],
)
def test_what_became_of_a_dial(fields: dict[str, str], outcome: str) -> None:
    assert parse.dial_outcome(fields) == outcome
