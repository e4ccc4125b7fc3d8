"""Calls, pops and operators as the page gets them. Codes and times (UTC, RFC 3339), no words."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from identity.jpki.attributes import Attributes, PartialDate, RegisteredText
from ivr.live_calls.callbacks.kept_results import Kept
from ivr.live_calls.screen_pop import Pop, masked
from ivr.queues.model import Callback, Operator, Waiting

# Attributes of the format that a verdict after the routing would contradict.
_OUTDATED: Final = frozenset({"identity", "contract"})


def moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def operator(known: Operator, login: str) -> dict[str, Any]:
    return {"id": known.id, "name": known.name, "login": login, "queues": list(known.queues)}


def presence(known: Operator) -> dict[str, Any]:
    return {
        "state": known.presence.value,
        "since": moment(known.presence_since),
        "after_call": known.after_call.value if known.after_call else None,
    }


def entry(row: Waiting, badge: str, position: int | None) -> dict[str, Any]:
    """A call in the list: what every operator of its queue may see."""
    return {
        "token": row.token,
        "queue": row.queue,
        "state": row.state.value,
        "since": moment(row.since),
        "badge": badge,
        "position": position,
        "offered": bool(row.offered_to),
    }


def callback(row: Callback, kept: Kept) -> dict[str, Any]:
    """Somebody to be rung: the number masked, and what an earlier call proved of them."""
    fields = asdict(kept)
    del fields["evidence_id"]
    return {
        "callback": row.id,
        "queue": row.queue,
        "state": row.state.value,
        "since": moment(row.since),
        "due_at": moment(row.due_at),
        "line": masked(row.number),
        "tries": row.tries,
        "last_outcome": row.last_outcome,
        "last_tried_at": moment(row.last_tried_at) if row.last_tried_at else None,
        "taken": bool(row.claimed_by),
        "kept": {name: _plain(value) for name, value in fields.items()},
    }


def pop(view: Pop) -> dict[str, Any]:
    """All of the pop but the call's internal reference, and whose it is: the reader's.

    What the flow saw of the identity stays out too: the result itself says it, and is live.
    """
    fields = asdict(view)
    for name in ("call_ref", "offered_to"):
        del fields[name]
    seen = view.attributes.items()
    fields["attributes"] = {name: text for name, text in seen if name not in _OUTDATED}
    return {name: _plain(value) for name, value in fields.items()}


def card_attributes(found: Attributes) -> dict[str, Any]:
    """Texts as the certificate has them, "" where it has none. `substituted` names those in which
    characters stand for others (外字); `problems` are codes."""
    texts = {"name": found.name, "address": found.address}
    return {
        **{of: one.text if one else "" for of, one in texts.items()},
        "birth_date": _day(found.birth_date) if found.birth_date else "",
        "sex": found.sex.value,
        "substituted": [of for of, one in texts.items() if one and _substituted(one)],
        "problems": [one.value for one in found.problems],
    }


def _substituted(one: RegisteredText) -> bool:
    """Not known counts as yes."""
    return one.substitutes is None or any(one.substitutes)


def _day(date: PartialDate) -> str:
    """YYYY-MM-DD, with question marks for what is not known."""
    year = "????" if date.year is None else f"{date.year:04}"
    rest = ("??" if part is None else f"{part:02}" for part in (date.month, date.day))
    return "-".join((year, *rest))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
