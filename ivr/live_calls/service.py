"""Drive one live call: load, advance, save. Knows no errand by name.

Rules it keeps: the step number decides what a request deserves (`turns`); a session is saved by
compare and set, and the loser steps again (the step is pure, errands are idempotent by key); one
process takes what happens to a call in turn, so that seldom anybody loses; redirects of the live
call come after the save. What fails inside is raised, with nothing saved: the carrier asks again or
turns to its fallback, and the same request then works.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from weakref import WeakValueDictionary

import structlog

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.events import (
    CallEnded,
    Event,
    IdentityProven,
    IdentityRefused,
    Resumed,
    TransferEnded,
)
from ivr.flow_engine.outcomes import TALK_OVER
from ivr.flow_engine.session import Session
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.advancing import Advance, Advancing, Trace, arrival_of
from ivr.live_calls.answers import Answer, Draw, Farewell, GoToCurrent
from ivr.live_calls.arrival_limits import ArrivalLimits
from ivr.live_calls.call_log import CallLogs, kept_log
from ivr.live_calls.errands.table import ErrandTable
from ivr.live_calls.kept_calls import KeptCall, KeptCalls, LoadedCall
from ivr.live_calls.lost.calls_at_fallback import CallsAtFallback
from ivr.live_calls.pairing_news import NewsOfPairings
from ivr.live_calls.ports import Arrival, CallRow, CallRows, Sessions
from ivr.live_calls.turns import Freshness, judge

_log = structlog.get_logger()
_ATTEMPTS: Final = 5
CallRefOf: TypeAlias = Callable[[str], str]


class Contended(Exception):
    """Five others saved this session first: broken, not busy. The carrier's fallback takes over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStores:
    """`ref_of` turns a carrier call id into the call_ref of this tenant."""

    tenant: str
    ref_of: CallRefOf
    rows: CallRows
    sessions: Sessions
    arrivals: ArrivalLimits
    logs: CallLogs | None = None


