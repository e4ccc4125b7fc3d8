"""The log of a call: kept beside its session while it lasts, and by itself when it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from ivr.flow_engine.call_log import recording
from ivr.flow_engine.call_log.recording import MOST, Entry
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.engine import Step
from ivr.flow_engine.events import Event
from ivr.flow_engine.session import Session
from ivr.live_calls.ports import CallRow

_LOG: Final = "log"  # no field of a session has this name
_AT: Final = "at"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLog:
    """A call that is over, without anything about a person: see `flow_engine.call_log`."""

    tenant: str
    call_ref: str
    flow_id: str
    flow_version: str
    began_at: datetime
    ended_at: datetime
    entries: tuple[Entry, ...]


class CallLogs(Protocol):
    async def keep(self, log: KeptLog) -> None:
        """Idempotent: the first log of a call stands."""
        ...

    async def load(self, tenant: str, call_ref: str) -> KeptLog | None: ...

    async def of_flow(self, tenant: str, flow_id: str, at_most: int) -> Sequence[KeptLog]:
        """The latest first."""
        ...

    async def drop_before(self, before: datetime) -> int:
        """Forget the calls that ended before then; how many."""
        ...


class CallLog:
    """The log of one call while it takes an event; `entries` is all that happened so far, what
    repeats itself as one entry with all its times."""

    def __init__(self, flow: Flow, began: datetime, so_far: tuple[Entry, ...] = ()) -> None:
        self._flow = flow
        self._began = began
        self.entries = so_far

    def heard(
        self, before: Session, event: Event, step: Step, now: datetime, *, from_carrier: bool
    ) -> None:
        made = recording.entry(
            self._flow,
            before,
            event,
            step,
            began=self._began,
            now=now,
            from_carrier=from_carrier,
        )
        if made is not None:
            self._add(made)

    def own(self, name: str, now: datetime) -> None:
        self._add(recording.own(name, began=self._began, now=now))

    def _add(self, entry: Entry) -> None:
        """The turns of a hold are one entry with many times: each is read and written again with
        every turn that follows."""
        if self.entries and _but_when(self.entries[-1]) == _but_when(entry):
            times = _times(self.entries[-1])
            if len(times) < MOST:
                again = {**entry, _AT: [*times, entry[_AT]]}
                self.entries = (*self.entries[:-1], again)
        elif len(self.entries) < MOST:
            self.entries = (*self.entries, entry)


def _but_when(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name != _AT}


def _times(entry: Entry) -> list[int]:
    at = entry[_AT]
    return at if isinstance(at, list) else [at]


def one_by_one(log: Sequence[Entry]) -> tuple[Entry, ...]:
    """Each event for itself again, as logs are kept and replayed."""
    return tuple({**entry, _AT: at} for entry in log for at in _times(entry))[:MOST]


def packed(session: dict[str, Any], log: tuple[Entry, ...]) -> dict[str, Any]:
    """What the session's store keeps."""
    return {**session, _LOG: list(log)} if log else session


def unpacked(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[Entry, ...]]:
    """A session of before there were logs has none."""
    log = body.get(_LOG, ())
    return {name: value for name, value in body.items() if name != _LOG}, tuple(log)


def kept_log(row: CallRow, flow: Flow, log: tuple[Entry, ...], ended: datetime) -> KeptLog:
    return KeptLog(
        tenant=row.tenant,
        call_ref=row.call_ref,
        flow_id=flow.main.id,
        flow_version=flow.version,
        began_at=row.began_at,
        ended_at=ended,
        entries=one_by_one(log),
    )
