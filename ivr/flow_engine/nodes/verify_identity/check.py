"""`verify_identity`: open a pairing, hold the line while it goes on, leave by its outcome."""

from dataclasses import replace

from ivr.flow_engine.definition import GlobalAction, VerifyIdentity
from ivr.flow_engine.errands import ExtendPairing
from ivr.flow_engine.events import (
    DigitsPressed,
    ErrandDone,
    ErrandFailed,
    Event,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    PairingOpened,
    PairingProgressed,
    Resumed,
    TimedOut,
)
from ivr.flow_engine.nodes.verify_identity import endings, hold, listening, modes, opening
from ivr.flow_engine.session import Check, Session
from ivr.flow_engine.turn import global_keys, standing
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.speaking import say
from ivr.flow_engine.turn.standing import Verdict
from ivr.flow_engine.turn.turn import Turn

_SKIPPED = "caller_skipped"
_NOT_SENT = "message_not_sent"
_GIVES_WAY = frozenset({"mode_unavailable", _NOT_SENT, "no_ticket"})


def enter(turn: Turn, node: VerifyIdentity) -> Move:
    """After an alarm no pairing opens until an operator asks for one: the same exit at once."""
    if turn.session.identity.alarm:
        return endings.leave(turn, node, turn.session.identity.alarm)
    return opening.begin(turn, node, "base") or endings.unstarted(turn, node)


def resume(turn: Turn, node: VerifyIdentity, event: Event) -> Move:
    check = turn.session.check
    if check is None:
        return Rest.NOT_ACCEPTED
    if isinstance(event, IdentityProven | IdentityRefused | IdentityCancelled):
        return _verdict(turn, node, check, event)
    if check.phase == "holding":
        return _held(turn, node, check, event)
    if check.phase == "listening":
        return _listening(turn, node, check, event)
    return _answered(turn, node, check, event)


def _verdict(turn: Turn, node: VerifyIdentity, check: Check, verdict: Verdict) -> Move:
    """Also in place of the answer to an errand that came too late to change anything."""
    if verdict.key and verdict.key not in check.keys:
        return Rest.NOT_ACCEPTED
    if isinstance(verdict, IdentityProven) and _known_already(turn, verdict):
        return Rest.NOT_ACCEPTED
    if check.phase == "closing" and check.then == "jump":
        turn.session = standing.with_verdict(turn.session, verdict)
        return endings.follow(turn, check)
    if _is_expiry(verdict) and check.phase == "holding" and not check.claimed:
        return endings.give_way(turn, node, replace(check, keys=()))
    return endings.conclude(turn, node, check, verdict)


def _known_already(turn: Turn, verdict: IdentityProven) -> bool:
    """Push and poll may both bring the proof that led to the step-up; it is not a second one."""
    identity = turn.session.identity
    same = verdict.proven_at == identity.proven_at and verdict.levels.identity == identity.level
    return bool(identity.proven_at) and same


def _is_expiry(verdict: Verdict) -> bool:
    return isinstance(verdict, IdentityRefused) and verdict.hint == "code_expired"


def _answered(turn: Turn, node: VerifyIdentity, check: Check, event: Event) -> Move:
    if check.phase in {"opening", "redeeming"}:
        if isinstance(event, PairingOpened):
            return opening.opened(turn, node, check, event)
        if isinstance(event, ErrandFailed):
            return _unopened(turn, node, check, event)
        return Rest.NOT_ACCEPTED
    if not isinstance(event, ErrandDone | ErrandFailed):
        return Rest.NOT_ACCEPTED
    if check.phase == "closing":
        return endings.closed(turn, node, check)
    extended = isinstance(event, ErrandDone)
    turn.update(check=replace(check, phase="holding", extended=extended))
    return hold.tick(turn, node)


def _unopened(turn: Turn, node: VerifyIdentity, check: Check, event: ErrandFailed) -> Move:
    if event.reason not in _GIVES_WAY:
        return endings.unopened(turn, node, check, event)
    without = replace(check, keys=check.keys[:-1])
    if check.phase == "redeeming":
        return listening.in_vain(turn, node, without)
    if event.reason == _NOT_SENT:
        return _without_message(turn, node, without)
    return endings.give_way(turn, node, without)


