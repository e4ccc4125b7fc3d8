"""From the fields of a Twilio request to our words. Plain values in and out."""

import re
from collections.abc import Mapping
from typing import Final

import phonenumbers

from ivr.flow_engine.events import DigitsPressed, Event, SpeechHeard, TimedOut
from ivr.flow_engine.readings.number_kinds import believable, kind_of
from ivr.live_calls.ports import Arrival

# What carriers put into From for callers who hide their number, spelled on the keypad:
# ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE.
_WITHHELD: Final = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
_KEYS: Final = re.compile(r"[0-9*#]{1,32}")
_LONGEST_SPEECH: Final = 200
ENDED: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_QUEUE_RESULT: Final = {
    "bridged": "connected",
    "bridging-in-process": "connected",
    "hangup": "abandoned",
    "queue-full": "full",
    "leave": "timeout",
}
_DIAL_OUTCOME: Final = {"no-answer": "no_answer", "busy": "busy", "canceled": ""}


def number(raw: str) -> tuple[str, str]:
    """(E.164, kind); ("", "withheld") for hidden callers and for anything not believable."""
    parsed = None if raw in _WITHHELD else believable(raw)
    if parsed is None:
        return "", "withheld"
    plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return plain, kind_of(parsed)


def arrival(form: Mapping[str, str]) -> Arrival:
    """Raises KeyError without CallSid or To."""
    caller, kind = number(form.get("From", ""))
    return Arrival(
        carrier_call_id=form["CallSid"], number=caller, number_kind=kind, dialled=form["To"]
    )


def heard(form: Mapping[str, str]) -> Event:
    """Keys, else speech, else a time-out. Absent and empty `Digits` are alike; odd ones count as
    none."""
    pressed = form.get("Digits", "")
    if _KEYS.fullmatch(pressed):
        return DigitsPressed(keys=pressed)
    said = form.get("SpeechResult", "").strip()
    return SpeechHeard(text=said[:_LONGEST_SPEECH]) if said else TimedOut()


def queue_outcome(form: Mapping[str, str]) -> str | None:
    """How the stay in a queue ended; None when our own redirect ended it."""
    result = form.get("QueueResult", "")
    if result in ("redirected", "redirected-from-bridged"):
        return None
    return _QUEUE_RESULT.get(result, "error")


def was_joined(form: Mapping[str, str]) -> bool:
    """A Dial of ours found its party: it is over because one of the two left."""
    return form.get("DialCallStatus", "") in ("completed", "answered")


def dial_outcome(form: Mapping[str, str]) -> str:
    """What a Dial to a telephone came to: reached, no_answer, busy or failed; "" when it was given
    up before anybody could know."""
    if was_joined(form):
        # A Dial that its own side ended is "completed" too, whether or not the two had talked.
        bridged = form.get("DialBridged") or str(seconds(form, "DialCallDuration") > 0).lower()
        return "reached" if bridged == "true" else ""
    return _DIAL_OUTCOME.get(form.get("DialCallStatus", ""), "failed")


def has_ended(form: Mapping[str, str]) -> bool:
    """Terminal states win; all other status callbacks are hints that we do not need."""
    return form.get("CallStatus", "") in ENDED


def seconds(form: Mapping[str, str], name: str) -> int:
    """A whole number of a field, 0 when it is absent or odd."""
    value = form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0
