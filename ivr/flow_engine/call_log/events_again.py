"""Entries of a call's log as events again; what was never kept is made up.

Made-up values are of the right kind and always the same: a number of the caller's kind, `1` for
each hidden key, a code, an item, a contract. A flow that branches by such a value may go another
way than the call did.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from ivr.flow_engine import events
from ivr.flow_engine.call_log.recording import Entry
from ivr.flow_engine.events import Contract, Event, Levels, Scalar
from ivr.flow_engine.site import LookupEntry

NUMBERS: Final[Mapping[str, str]] = {
    "mobile": "+819012345678",
    "landline": "+81310000000",
    "ip": "+815000000000",
    "free": "+81120000000",
    "foreign": "+12025550100",
    "withheld": "",
}
CODE: Final = "11112222"
ITEM: Final = "47"
REF: Final = "replayed"


def arrival(entry: Entry, call: str) -> events.CallArrived:
    kind = str(entry.get("number_kind", "withheld"))
    return events.CallArrived(
        call=call,
        number=NUMBERS.get(kind, ""),
        number_kind=kind,
        dialled=str(entry.get("dialled", "")),
    )


def event_of(entry: Entry, now: datetime) -> Event | None:
    """None for an entry that is no event of the carrier, the app or the desk."""
    make = _MADE.get(str(entry.get("event", "")))
    return make(entry, now) if make is not None else None


def answered(entry: Entry, key: str, lookup: LookupEntry | None, now: datetime) -> Event:
    """The recorded answer to an errand, for the errand with this key."""
    match entry["event"]:
        case "pairing_opened":
            return events.PairingOpened(
                key=key,
                code=CODE if entry.get("code") else "",
                item=ITEM if entry.get("item") else "",
                hint=str(entry["hint"]),
            )
        case "lookup_answered":
            fields = _fields(entry, lookup, now) if entry["outcome"] == "found" else {}
            return events.LookupAnswered(key=key, outcome=str(entry["outcome"]), fields=fields)
        case "callback_answered":
            return events.CallbackAnswered(key=key, outcome=str(entry["outcome"]))
        case "errand_failed":
            return events.ErrandFailed(key=key, reason=str(entry.get("reason", "")))
    made = event_of(entry, now)
    return made if made is not None else events.ErrandDone(key=key)


def _fields(entry: Entry, lookup: LookupEntry | None, now: datetime) -> dict[str, Scalar]:
    kept = entry.get("fields", {})
    known = lookup.fields if lookup else {}
    return {name: kept.get(name, _made_up(kind, now)) for name, kind in known.items()}


def _made_up(kind: str, now: datetime) -> Scalar:
    given: Mapping[str, Scalar] = {
        "int": 0,
        "yen": 0,
        "bool": False,
        "digits": "1111",
        "date": (now + timedelta(days=7)).date().isoformat(),
        "time": "12:00",
        "phone": NUMBERS["landline"],
        "ref": REF,
    }
    return given.get(kind, "-")


def _levels(entry: Entry) -> Levels:
    return Levels(
        identity=str(entry.get("identity", "id_none")),
        binding=str(entry.get("binding", "bind_none")),
        mode=str(entry.get("mode", "")),
        call_state=str(entry.get("call_state", "unknown")),
    )


def _digits(entry: Entry, now: datetime) -> Event:
    return events.DigitsPressed(keys=str(entry.get("keys") or "1" * int(entry.get("hidden", 1))))


def _progress(entry: Entry, now: datetime) -> Event:
    return events.PairingProgressed(hint=str(entry["hint"]), item=ITEM if entry.get("item") else "")


def _proof(entry: Entry, now: datetime) -> Event:
    return events.IdentityProven(
        exit=str(entry["exit"]),
        levels=_levels(entry),
        contract=Contract(
            count=int(entry.get("contracts", 0)), ref=REF if entry.get("ref") else ""
        ),
        proven_at=now.isoformat(),
    )


_MADE: Final[Mapping[str, Callable[[Entry, datetime], Event]]] = {
    "digits_pressed": _digits,
    "speech_heard": lambda entry, now: events.SpeechHeard(text="-"),
    "timed_out": lambda entry, now: events.TimedOut(),
    "resumed": lambda entry, now: events.Resumed(),
    "operator_asked_check": lambda entry, now: events.OperatorAskedCheck(
        identity=str(entry["identity"]), binding=str(entry["binding"])
    ),
    "pairing_progressed": _progress,
    "identity_proven": _proof,
    "identity_refused": lambda entry, now: events.IdentityRefused(
        hint=str(entry["hint"]), levels=_levels(entry)
    ),
    "identity_cancelled": lambda entry, now: events.IdentityCancelled(hint=str(entry["hint"])),
    "identity_repudiated": lambda entry, now: events.IdentityRepudiated(),
    "transfer_ended": lambda entry, now: events.TransferEnded(outcome=str(entry["outcome"])),
    "talk_began": lambda entry, now: events.TalkBegan(),
    "call_ended": lambda entry, now: events.CallEnded(),
}
