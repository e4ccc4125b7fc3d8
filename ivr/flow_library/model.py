"""What is in force; published versions, the aliases that point at them, who moved one when.

A share counts calls of 10,000 (`percent` times 100), so that it stays a whole number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import Site
from ivr.flow_linter.finding import Finding

LIVE: Final = "live"
CANARY: Final = "canary"
ALL_CALLS: Final = 10_000


class NoFlow(Exception):
    """No version can serve: the number is not ours, or nothing ever read. Names no caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFiles:
    """`texts` maps a path below `flows/` to its text, `audio_hashes` one to its SHA-256 (hex).

    `unfit` are recordings that are not as the line has them, by how they are coded instead; "" for
    what is no recording.
    """

    texts: Mapping[str, str]
    audio_hashes: Mapping[str, str]
    unfit: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What is in force: the site, the flow of each id it names, and why newer files are not."""

    site: Site | None = None
    flows: Mapping[str, Flow] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Who first published a version, and why. Immutable, as the version itself."""

    flow_id: str
    version: str
    author: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """`revision` counts the moves of this alias: a move says which one it follows.

    An alias that was taken away has no version; its revisions go on.
    """

    flow_id: str
    name: str
    version: str
    share: int = ALL_CALLS
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One audit entry: an alias went from a version to another. Empty: it was, or is, not there.

    `approvals` are the people who stood behind it, who moved it first. `back`: a roll-back.
    """

    flow_id: str
    alias: str
    came_from: str
    went_to: str
    share: int
    by: str
    approvals: tuple[str, ...]
    message: str
    at: datetime
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A move that waits for people. It holds only while the alias has the revision it was made for.

    `needed` is how many people it takes, who proposed it included.
    """

    id: str
    flow_id: str
    alias: str
    went_to: str
    share: int
    by: str
    approvals: tuple[str, ...]
    needed: int
    message: str
    at: datetime
    follows: int
    version: int = 1
    done: bool = False
