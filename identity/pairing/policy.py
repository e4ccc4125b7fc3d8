"""The named values that a pairing follows. A verdict records which policy applied."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

JAPAN: Final = ZoneInfo("Asia/Tokyo")
"""Whose calendar says what a day is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingPolicy:
    name: str = "default-2026-11"
    claim_within: timedelta = timedelta(seconds=120)
    whole_check: timedelta = timedelta(seconds=300)
    extension: timedelta = timedelta(seconds=120)
    desk_claim_within: timedelta = timedelta(minutes=5)
    """A code at a desk is typed, not heard: it may be handed over, and typed again."""
    desk_check: timedelta = timedelta(minutes=10)
    desk_checks_of_account: int = 60
    """How many one account may begin within `desk_check`."""
    code_random_digits: int = 7
    code_random_digits_alarmed: int = 9
    code_not_reused: timedelta = timedelta(hours=24)
    link_lives: timedelta = timedelta(minutes=5)
    ticket_random_digits: int = 9
    ticket_lives: timedelta = timedelta(seconds=60)
    report_within: timedelta = timedelta(seconds=10)
    """How long after the ticket's arrival the installation may report its own call."""
    connected_within: timedelta = timedelta(seconds=5)
    """How far the handset's connection may be from our answer."""
    keyed_code: bool = False
    """Whether apps may show a code for the caller to key: an exception, for accessibility."""
    entry_window: timedelta = timedelta(minutes=10)
    wrong_entries_per_installation: int = 5
    wrong_entries_per_address: int = 20
    """For installations that never proved a card."""
    wrong_entries_longer_codes: int = 200
    wrong_entries_pause: int = 20_000
    wrong_entry_takes: timedelta = timedelta(milliseconds=50)
    """No wrong entry is answered sooner, so that its kind does not show in the time it takes."""
    wrong_picks: int = 2
    """The first makes the call speak a new item, the second ends the pairing."""
    late_proofs_kept: int = 3
    result_lives: timedelta = timedelta(minutes=30)
    recheck_apart: timedelta = timedelta(seconds=10)
    """The certificate behind one verdict is asked about again at most so often, but for news."""
    repudiate_within: timedelta = timedelta(hours=72)
    busy_card_window: timedelta = timedelta(minutes=10)
    busy_card_lines: int = 3
    """One person proven from so many numbers within the window: operators are told (T11)."""
    card_held_after_repudiation: timedelta = timedelta(hours=24)
    line_warning: timedelta = timedelta(hours=24)
    line_or_device_known: bool = True
    device_known_for: timedelta = timedelta(days=365)
    """How far back an earlier day counts on which this installation proved this person."""
    history: timedelta = timedelta(days=90)
    """How long an installation sees its verdicts, and may speak for a person it proved."""
    poll_interval_seconds: int = 2
