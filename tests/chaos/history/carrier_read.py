"""The carrier's timeline of one call, read as operations and as what its caller heard."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from stand_ins.carrier.calls.performance import ERROR_SENTENCE
from stand_ins.carrier.silence import LONGEST_SILENCE, Gap, silence
from tests.chaos.history.operations import Heard, Kind, Operation, Outcome

Entry = Mapping[str, Any]
Timeline = Sequence[Entry]
_DOOR: Final = "/carriers/twilio/"
_KINDS: Final = {
    "voice": Kind.CALL_START,
    "turn": Kind.GATHER,
    "status": Kind.STATUS_CALLBACK,
}
_STEP: Final = re.compile(r'action="[^"]*/turn\?n=(\d+)')
_PERSON: Final = "talks with"


def webhooks(timeline: Timeline) -> Iterator[Entry]:
    """Those that went to the service (the fallback is none of it)."""
    return (e for e in timeline if e["kind"] == "webhook" and _DOOR in e["request"]["url"])


def operations(
    call: str, timeline: Timeline, clock: Callable[[datetime], float]
) -> list[Operation]:
    """`clock` gives this computer's monotonic seconds for a wall time."""
    found = [_of_webhook(call, entry, clock) for entry in webhooks(timeline)]
    moved = [e for e in timeline if e["kind"] == "rest" and "request" in e]
    found += [_operation(call, Kind.REDIRECT, Outcome.OK, e, clock, {}) for e in moved]
    return [one for one in found if one is not None]


def heard(
    call: str, timeline: Timeline, *, left_early: bool, late: Callable[[Gap], float]
) -> Heard:
    """`late` is how much of a gap this computer itself was late by (see `metronome`)."""
    said = [entry["text"] for entry in timeline if entry["kind"] == "say"]
    gaps = [(gap, late(gap)) for gap in silence(timeline)]
    return Heard(
        call=call,
        stayed=not left_early,
        reached=_reached(timeline, said),
        pulled_away=_pulled_away(timeline),
        gaps=tuple(
            f"{gap.end - gap.start:.1f} s after 「{gap.after}」 (computer late by {by:.1f} s)"
            for gap, by in gaps
            if gap.end - gap.start - by > LONGEST_SILENCE
        ),
        documents=tuple(_documents(timeline)),
        lately=tuple(str(entry["text"])[:80] for entry in timeline[-14:]),
    )


def wall_between(timeline: Timeline, start: float, end: float) -> tuple[datetime, datetime]:
    """Wall times around two moments of the call's own clock."""
    times = [(e["at"], datetime.fromisoformat(e["wall"])) for e in timeline]
    before = [wall for at, wall in times if at <= start]
    after = [wall for at, wall in times if at >= end]
    return (before or [times[0][1]])[-1], (after or [times[-1][1]])[0]


def _of_webhook(call: str, entry: Entry, clock: Callable[[datetime], float]) -> Operation | None:
    address = urlsplit(entry["request"]["url"])
    kind = _KINDS.get(address.path.rpartition("/")[2])
    if kind is None:
        return None
    facts = {"n": parse_qs(address.query).get("n", [""])[0]}
    if kind is Kind.STATUS_CALLBACK:
        facts["status"] = entry["request"]["form"]["CallStatus"]
    outcome = Outcome.OK if "response" in entry else Outcome.UNKNOWN
    return _operation(call, kind, outcome, entry, clock, facts)


def _operation(
    call: str,
    kind: Kind,
    outcome: Outcome,
    entry: Entry,
    clock: Callable[[datetime], float],
    facts: Mapping[str, str],
) -> Operation:
    wall = datetime.fromisoformat(entry["wall"])
    ended = clock(wall)
    took = float(entry.get("latency_ms", 0)) / 1000
    return Operation(
        kind=kind,
        call=call,
        outcome=outcome,
        began=ended - took,
        ended=ended,
        wall=wall,
        facts=facts,
    )


def _reached(timeline: Timeline, said: Sequence[str]) -> str:
    """Words count when the call was ended behind them by a document, not by a broken one."""
    if any(e["kind"] == "bridge" and _PERSON in e["text"] for e in timeline):
        return "person"
    end = next((str(e["text"]) for e in timeline if e["kind"] == "end"), "hung up by nobody yet")
    if "hung up by" in end or ERROR_SENTENCE in said:
        return ""
    last = [e["kind"] for e in timeline if e["kind"] in ("say", "listened", "queue")]
    return "words" if last and last[-1] == "say" else ""


def _pulled_away(timeline: Timeline) -> bool:
    """The call was given another document while the two talked."""
    talking = False
    for entry in timeline:
        if entry["kind"] == "bridge":
            talking = _PERSON in entry["text"]
        elif talking and entry["kind"] == "rest" and "another document" in entry["text"]:
            return True
    return False


def _documents(timeline: Timeline) -> Iterator[int]:
    for entry in timeline:
        step = _STEP.search(entry.get("twiml", "")) if entry["kind"] == "document" else None
        if step is not None:
            yield int(step[1])