class LiveCalls:
    """`at_fallback`: whoever answers the carrier says there which calls it could not answer."""

    def __init__(
        self,
        *,
        stores: CallStores,
        library: FlowLibrary,
        errands: ErrandTable,
        news: NewsOfPairings,
        now: Callable[[], datetime],
        trace: Trace | None = None,
    ) -> None:
        self._stores = stores
        self._library = library
        self._kept = KeptCalls(stores.sessions, library)
        self._errands = errands
        self._news = news
        self._now = now
        self.at_fallback = CallsAtFallback()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._advancing = Advancing(errands=errands, now=now, trace=trace)

    async def arrived(self, arrival: Arrival) -> Answer:
        """The first webhook of a call; repeated, it gives the first document again. NoFlow."""
        ref = self._stores.ref_of(arrival.carrier_call_id)
        flow = await self._library.flow_for(arrival.dialled, ref)
        row = await self._stores.rows.begin(
            CallRow(
                tenant=self._stores.tenant,
                call_ref=ref,
                carrier_call_id=arrival.carrier_call_id,
                number=arrival.number,
                number_kind=arrival.number_kind,
                dialled=arrival.dialled,
                flow_version=flow.version,
                began_at=self._now(),
            )
        )
        return Farewell() if row.ended_at else await self._answer(row, 0, arrival_of(row))

    async def turn(self, carrier_call_id: str, n: int, event: Event) -> Answer:
        """A request made by document `n`: keys, a time-out, a return from a queue. NoFlow."""
        row = await self._row(self._stores.ref_of(carrier_call_id))
        return Farewell() if row is None else await self._answer(row, n, event)

    async def current(self, carrier_call_id: str, n: int) -> Answer:
        """The document on the line, again; consumes nothing. `n` helps when the session is lost."""
        row = await self._row(self._stores.ref_of(carrier_call_id))
        if row is None:
            return Farewell()
        kept = await self._kept.load(row)
        if isinstance(kept, LoadedCall) and kept.session.document is not None:
            return Draw(document=kept.session.document, n=kept.session.n)
        return await self._answer(row, n, Resumed())

    async def tell(self, call_ref: str, event: Event) -> bool:
        """News from elsewhere. False when there is no such live call, or it did not accept it."""
        return await self._told(call_ref, event)

    async def hear(self, call_ref: str) -> bool:
        """Something about the call's check has changed: ask what, and tell the call."""
        return await self._told(call_ref, None)

    async def ended(self, carrier_call_id: str) -> None:
        """The carrier's last word. Repeated, it changes nothing, but for what came after it: a
        turn that ran beside the first one may have made the call known to a queue."""
        ref = self._stores.ref_of(carrier_call_id)
        row = await self._stores.rows.by_ref(self._stores.tenant, ref)
        if row is None:
            return
        if row.ended_at is not None:
            await self._errands.call_over(row)
            return
        await self._news.call_ended(ref)
        await self.tell(ref, CallEnded())
        await self._keep_log(row)
        await self._errands.call_over(row)
        self.at_fallback.back(carrier_call_id)
        await self._stores.rows.end(self._stores.tenant, ref, self._now())

    async def _keep_log(self, row: CallRow) -> None:
        """For those who design flows, never for what a call needs: a failure is logged alone."""
        logs = self._stores.logs
        try:
            kept = await self._kept.load(row) if logs is not None else None
            if logs is not None and isinstance(kept, LoadedCall) and kept.log:
                await logs.keep(kept_log(kept.row, kept.flow, kept.log, self._now()))
        except Exception:
            _log.exception("call_log_not_kept", call_ref=row.call_ref)

    async def on_the_line(self, carrier_call_id: str) -> tuple[CallRow, Flow, Session] | None:
        """A live call as it is, for documents that consume nothing; changes nothing."""
        row = await self._row(self._stores.ref_of(carrier_call_id))
        kept = await self._kept.load(row) if row else None
        return (kept.row, kept.flow, kept.session) if isinstance(kept, LoadedCall) else None

    async def _answer(self, row: CallRow, n: int, event: Event) -> Answer:
        async with self._in_turn(row.call_ref):
            for _ in range(_ATTEMPTS):
                kept = await self._kept.load(row)
                answer = _without_a_step(kept, n, event)
                if answer is not None:
                    return answer
                if isinstance(kept, LoadedCall):
                    done = await self._advancing.request(kept, event, await self._polled(kept))
                else:
                    done = await (self._begun(row) if n == 0 else self._rescued(row, n))
                drawn = await self._put_on_the_line(kept, done)
                if drawn is not None:
                    return drawn
                row = await self._row(row.call_ref) or row
        raise Contended(row.call_ref)

    async def _polled(self, loaded: LoadedCall) -> Event | None:
        """News of the check that a hold waits for, where the call does not know it yet."""
        session = loaded.session
        if session.wait != "identity" or session.pending is not None:
            return None
        found = await self._news.latest(loaded.row.call_ref)
        return None if found is None or engine.knows(session, found) else found

    async def _begun(self, row: CallRow) -> Advance:
        flow = await self._kept.first_flow(row)
        if not await self._stores.arrivals.has_room(row.number):
            _log.warning("call_spared_the_dialogue", call_ref=row.call_ref)
            return await self._advancing.straight_on(row, flow)
        return await self._advancing.begin(row, flow)

    async def _rescued(self, row: CallRow, n: int) -> Advance:
        """The session was lost while the call was going on."""
        flow = await self._kept.first_flow(row)
        _log.warning("session_lost", call_ref=row.call_ref, n=n)
        verdict = await self._news.latest(row.call_ref)
        kept = verdict if isinstance(verdict, IdentityProven | IdentityRefused) else None
        return await self._advancing.rescue(row, flow, kept, n)

    async def _put_on_the_line(self, kept: KeptCall, done: Advance) -> Draw | None:
        """Save, then what comes after the save; None when somebody else saved first."""
        drawn = replace(done, session=engine.draw(done.session))
        if not await self._save(kept, drawn, asked=True):
            return None
        assert drawn.session.document is not None
        return Draw(document=drawn.session.document, n=drawn.session.n)

    async def _told(self, call_ref: str, event: Event | None) -> bool:
        """None: the news of the call's check, which is asked for once the session is loaded."""
        async with self._in_turn(call_ref):
            row = await self._row(call_ref)
            if row is None:
                return False
            for _ in range(_ATTEMPTS):
                kept = await self._kept.load(row)
                told = event or await self._news.latest(call_ref)
                if not isinstance(kept, LoadedCall) or told is None:
                    return False
                done = await self._advancing.news(kept, told)
                if not done.accepted:
                    return False
                if await self._save(kept, done):
                    return True
                row = await self._row(call_ref) or row
        raise Contended(call_ref)

    def _in_turn(self, call_ref: str) -> asyncio.Lock:
        """Errands of a step that loses its save are done all the same (a screen, a new code), so
        two steps beside each other are avoided where that is cheap. The save stays the judge."""
        return self._turns.setdefault(call_ref, asyncio.Lock())

    async def _row(self, call_ref: str) -> CallRow | None:
        row = await self._stores.rows.by_ref(self._stores.tenant, call_ref)
        return None if row is None or row.ended_at is not None else row

    async def _save(self, kept: KeptCall, done: Advance, *, asked: bool = False) -> bool:
        """With all that comes after it; False when somebody else saved first. `asked`: the carrier
        waits for the answer."""
        saved = await self._kept.save(kept, done.session, done.log, asked=asked)
        if saved:
            await self._after_save(kept, done, asked=asked)
        elif done.later is not None:
            done.later.give_up()
        return saved

    async def _after_save(self, kept: KeptCall, done: Advance, *, asked: bool) -> None:
        """A call that the carrier did not ask us about lately may be talking to a person by way of
        the fallback: a redirect would pull it away. A hold asks by itself."""
        row, session = kept.row, done.session
        if asked or (kept.with_us and row.carrier_call_id not in self.at_fallback):
            self._errands.after_save(done.after, row, n=session.n)
        if _token(session) not in ("", _token(kept.session)):
            await self._errands.moved(row, _token(session))
        if done.later is not None:
            self._errands.follow(done.later, row.call_ref, self.tell)


def _token(session: Session | None) -> str:
    return session.transfer.token if session is not None and session.transfer is not None else ""


def _without_a_step(kept: KeptCall, n: int, event: Event) -> Answer | None:
    """None when the request is to be processed."""
    if isinstance(kept, LoadedCall):
        return _standing(kept.session, n)
    over = isinstance(event, TransferEnded) and event.outcome in TALK_OVER
    return Farewell() if over else None


def _standing(session: Session, n: int) -> Answer | None:
    turn = judge(on_the_line=session.n, asked=n)
    if turn is Freshness.AHEAD:
        _log.warning("step_number_ahead", call_ref=session.call, n=n)
    if turn in (Freshness.STALE, Freshness.AHEAD):
        return GoToCurrent(n=session.n)
    if turn is Freshness.REPEATED and session.document is not None:
        return Draw(document=session.document, n=session.n)
    if session.wait == "ended" and session.pending is None:
        return Farewell(language=session.language)
    return None
