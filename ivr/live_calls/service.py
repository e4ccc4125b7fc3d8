"""Drive one live call: load, step, do errands, save. Knows no errand by name.

Rules it keeps: the step number decides what a request deserves (`turns`); a session is saved by
compare and set, and the loser steps again (the step is pure, errands are idempotent by key);
redirects of the live call come after the save.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import structlog

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import Errand
from ivr.flow_engine.events import (
    CallArrived,
    CallEnded,
    Event,
    IdentityProven,
    IdentityRefused,
)
from ivr.flow_engine.session import Session
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.answers import Answer, Draw, Farewell, GoToCurrent
from ivr.live_calls.errands.desk import ErrandDesk, Later
from ivr.live_calls.pairing_news import PairingNewsDesk
from ivr.live_calls.ports import Arrival, CallRow, CallRows, Sessions
from ivr.live_calls.turns import Turn, judge

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    row: CallRow
    flow: Flow
    session: Session
    version: int


class LiveCalls:
    def __init__(
        self,
        *,
        stores: CallStores,
        library: FlowLibrary,
        errands: ErrandDesk,
        news: PairingNewsDesk,
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._library = library
        self._errands = errands
        self._news = news
        self._now = now

    async def arrived(self, arrival: Arrival) -> Answer:
        """The first webhook of a call; repeated, it gives the first document again."""
        ref = self._stores.ref_of(arrival.carrier_call_id)
        flow = await self._library.flow_for(arrival.dialled)
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
        return await self._answer(row, 0, _arrival_event(row))

    async def turn(self, carrier_call_id: str, n: int, event: Event) -> Answer:
        """A request made by document `n`: keys, a time-out, a return from a queue."""
        row = await self._row(self._stores.ref_of(carrier_call_id))
        return Farewell() if row is None else await self._answer(row, n, event)

    async def current(self, carrier_call_id: str) -> Answer:
        """The document on the line, again; consumes nothing."""
        row = await self._row(self._stores.ref_of(carrier_call_id))
        held = await self._load(row) if row else None
        if held is None or held.session.document is None:
            return Farewell()
        return Draw(document=held.session.document, n=held.session.n)

    async def tell(self, call_ref: str, event: Event) -> bool:
        """News from elsewhere. False when there is no such live call, or it did not accept it."""
        row = await self._row(call_ref)
        if row is None:
            return False
        for _ in range(_ATTEMPTS):
            held = await self._load(row)
            if held is None:
                return False
            session, after, accepted = await self._advance(held, event, from_carrier=False)
            if not accepted:
                return False
            if await self._save(row, session, held.version):
                await self._errands.after_save(after, row, n=session.n)
                return True
        raise Contended(call_ref)

    async def ended(self, carrier_call_id: str) -> None:
        """The carrier's last word. Repeated, it changes nothing."""
        ref = self._stores.ref_of(carrier_call_id)
        row = await self._stores.rows.by_ref(self._stores.tenant, ref)
        if row is None:
            return
        await self._news.call_ended(ref)
        await self.tell(ref, CallEnded())
        await self._stores.rows.end(self._stores.tenant, ref, self._now())

    async def on_the_line(self, carrier_call_id: str) -> tuple[CallRow, Flow, Session] | None:
        """A live call as it is, for documents that consume nothing; changes nothing."""
        row = await self._row(self._stores.ref_of(carrier_call_id))
        held = await self._load(row) if row else None
        return (held.row, held.flow, held.session) if held else None

    async def _answer(self, row: CallRow, n: int, event: Event) -> Answer:
        for _ in range(_ATTEMPTS):
            held = await self._load(row) or await self._rescued(row, n)
            turn = judge(on_the_line=held.session.n, asked=n)
            if turn is Turn.AHEAD:
                _log.warning("step_number_ahead", call_ref=row.call_ref, n=n)
            if turn in (Turn.STALE, Turn.AHEAD):
                return GoToCurrent()
            if turn is Turn.REPEATED and held.session.document is not None:
                return Draw(document=held.session.document, n=held.session.n)
            if held.session.wait == "ended":
                return Farewell(language=held.session.language)
            session, after, _ = await self._carrier_turn(held, event)
            session = engine.draw(session)
            if session.document and await self._save(row, session, held.version):
                await self._errands.after_save(after, row, n=session.n)
                return Draw(document=session.document, n=session.n)
        raise Contended(row.call_ref)

    async def _carrier_turn(
        self, held: _Held, event: Event
    ) -> tuple[Session, tuple[Errand, ...], bool]:
        """Push is the speed, poll is the safety: ask for the verdict before a hold goes on."""
        if held.session.pending is not None:
            return held.session, (), True
        if held.session.wait == "identity":
            found = await self._news.latest(held.row.call_ref)
            if found is not None:
                session, after, _ = await self._advance(held, found, from_carrier=True)
                held = _Held(row=held.row, flow=held.flow, session=session, version=held.version)
                if session.pending is not None:
                    return session, after, True
        return await self._advance(held, event, from_carrier=True)

    async def _advance(
        self, held: _Held, event: Event, *, from_carrier: bool
    ) -> tuple[Session, tuple[Errand, ...], bool]:
        """Step and do errands until nothing is awaited, or until the awaited one is slow."""
        step = engine.step(held.flow, held.session, event, self._now(), from_carrier=from_carrier)
        accepted = step.outcome != "not_accepted"
        after: list[Errand] = []
        while True:
            self._note(step)
            answer: Event | Later | None = None
            for errand in step.errands:
                if self._errands.is_after_save(errand):
                    after.append(errand)
                    continue
                done = await self._errands.do(errand, held.row, held.flow)
                if errand.key == step.session.awaiting:
                    answer = done
            if answer is None or step.session.wait != "errand":
                return step.session, tuple(after), accepted
            if isinstance(answer, Later):
                self._errands.follow(answer, held.row.call_ref, self.tell)
                if not from_carrier:
                    return step.session, tuple(after), accepted
                step = engine.defer(held.flow, step.session, answer.key, self._now())
                return step.session, tuple(after), accepted
            step = engine.step(
                held.flow, step.session, answer, self._now(), from_carrier=from_carrier
            )

    async def _row(self, call_ref: str) -> CallRow | None:
        row = await self._stores.rows.by_ref(self._stores.tenant, call_ref)
        return None if row is None or row.ended_at is not None else row

    async def _load(self, row: CallRow) -> _Held | None:
        stored = await self._stores.sessions.load(row.tenant, row.call_ref)
        if stored is None:
            return None
        session = Session.from_json(stored.body)
        flow = await self._library.flow(session.flow_version)
        return _Held(row=row, flow=flow, session=session, version=stored.version)

    async def _rescued(self, row: CallRow, n: int) -> _Held:
        """No session: a new call, or one whose session was lost, which goes on at `human`."""
        flow = await self._library.flow(row.flow_version)
        if n == 0:
            return _Held(row=row, flow=flow, session=engine.begin(flow, row.call_ref), version=0)
        verdict = await self._news.latest(row.call_ref)
        kept = verdict if isinstance(verdict, IdentityProven | IdentityRefused) else None
        step = engine.rescue(flow, _arrival_event(row), kept, n, self._now())
        _log.warning("session_lost", call_ref=row.call_ref, n=n)
        return await self._finish_rescue(row, flow, step)

    async def _finish_rescue(self, row: CallRow, flow: Flow, step: engine.Step) -> _Held:
        held = _Held(row=row, flow=flow, session=step.session, version=0)
        for errand in step.errands:
            done = await self._errands.do(errand, row, flow)
            if errand.key == step.session.awaiting and not isinstance(done, Later | None):
                session, _, _ = await self._advance(held, done, from_carrier=True)
                held = _Held(row=row, flow=flow, session=session, version=0)
        return held

    async def _save(self, row: CallRow, session: Session, expected: int) -> bool:
        return await self._stores.sessions.save(
            row.tenant, row.call_ref, session.to_json(), expected=expected
        )

    def _note(self, step: engine.Step) -> None:
        if step.outcome == "fault":
            _log.error("flow_fault", call_ref=step.session.call, node=step.session.node)


def _arrival_event(row: CallRow) -> CallArrived:
    return CallArrived(
        call=row.call_ref,
        number=row.number,
        number_kind=row.number_kind,
        dialled=row.dialled,
    )
