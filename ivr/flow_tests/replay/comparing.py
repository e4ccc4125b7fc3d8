"""One recorded call on two versions of a flow: what differs, and whether it ends elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from ivr.flow_tests.replay.replaying import Replayed


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`path` and `said` are lines that begin with -, + or a blank (both), near what differs."""

    recorded: Replayed
    other: Replayed
    path: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def same_end(self) -> bool:
        """The last node, the last queue and the fault; not the way there."""
        return _end(self.recorded) == _end(self.other)


def compare(recorded: Replayed, other: Replayed) -> Comparison:
    return Comparison(
        recorded=recorded,
        other=other,
        path=tuple(_lines(recorded.path, other.path)),
        said=tuple(_lines(_prompts(recorded), _prompts(other))),
    )


def _end(replayed: Replayed) -> tuple[str, str, str, bool]:
    return replayed.end, replayed.queue, replayed.fault, replayed.ended


def _prompts(replayed: Replayed) -> tuple[str, ...]:
    return tuple(heard.prompt for heard in replayed.said)


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for line in unified_diff(before, after, n=1, lineterm=""):
        if not line.startswith(("---", "+++")):
            yield "  …" if line.startswith("@@") else f"{line[0]} {line[1:]}"
