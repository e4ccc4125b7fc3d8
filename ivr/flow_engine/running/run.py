"""Run nodes until one waits; catch what breaks, so that every turn ends in words and a person."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeVar

from ivr.flow_engine.events import (
    CallArrived,
    CallEnded,
    DigitsPressed,
    ErrandFailed,
    Event,
    IdentityRepudiated,
    Resumed,
    SpeechHeard,
    TimedOut,
)
from ivr.flow_engine.nodes import subflow
from ivr.flow_engine.nodes.table import BEHAVIOURS
from ivr.flow_engine.running import call_news, last_resort
from ivr.flow_engine.session import TurnState
from ivr.flow_engine.turn import deferral, limits, waits
from ivr.flow_engine.turn.faults import FlowFault, apology
from ivr.flow_engine.turn.moves import Go, Move, Rest, jump
from ivr.flow_engine.turn.speaking import say
from ivr.flow_engine.turn.turn import Turn, note, stamp

T = TypeVar("T")


def is_answer(event: Event) -> bool:
    return isinstance(event, waits.ANSWERS)


def take(turn: Turn, event: Event) -> Literal["accepted", "not_accepted", "fault"]:
    """One event, all the way to the next wait."""
    if isinstance(event, CallEnded):
        call_news.call_ended(turn)
        return "accepted"
    if isinstance(event, IdentityRepudiated):
        return guarded(turn, lambda: call_news.repudiated(turn))
    if call_news.late_alarm(turn, event) or call_news.late_revocation(turn, event):
        return "accepted"
    if not waits.accepts(turn.session, event):
        return "not_accepted"
    return guarded(turn, lambda: _moved(turn, event))


def guarded(turn: Turn, move: Callable[[], Move]) -> Literal["accepted", "not_accepted", "fault"]:
    """The one place where anything that breaks becomes a fault: a caller must not meet it."""
    before = turn.session
    try:
        rest = _run(turn, move())
        if turn.session != before:
            limits.check_size(turn.session)
    except Exception as broken:
        recover(turn, broken)
        return "fault"
    return "not_accepted" if rest is Rest.NOT_ACCEPTED else "accepted"


def attempt(make: Callable[[], T], *, otherwise: T) -> T:
    try:
        return make()
    except Exception:
        return otherwise


def arrive(turn: Turn, event: CallArrived) -> Move:
    turn.update(
        number=event.number,
        number_kind=event.number_kind,
        dialled=event.dialled,
        last_at=stamp(turn.now),
    )
    return Go(exit="", target=turn.flow.main.start)


def recover(turn: Turn, broken: Exception) -> None:
    """First fault: apology and `human`, or the `error` exit of a sub-flow that broke. Second: the
    fallback queue, without the flow."""
    code = broken.code if isinstance(broken, FlowFault) else type(broken).__name__
    note(turn, fault=code)
    awaited = turn.session.awaiting
    turn.errands = [errand for errand in turn.errands if not awaited or errand.key != awaited]
    turn.update(
        faults=turn.session.faults + 1, awaiting="", pending=None, turn=TurnState(), same_node=0
    )
    call_news.leave_everything(turn)
    if turn.session.faults > 1:
        last_resort.enter(turn)
        return
    handled = (
        None if code in limits.OF_THE_CALL else attempt(lambda: subflow.fail(turn), otherwise=None)
    )
    if handled is not None:
        guarded(turn, lambda: handled)
        return
    say(turn, apology(turn.flow, turn.session.language))
    guarded(turn, lambda: jump(turn.session.stack, "fault", ""))


def _moved(turn: Turn, event: Event) -> Move:
    session = turn.session
    if isinstance(event, DigitsPressed | SpeechHeard | TimedOut | Resumed):
        turn.update(turn=TurnState())
        limits.check_duration(turn.flow, session)
    if isinstance(event, CallArrived):
        return arrive(turn, event)
    if session.wait in {"queue", "talk"}:
        beside = call_news.beside_operator(turn, event)
        if beside is not None:
            return beside
    if session.wait == "errand" and isinstance(event, TimedOut):
        if not deferral.over(turn):
            return deferral.hold(turn)
        return _resumed(turn, ErrandFailed(key=session.awaiting))
    return _resumed(turn, event)


def _resumed(turn: Turn, event: Event) -> Move:
    turn.update(awaiting="")
    transfer = turn.session.transfer
    if transfer is not None and transfer.last_resort:
        return last_resort.resume(turn, event)
    kind = turn.body.nodes[turn.frame.node].kind
    return BEHAVIOURS[type(kind)].resume(turn, kind, event)


def _run(turn: Turn, move: Move) -> Rest:
    while isinstance(move, Go):
        if turn.frame.node or move.exit:
            note(turn, exit_name=move.exit)
        if move.stack is not None:
            turn.update(stack=move.stack)
        target = move.target or turn.flow.main.human
        _enter(turn, target)
        kind = turn.body.nodes[target].kind
        move = BEHAVIOURS[type(kind)].enter(turn, kind)
    return move


def _enter(turn: Turn, target: str) -> None:
    session = turn.session
    same = session.same_node + 1 if turn.frame.node == target else 1
    turn.update(
        pending=None,
        steps=session.steps + 1,
        same_node=same,
        turn=replace(session.turn, nodes=session.turn.nodes + 1),
    )
    turn.update_frame(node=target, attempts=0)
    limits.check_nodes(turn.flow, turn.session)
    if target not in turn.body.nodes:
        raise FlowFault("node_missing")
