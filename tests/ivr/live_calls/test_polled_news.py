"""The table of what counts, news or request, when the carrier asks again in a check that moved."""

from typing import Final

import pytest

from ivr.flow_engine.events import (
    Contract,
    DigitsPressed,
    Event,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    IdentityRepudiated,
    Levels,
    PairingProgressed,
    Resumed,
    TimedOut,
)
from ivr.live_calls.polled_news import Counts, what_counts

PROVEN: Final = IdentityProven(
    exit="verified", levels=Levels(), contract=Contract(), proven_at="2026-11-23T04:00:00+00:00"
)
TABLE: Final[list[tuple[Event | None, Counts, Counts]]] = [
    (None, Counts.REQUEST, Counts.REQUEST),
    (PairingProgressed(hint="awaiting_card"), Counts.NOTED_THEN_REQUEST, Counts.PROGRESS),
    (
        PairingProgressed(hint="awaiting_choice", item="4"),
        Counts.NOTED_THEN_REQUEST,
        Counts.PROGRESS,
    ),
    (IdentityCancelled(hint="caller_skipped"), Counts.REQUEST, Counts.END),
    (PROVEN, Counts.END, Counts.END),
    (IdentityRefused(hint="session_expired"), Counts.END, Counts.END),
    (IdentityRepudiated(), Counts.END, Counts.END),
]


@pytest.mark.parametrize(
    ("news", "keyed", "unkeyed"), TABLE, ids=[type(news).__name__ for news, *_ in TABLE]
)
def test_what_counts(news: Event | None, keyed: Counts, unkeyed: Counts) -> None:
    assert what_counts(news, DigitsPressed(keys="0")) is keyed
    for request in (TimedOut(), Resumed()):
        assert what_counts(news, request) is unkeyed
