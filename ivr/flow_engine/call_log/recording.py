"""What a call leaves behind for replay: kinds, hints, outcomes and times.

An entry is plain JSON and holds nothing about a person: no number, code, name or reference, no
word that was spoken and no key of an entry, unless the flow says that the value is not personal.
Of a lookup only `public` fields are kept.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from ivr.flow_engine import events
from ivr.flow_engine.definition import Flow, Gather, Lookup, Node
from ivr.flow_engine.engine import Step
from ivr.flow_engine.session import Session

Entry: TypeAlias = dict[str, Any]

MOST: Final = 500  # entries of one call; what is beyond them is not kept
# Fields of events that are words of the flow language, so they can be kept as they are.
_WORDS: Final[Mapping[type, tuple[str, ...]]] = {
    events.CallArrived: ("number_kind", "dialled"),
    events.OperatorAskedCheck: ("identity", "binding"),
    events.PairingOpened: ("hint",),
    events.PairingProgressed: ("hint",),
    events.IdentityProven: ("exit",),
    events.IdentityRefused: ("hint",),
    events.IdentityCancelled: ("hint",),
    events.LookupAnswered: ("outcome",),
    events.CallbackAnswered: ("outcome",),
    events.ErrandFailed: ("reason",),
    events.TransferEnded: ("outcome",),
}
_LEVELS: Final = ("identity", "binding", "mode", "call_state")
_UNHEARD: Final = (events.QueueMoved,)  # nothing comes of it


def kind_of(event: events.Event | type) -> str:
    """`DigitsPressed` is `digits_pressed`."""
    made = event if isinstance(event, type) else type(event)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", made.__name__).lower()


def entry(
    flow: Flow,
    before: Session,
    event: events.Event,
    step: Step,
    *,
    began: datetime,
    now: datetime,
    from_carrier: bool,
) -> Entry | None:
    """One event with the way it led; None for what is not kept. `at` is milliseconds of the
    call, `went` a list of [flow, node, exit]."""
    if isinstance(event, _UNHEARD) or step.outcome == "not_accepted":
        return None
    if isinstance(event, events.TimedOut) and before.wait == "errand":
        return None  # replayed, what is slow has been answered by then
    if isinstance(event, events.PairingProgressed) and step.session == before:
        return None  # known already: replayed, it changes nothing either
    kept: Entry = {"at": round((now - began).total_seconds() * 1000), "event": kind_of(event)}
    kept |= {name: getattr(event, name) for name in _WORDS.get(type(event), ())}
    more = _MORE.get(type(event))
    if more is not None:
        kept |= more(flow, before, event)
    if before.wait == "errand":
        kept |= _asked_by(flow, before)
    if from_carrier:
        kept["asked"] = True
    went = [[one.flow, one.node, one.exit] for one in step.trace if one.exit]
    if went:
        kept["went"] = went
    fault = next((one.fault for one in step.trace if one.fault), "")
    return kept | ({"fault": fault} if fault else {})


def own(name: str, *, began: datetime, now: datetime) -> Entry:
    """What the host did without an event, such as `rescued`."""
    return {"at": round((now - began).total_seconds() * 1000), "event": name}


def _pressed(flow: Flow, before: Session, event: Any) -> Entry:
    """Keys of menus and holds are choices; those of an entry, a ticket or a code are not kept."""
    keys: str = event.keys
    return {"keys": keys} if _is_choice(flow, before, keys) else {"hidden": len(keys)}


def _is_choice(flow: Flow, before: Session, keys: str) -> bool:
    node = _node(flow, before)
    if before.check is not None:
        return len(keys) == 1
    if node is None or not isinstance(node.kind, Gather) or node.kind.sensitive:
        return False
    if not node.kind.store:
        return keys in node.kind.keys or len(keys) == 1
    body = flow.main if before.stack[-1].flow == flow.main.id else None
    body = body or flow.subflows[before.stack[-1].flow]
    variable = body.variables.get(node.kind.store)
    return variable is not None and not variable.personal


def _said(flow: Flow, before: Session, event: Any) -> Entry:
    return {"hidden": len(event.text)}


def _coded(flow: Flow, before: Session, event: Any) -> Entry:
    return {"code": bool(event.code), "item": bool(event.item)}


def _item(flow: Flow, before: Session, event: Any) -> Entry:
    return {"item": bool(event.item)}


def _proof(flow: Flow, before: Session, event: Any) -> Entry:
    contract: events.Contract = event.contract
    return _reached(flow, before, event) | {"contracts": contract.count, "ref": bool(contract.ref)}


def _reached(flow: Flow, before: Session, event: Any) -> Entry:
    return {name: getattr(event.levels, name) for name in _LEVELS}


def _found(flow: Flow, before: Session, event: Any) -> Entry:
    node = _node(flow, before)
    name = node.kind.name if node is not None and isinstance(node.kind, Lookup) else ""
    entry_of = flow.site.lookups.get(name)
    public = entry_of.public if entry_of else ()
    shown = {field: value for field, value in event.fields.items() if field in public}
    return {"fields": shown}


def _asked_by(flow: Flow, before: Session) -> Entry:
    """`for`: what was awaited, the kind of node or, of a check, its phase; a lookup's `name`."""
    node, check = _node(flow, before), before.check
    if check is not None:
        return {"for": check.phase}
    if node is not None and isinstance(node.kind, Lookup):
        return {"for": "lookup", "name": node.kind.name}
    return {"for": kind_of(type(node.kind)) if node is not None else ""}


_MORE: Final[Mapping[type, Callable[[Flow, Session, Any], Entry]]] = {
    events.DigitsPressed: _pressed,
    events.SpeechHeard: _said,
    events.PairingOpened: _coded,
    events.PairingProgressed: _item,
    events.IdentityProven: _proof,
    events.IdentityRefused: _reached,
    events.LookupAnswered: _found,
}


def _node(flow: Flow, session: Session) -> Node | None:
    frame = session.stack[-1]
    body = flow.main if frame.flow == flow.main.id else flow.subflows.get(frame.flow)
    return body.nodes.get(frame.node) if body else None
