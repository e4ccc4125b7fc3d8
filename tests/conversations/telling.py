"""Golden conversations: the steps of a story become events, what follows becomes lines."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.events import (
    CallArrived,
    CallEnded,
    DigitsPressed,
    Event,
    IdentityCancelled,
    IdentityRefused,
    IdentityRepudiated,
    Levels,
    OperatorAskedCheck,
    PairingProgressed,
    QueueMoved,
    Resumed,
    SpeechHeard,
    TalkBegan,
    TimedOut,
    TransferEnded,
)
from ivr.flow_engine.voice_actions import (
    Closing,
    Document,
    Gather,
    HangUp,
    Hold,
    Pause,
    Play,
    Spoken,
    Transfer,
)
from ivr.flow_tests.host import Host, Script, proven
from tests.conversations.errand_lines import written

_KEYPAD_WAIT: Final = 6


def _refused(step: Any) -> Event:
    if isinstance(step, str):
        return IdentityRefused(hint=step)
    levels = Levels(identity=step["identity"], binding=step["binding"])
    return IdentityRefused(hint=step["hint"], levels=levels, key=step.get("key", ""))


_NEWS: Final[Mapping[str, Callable[[Any], Event]]] = {
    "progressed": lambda step: (
        PairingProgressed(**step) if isinstance(step, dict) else PairingProgressed(hint=step)
    ),
    "refused": _refused,
    "cancelled": lambda step: IdentityCancelled(hint=step),
    "repudiated": lambda step: IdentityRepudiated(),
    "talk_began": lambda step: TalkBegan(),
    "operator_asked": lambda step: OperatorAskedCheck(
        identity="id_card_auth", binding="bind_choice"
    ),
    "call_ended": lambda step: CallEnded(),
}
_REQUESTS: Final[Mapping[str, Callable[[Any], Event]]] = {
    "press": lambda step: DigitsPressed(keys=step),
    "speech": lambda step: SpeechHeard(text=step),
    "silence": lambda step: TimedOut(),
    "resumed": lambda step: Resumed(),
    "transfer_ended": lambda step: TransferEnded(outcome=step),
}


def tell(flow: Flow, story: Mapping[str, Any]) -> list[str]:
    """Play a story; the lines are what its golden part holds.

    `untold` is the number of first steps that leave no lines, because another story tells them.
    """
    caller = {"number": "+819012345678", "number_kind": "mobile", **story.get("call", {})}
    host = Host(
        flow=flow,
        session=engine.begin(flow, "call-1"),
        now=datetime.fromisoformat(story["at"]),
        script=_script(story.get("host", {})),
    )
    arrived = CallArrived(call="call-1", dialled="+81312345678", **caller)
    lines = ["* call arrives", *_turn(host, arrived, from_carrier=True)]
    for place, step in enumerate(story["steps"]):
        if place == story.get("untold"):
            lines = []
        ((name, value),) = step.items()
        lines.append(f"* {name} {'' if value is None else value}".rstrip())
        lines += _step(host, name, value)
    lines += _path(host)
    return lines


def _script(host: Mapping[str, Any]) -> Script:
    made = {**host, "slow": tuple(host.get("slow", ()))}
    return Script(**made)


def _step(host: Host, name: str, value: Any) -> list[str]:
    if name == "passes":
        host.pass_time(value)
        return []
    if name == "fetch":
        host.fetch()
        return [*_drawn(host.session.document), _where(host)]
    if name == "late_answer":
        return _turn(host, host.answer_to(host.late.pop(0)), from_carrier=False)
    if name == "queue_moved":
        position, size, wait = value
        event = QueueMoved(position=position, size=size, wait=wait)
        spoken = engine.announce(host.flow, host.session, event, host.now)
        said = [f"  {_said(spoken)}"] if spoken else []
        return [*said, *_turn(host, event, from_carrier=False)]
    if name == "proven":
        return _turn(host, proven(host.now, **(value or {})), from_carrier=False)
    if name in _NEWS:
        return _turn(host, _NEWS[name](value), from_carrier=False)
    host.pass_time(value if name == "silence" else 1)
    return _turn(host, _REQUESTS[name](value), from_carrier=True)


def _turn(host: Host, event: Event, *, from_carrier: bool) -> list[str]:
    before, pending_before = host.session.n, host.session.pending
    errands = host.feed(event, from_carrier=from_carrier)
    assert host.last is not None
    lines = [f"  ({host.last.outcome})"] if host.last.outcome != "accepted" else []
    lines += [f"  > {written(errand)}" for errand in errands]
    if host.session.n != before:
        lines += _drawn(host.session.document)
    elif host.session.pending not in (None, pending_before):
        lines += [f"  pending{line}" for line in _drawn(host.session.pending)]
    return [*lines, _where(host)]


def _where(host: Host) -> str:
    session = host.session
    known = f"{session.identity.status} {session.identity.hint} {session.identity.level}"
    return f"  = n{session.n} {session.wait} at {session.node} [{' '.join(known.split())}]"


def _drawn(document: Document | None) -> list[str]:
    assert document is not None
    said = _said(document.spoken)
    first = [f"  {said}"] if said else []
    return [*first, f"  [{_closing(document.closing)}]"]


def _closing(closing: Closing) -> str:
    match closing:
        case Gather() as gather:
            kind = f"{gather.max_digits}{' or #' if gather.finish_on else ''}"
            secret = " sensitive" * gather.sensitive
            heard = f" or speech ({', '.join(gather.hints)})" if gather.speech else ""
            through = "" if gather.barge_in else " to the end"
            manner = f"{kind}{heard} {gather.timeout}s{secret}{through}"
            return f"gather {manner}: {_said(gather.spoken)}"
        case Hold() as hold:
            quiet = f" quiet {hold.quiet}s" if hold.quiet else ""
            return f"hold {hold.seconds}s{quiet}: {_said(hold.spoken)}"
        case Transfer() as transfer:
            return f"transfer {transfer.queue} max {transfer.max_wait}s"
        case HangUp():
            return "hang up"


def _said(spoken: tuple[Spoken, ...]) -> str:
    return " ".join(_part(part) for part in spoken)


def _part(part: Spoken) -> str:
    match part:
        case Pause():
            return f"({part.milliseconds})"
        case Play():
            return f"play {part.audio} {part.caption}"
    return f"slowly {part.text}" if part.slow else part.text


def _path(host: Host) -> list[str]:
    """Node, exit and what was pressed, in order; staying at a node is not shown."""
    moved = [entry for entry in host.trace if entry.exit or entry.keys or entry.fault]
    return [
        "* trace",
        *(
            f"  {entry.node} {entry.exit or '.'} {entry.keys} {entry.fault}".rstrip()
            for entry in moved
        ),
    ]
