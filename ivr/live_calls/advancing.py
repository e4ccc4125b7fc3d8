"""Step and do errands until nothing is awaited, or until what is awaited is slow."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

import structlog

from ivr.flow_engine import engine
from ivr.flow_engine.call_log.recording import Entry
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import Errand
from ivr.flow_engine.events import CallArrived, Event, IdentityProven, IdentityRefused
from ivr.flow_engine.session import Session
from ivr.live_calls.call_log import CallLog
from ivr.live_calls.errands.table import ErrandTable, Later
from ivr.live_calls.kept_calls import LoadedCall
from ivr.live_calls.ports import CallRow

_log = structlog.get_logger()
Trace: TypeAlias = Callable[[Flow, engine.Step], None]
"""Hears of every step. For those who watch, never for what a call needs; must not raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """How far the call has come. `after` and `later` are for when `session` has been saved; `log`
    is the call's whole log."""

    session: Session
    accepted: bool = True
    after: tuple[Errand, ...] = ()
    later: Later | None = field(default=None)
    log: tuple[Entry, ...] = ()


class Advancing:
    def __init__(
        self, *, errands: ErrandTable, now: Callable[[], datetime], trace: Trace | None = None
    ) -> None:
        self._errands = errands
        self._now = now
        self._trace = trace

    async def take(self, loaded: LoadedCall, event: Event, *, from_carrier: bool) -> Advance:
        """One event, all the way. Does errands, saves nothing."""
        log = CallLog(loaded.flow, loaded.row.began_at, loaded.log)
        step = self._step(loaded.flow, loaded.session, event, log, from_carrier=from_carrier)
        return await self._settled(loaded.row, loaded.flow, step, log, from_carrier=from_carrier)

    async def straight_on(self, row: CallRow, flow: Flow) -> Advance:
        """A new call for which the dialogue has no room goes to `human` at once."""
        step = engine.straight_on(flow, arrival_of(row), self._now())
        log = CallLog(flow, row.began_at)
        log.own("straight_on", self._now())
        return await self._settled(row, flow, step, log, from_carrier=True)

    async def rescue(
        self, row: CallRow, flow: Flow, verdict: IdentityProven | IdentityRefused | None, n: int
    ) -> Advance:
        """A live call whose session was lost goes on at `human`, with the verdict SQL has."""
        step = engine.rescue(flow, arrival_of(row), verdict, n, self._now())
        log = CallLog(flow, row.began_at)
        log.own("rescued", self._now())
        return await self._settled(row, flow, step, log, from_carrier=True)

    def _step(
        self, flow: Flow, session: Session, event: Event, log: CallLog, *, from_carrier: bool
    ) -> engine.Step:
        now = self._now()
        step = engine.step(flow, session, event, now, from_carrier=from_carrier)
        log.heard(session, event, step, now, from_carrier=from_carrier)
        return step

    async def _settled(
        self, row: CallRow, flow: Flow, step: engine.Step, log: CallLog, *, from_carrier: bool
    ) -> Advance:
        accepted, after = step.outcome != "not_accepted", list[Errand]()
        while True:
            _note(step, row)
            if self._trace is not None:
                self._trace(flow, step)
            answer = await self._done(step, row, flow, after)
            if answer is None or step.session.wait != "errand":
                done = Advance(session=step.session, accepted=accepted, after=tuple(after))
                return replace(done, log=log.entries)
            if isinstance(answer, Later):
                put_off = self._deferred(
                    flow, step.session, answer, after, from_carrier=from_carrier
                )
                return replace(put_off, log=log.entries)
            step = self._step(flow, step.session, answer, log, from_carrier=from_carrier)

    async def _done(
        self, step: engine.Step, row: CallRow, flow: Flow, after: list[Errand]
    ) -> Event | Later | None:
        """Do the errands in order; the answer to the awaited one."""
        answer: Event | Later | None = None
        for errand in step.errands:
            if self._errands.is_after_save(errand):
                after.append(errand)
                continue
            done = await self._errands.do(errand, row, flow)
            if errand.key == step.session.awaiting:
                answer = done
        return answer

    def _deferred(
        self, flow: Flow, session: Session, later: Later, after: list[Errand], *, from_carrier: bool
    ) -> Advance:
        """The caller hears a hold, with what was to be said before it, while the answer comes."""
        step = engine.defer(flow, session, later.key, self._now(), from_carrier=from_carrier)
        return Advance(session=step.session, after=(*after, *step.errands), later=later)


def arrival_of(row: CallRow) -> CallArrived:
    return CallArrived(
        call=row.call_ref, number=row.number, number_kind=row.number_kind, dialled=row.dialled
    )


def _note(step: engine.Step, row: CallRow) -> None:
    for entry in step.trace:
        if entry.fault:
            _log.error(
                "flow_fault",
                call_ref=row.call_ref,
                node=f"{entry.flow}/{entry.node}",
                code=entry.fault,
                version=step.session.flow_version,
            )