def _without_message(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    """Tried once a call. Who asked for it as another way gets a new code of the first way."""
    turn.update(message_sent=True)
    further = modes.startable(node, turn.session, check.mode + 1)
    first = modes.startable(node, turn.session, 0)
    if further is None and first not in (None, check.mode) and not check.keys:
        return opening.start(turn, node, check, first)
    return endings.give_way(turn, node, check)


def _listening(turn: Turn, node: VerifyIdentity, check: Check, event: Event) -> Move:
    """An earlier mode's pairing may be claimed meanwhile: then the hold goes on with that one."""
    if not isinstance(event, PairingProgressed):
        return listening.resume(turn, node, check, event)
    if event.hint == opening.UNCLAIMED:
        return Rest.STAY
    return _progressed(turn, node, replace(check, phase="holding"), event)


def _held(turn: Turn, node: VerifyIdentity, check: Check, event: Event) -> Move:
    if isinstance(event, PairingProgressed):
        return _progressed(turn, node, check, event)
    if isinstance(event, DigitsPressed):
        return _pressed(turn, node, check, event.keys)
    if isinstance(event, TimedOut | Resumed):
        return _turn_over(turn, node, check)
    return Rest.NOT_ACCEPTED


def _progressed(turn: Turn, node: VerifyIdentity, check: Check, event: PairingProgressed) -> Move:
    """The claim and each new item reach the caller at once, other hints at the next turn.

    While nobody has claimed, a document that waits to be drawn is the one that says the code.
    """
    if event.key and event.key not in check.keys:
        return Rest.NOT_ACCEPTED
    news = _after(check, event)
    turn.session = standing.pending(turn.session, event.hint)
    turn.update(check=news)
    urgent = news.claimed != check.claimed or (bool(news.item) and news.item != check.item)
    waiting = turn.session.pending
    if urgent or (news.claimed and waiting is not None):
        say(turn, *(waiting.spoken if waiting is not None else ()))
        return hold.tick(turn, node)
    return Rest.STAY


def knows(session: Session, event: PairingProgressed) -> bool:
    """Whether a hold has taken this progress already, so that a step with it changes nothing."""
    check, identity = session.check, session.identity
    return (
        check is not None
        and (check.phase, session.wait, session.pending) == ("holding", "identity", None)
        and (identity.status, identity.hint) == ("pending", event.hint)
        and (not event.key or event.key in check.keys)
        and _after(check, event) == check
    )


def _after(check: Check, event: PairingProgressed) -> Check:
    """An item stays for as long as the app waits for the choice."""
    item = event.item or (check.item if event.hint == "awaiting_choice" else "")
    claimed = check.claimed or event.hint != opening.UNCLAIMED
    return replace(check, hint=event.hint, item=item, claimed=claimed)


def _turn_over(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    if opening.seconds_left(turn, node, check) <= 0:
        return endings.close(turn, check, "session_expired")
    if opening.claim_over(turn, node, check):
        return endings.give_way(turn, node, check)
    return hold.tick(turn, node)


def _pressed(turn: Turn, node: VerifyIdentity, check: Check, keys: str) -> Move:
    """Single keys only; more is dropped. The node's own keys come before the global ones."""
    if keys == node.keys.repeat:
        return hold.repeat(turn, node)
    if keys == node.keys.more_time:
        return _more_time(turn, node, check)
    if keys == node.keys.other_way:
        return endings.close(turn, check, _SKIPPED, "other_way")
    if keys == node.keys.skip:
        return endings.close(turn, check, _SKIPPED)
    action = turn.flow.global_keys.get(keys)
    if action is None:
        return _turn_over(turn, node, check)
    if action.action is GlobalAction.GOTO:
        return endings.close(turn, check, _SKIPPED, "jump", action.target)
    global_keys.adjust(turn, action)
    return hold.repeat(turn, node)


def _more_time(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    """Once; pressed again it is only another turn."""
    if check.extended:
        return _turn_over(turn, node, check)
    turn.ask(lambda key: ExtendPairing(key=key, seconds=node.extend))
    turn.update(check=replace(check, phase="extending"))
    return Rest.STAY
