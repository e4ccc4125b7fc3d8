"""`route`: the operator's screen first, then the queue; one routing until the call leaves it."""

import hashlib
import json
from datetime import datetime

from ivr.flow_engine.definition import Flow, Route, sound_for
from ivr.flow_engine.errands import ShowOperator, WithdrawScreen
from ivr.flow_engine.events import ErrandDone, ErrandFailed, Event, TalkBegan, TransferEnded
from ivr.flow_engine.session import Session, TransferState
from ivr.flow_engine.turn import guard
from ivr.flow_engine.turn.moves import Move, Rest, by_exit
from ivr.flow_engine.turn.turn import Turn, seconds_since, stamp
from ivr.flow_engine.voice_actions import Transfer


def enter(turn: Turn, node: Route) -> Move:
    for attribute in node.attributes:
        guard.check_attribute(turn.flow, turn.body, turn.session, attribute, turn.now)
    shown = {attribute: _attribute(turn, attribute) for attribute in node.attributes}
    show(turn, node.queue, node.priority, node.max_wait, shown)
    return Rest.STAY


def resume(turn: Turn, node: Route, event: Event) -> Move:
    transfer = turn.session.transfer
    assert transfer is not None
    if isinstance(event, ErrandDone):
        sound = sound_for(node.hold_sound, turn.session.language)
        enqueue(turn, node.max_wait, sound, node.leave_key)
        return Rest.STAY
    if isinstance(event, ErrandFailed):
        turn.update(transfer=None, screen=False)
        return by_exit(node.outcomes, "full" if event.reason == "full" else "error")
    if isinstance(event, TalkBegan):
        turn.update(wait="talk")
        return Rest.STAY
    if isinstance(event, TransferEnded):
        leave_queue(turn, event.outcome)
        # `left` without a leave key, or a word this format does not know
        return by_exit(node.outcomes, event.outcome if event.outcome in node.outcomes else "error")
    return Rest.NOT_ACCEPTED


def show(turn: Turn, queue: str, priority: int, max_wait: int, attributes: dict[str, str]) -> None:
    """Ask for the screen. The token is a digest: opaque, new at each routing, repeatable."""
    place = f"transfer:{turn.session.call}:{turn.session.n}:{turn.session.index}"
    token = hashlib.sha256(place.encode()).hexdigest()[:32]
    turn.ask(
        lambda key: ShowOperator(
            key=key,
            queue=queue,
            priority=priority,
            max_wait=max_wait,
            token=token,
            reason=turn.session.identity.hint,
            attributes=attributes,
        )
    )
    turn.update(
        transfer=TransferState(queue=queue, token=token, since=stamp(turn.now)), screen=True
    )


def enqueue(turn: Turn, max_wait: int, hold_sound: str = "", leave_key: str = "") -> None:
    transfer = turn.session.transfer
    assert transfer is not None
    closing = Transfer(
        queue=transfer.queue,
        token=transfer.token,
        max_wait=max_wait,
        hold_sound=hold_sound,
        leave_key=leave_key,
    )
    turn.close(closing, "queue")


def leave_queue(turn: Turn, outcome: str) -> None:
    """After a talk the screen stays for the wrap-up; otherwise it is withdrawn."""
    if outcome != "connected":
        withdraw(turn)
    turn.update(transfer=None)


def withdraw(turn: Turn) -> None:
    if turn.session.screen:
        transfer = turn.session.transfer
        token = transfer.token if transfer is not None else ""
        turn.ask(lambda key: WithdrawScreen(key=key, token=token), awaited=False)
        turn.update(screen=False)


def next_announcement(flow: Flow, session: Session, now: datetime) -> float | None:
    """Seconds until the queue announces again; None where it never does."""
    node = session.stack[-1]
    body = flow.main if node.flow == flow.main.id else flow.subflows.get(node.flow)
    here = body.nodes.get(node.node) if body else None
    if session.transfer is None or here is None or not isinstance(here.kind, Route):
        return None
    every = here.kind.announce_every
    return (
        every - seconds_since(session.transfer.since, now) % every if here.kind.announce else None
    )


def _attribute(turn: Turn, attribute: str) -> str:
    if attribute == "identity":
        return turn.session.identity.level
    if attribute == "contract":
        return turn.session.contract.ref
    answers = turn.scope()["answers"]
    value = answers.get(attribute.removeprefix("answers.")) if isinstance(answers, dict) else None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
