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
from ivr.live_calls.polled_news import Counts, what_counts
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
    """One event or more, all the way. Does errands, saves nothing."""

    def __init__(
        self, *, errands: ErrandTable, now: Callable[[], datetime], trace: Trace | None = None
    ) -> None:
        self._errands = errands
        self._now = now
        self._trace = trace

    async def begin(self, row: CallRow, flow: Flow) -> Advance:
        """A new call."""
        session = engine.begin(flow, row.call_ref)
        new = LoadedCall(row=row, flow=flow, session=session, version=0)
        return await self._take(new, arrival_of(row), from_carrier=True)

    async def straight_on(self, row: CallRow, flow: Flow) -> Advance:
        """A new call for which the dialogue has no room goes to `human` at once."""
        step = engine.straight_on(flow, arrival_of(row), self._now())
        log = CallLog(flow, row.began_at)
        log.own("straight_on", self._now())
        return await self._go_on(row, flow, step, log, from_carrier=True)

    async def rescue(
        self, row: CallRow, flow: Flow, verdict: IdentityProven | IdentityRefused | None, n: int
    ) -> Advance:
        """A live call whose session was lost goes on at `human`, with the verdict SQL has."""
        step = engine.rescue(flow, arrival_of(row), verdict, n, self._now())
        log = CallLog(flow, row.began_at)
        log.own("rescued", self._now())
        return await self._go_on(row, flow, step, log, from_carrier=True)

    async def request(self, loaded: LoadedCall, event: Event, polled: Event | None) -> Advance:
        """A request of the carrier; `polled` is news that it found and the call does not know."""
        if loaded.session.pending is not None:  # news left it, and this came before our redirect
            return Advance(session=loaded.session, log=loaded.log)
        counts = what_counts(polled, event)
        if polled is None or counts is Counts.REQUEST:
            return await self._take(loaded, event, from_carrier=True)
        if counts is Counts.END:
            end = await self._take(loaded, polled, from_carrier=True)
            return end if end.accepted else await self._take(loaded, event, from_carrier=True)
        noted = await self._take(loaded, polled, from_carrier=False)
        if counts is Counts.PROGRESS and noted.session.pending is not None:
            return Advance(session=noted.session, log=noted.log)
        # The keys of errands must not depend on what was polled: the words it would have brought,
        # and the redirect they asked for, never were.
        session = replace(noted.session, pending=None, index=loaded.session.index)
        call = replace(loaded, session=session, log=noted.log)
        return await self._take(call, event, from_carrier=True)

    async def news(self, loaded: LoadedCall, event: Event) -> Advance:
        """News from elsewhere."""
        return await self._take(loaded, event, from_carrier=False)

    async def _take(self, loaded: LoadedCall, event: Event, *, from_carrier: bool) -> Advance:
        log = CallLog(loaded.flow, loaded.row.began_at, loaded.log)
        step = self._step(loaded.flow, loaded.session, event, log, from_carrier=from_carrier)
        return await self._go_on(loaded.row, loaded.flow, step, log, from_carrier=from_carrier)

    def _step(
        self, flow: Flow, session: Session, event: Event, log: CallLog, *, from_carrier: bool
    ) -> engine.Step:
        now = self._now()
        step = engine.step(flow, session, event, now, from_carrier=from_carrier)
        log.heard(session, event, step, now, from_carrier=from_carrier)
        return step

    async def _go_on(
        self, row: CallRow, flow: Flow, step: engine.Step, log: CallLog, *, from_carrier: bool
    ) -> Advance:
        accepted, after = step.outcome != "not_accepted", list[Errand]()
        while True:
            _note(step, row)
            if self._trace is not None:
                self._trace(flow, step)
            answer = await self._do_errands(step, row, flow, after)
            if answer is None or step.session.wait != "errand":
                done = Advance(session=step.session, accepted=accepted, after=tuple(after))
                return replace(done, log=log.entries)
            if isinstance(answer, Later):
                put_off = self._put_off(
                    flow, step.session, answer, after, from_carrier=from_carrier
                )
                return replace(put_off, log=log.entries)
            step = self._step(flow, step.session, answer, log, from_carrier=from_carrier)

    async def _do_errands(
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

    def _put_off(
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
