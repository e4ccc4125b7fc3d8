"""What was done to the service in one run, as its callers, operators, carrier and stores saw it.

Nothing here is taken from inside the service. The checks of `invariants` read only this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from identity.evidence_archive.model import EvidenceRow


class Kind(Enum):
    CALL_START = "call-start"
    GATHER = "gather"
    PAIRING_CREATE = "pairing-create"
    APP_CLAIM = "app-claim"
    APP_STEP = "app-step"
    APP_SUBMIT = "app-submit"
    REDIRECT = "redirect"
    STATUS_CALLBACK = "status-callback"
    OPERATOR_FETCH = "operator-fetch"
    EVIDENCE_READ = "evidence-read"


class Outcome(Enum):
    INVOKE = "invoke"
    """Asked, and never answered while anybody listened."""
    OK = "ok"
    FAIL = "fail"
    """Refused: surely without effect."""
    UNKNOWN = "unknown"
    """It may have happened or not: the answer was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`began` and `ended` are monotonic seconds of this computer, `wall` (UTC) is when it ended.

    `call` is the carrier's id of the call. `facts` by kind: `pairing`, `installation`, `status`,
    `hint`, `refusal` for the app's, and the `code` that was entered for a claim; `token`,
    `pairing`, `evidence`, `badge`, `status`, `hint` for what an operator was shown; `pairing`,
    `evidence`, `of` (the kind of row), `signature` (good, bad, none) and `signed_pairing` for a row
    of evidence; `n` for a document.
    """

    kind: Kind
    call: str
    outcome: Outcome
    began: float
    ended: float
    wall: datetime
    facts: Mapping[str, str] = field(default_factory=dict)

    def fact(self, name: str) -> str:
        return self.facts.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPairing:
    """A pairing as SQL holds it after the run; `pending` may still be a status."""

    id: str
    call: str
    status: str
    hint: str
    claimed_by: str
    opened_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    verdict_at: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How a call was for its caller. `gaps`: silences in seconds beyond what is allowed.

    `stayed`: did not hang up before reaching anybody. `reached`: "person", "words" (a spoken
    ending) or "" for neither. `pulled_away`: a redirect took them from a person they talked with.
    `documents`: the step number of each document that was played.
    """

    call: str
    stayed: bool
    reached: str
    pulled_away: bool = False
    gaps: tuple[str, ...] = ()
    documents: tuple[int, ...] = ()
    lately: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skewed:
    """Between these right times a process had a clock that was wrong by so many seconds. They are
    more than a run lasts, so that a time of that clock cannot be a right one."""

    since: datetime
    until: datetime
    seconds: float


State = Mapping[str, str]
"""What is final of a deployment, as text by name; see `stores_read`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`skewed`: when clocks were wrong. `revoked`: when the card of an installation was revoked.
    `evidence`: the whole chain, and `evidence_without_key` the same after one content key was
    destroyed. `replayed`: the state before and after all webhooks of the run were sent again."""

    operations: tuple[Operation, ...] = ()
    pairings: tuple[KeptPairing, ...] = ()
    heard: tuple[Heard, ...] = ()
    skewed: tuple[Skewed, ...] = ()
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    evidence: tuple[EvidenceRow, ...] = ()
    evidence_without_key: tuple[EvidenceRow, ...] = ()
    replayed: tuple[State, State] = field(default_factory=lambda: ({}, {}))

    def of(self, *kinds: Kind, outcome: Outcome = Outcome.OK) -> Iterator[Operation]:
        return (o for o in self.operations if o.kind in kinds and o.outcome is outcome)

    def kept(self, pairing: str) -> KeptPairing | None:
        return next((one for one in self.pairings if one.id == pairing), None)
