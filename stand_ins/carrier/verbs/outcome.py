"""What a verb leaves behind; None means that the next verb follows."""

from __future__ import annotations

from dataclasses import dataclass

from stand_ins.carrier.calls.call import DocumentRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Goto:
    """Another document takes the place of this one."""

    request: DocumentRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The call is over. `status` as Twilio names final states."""

    reason: str
    status: str = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftQueue:
    """The waiting caller leaves the queue; the verb after Enqueue follows."""


Outcome = Goto | Ended | LeftQueue | None
