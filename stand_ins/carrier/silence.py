"""Silence as a caller knows it: nothing plays, and no question of ours is waiting for a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_SILENCE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of silence in carrier seconds, and the last caption before it."""

    start: float
    end: float
    after: str


def silence(
    timeline: Iterable[Mapping[str, Any]], *, longest: float = LONGEST_SILENCE
) -> list[Gap]:
    """The stretches of more than `longest` seconds in which the caller met silence.

    `timeline` holds entries as the control API gives them. Counted is from the moment the call is
    answered (ring-back before it is not silence) to its end, or for a running call to the last
    sound or question that is over. Not silent: `audible` intervals (speech, sounds, ringing, music,
    talk with the other party) and `listening` intervals after a question. A Pause is silent, and
    so is listening that no question preceded.
    """
    entries = list(timeline)
    covered = sorted(_covered(entries))
    start = _answered(entries)
    if start is None:
        return []
    end = next((e["at"] for e in entries if e["kind"] == "end"), None)
    if end is None:
        end = max((stop for _, stop in covered), default=start)
    gaps = []
    quiet_since = start
    for begin, stop in [*covered, (end, end)]:
        if min(begin, end) - quiet_since > longest:
            gaps.append(
                Gap(start=quiet_since, end=min(begin, end), after=_caption(entries, quiet_since))
            )
        quiet_since = max(quiet_since, stop)
    return gaps


def _covered(entries: Sequence[Mapping[str, Any]]) -> Iterable[tuple[float, float]]:
    for entry in entries:
        if "audible" in entry:
            yield (entry["audible"][0], entry["audible"][1])
        if "listening" in entry and entry["question"]:
            yield (entry["listening"][0], entry["listening"][1])


def _answered(entries: Sequence[Mapping[str, Any]]) -> float | None:
    for entry in entries:
        if entry["kind"] == "status" and entry.get("status") == "in-progress":
            return float(entry["at"])
    return None


def _caption(entries: Sequence[Mapping[str, Any]], until: float) -> str:
    said = [e["text"] for e in entries if e["kind"] == "say" and e["at"] <= until]
    return str(said[-1]) if said else ""
