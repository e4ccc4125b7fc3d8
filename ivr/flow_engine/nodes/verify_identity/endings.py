"""How a check ends: by a verdict, by its time, or by the caller's key. The first one wins."""

from dataclasses import replace
from typing import Final, Literal

from ivr.flow_engine.definition import Target, VerifyIdentity
from ivr.flow_engine.errands import ClosePairing
from ivr.flow_engine.events import ErrandFailed, IdentityCancelled, IdentityProven, IdentityRefused
from ivr.flow_engine.nodes.verify_identity import modes, opening
from ivr.flow_engine.outcomes import (
    CANCELLED_EXITS,
    COMPLETE_EXITS,
    FAILED_EXITS,
    OTHER,
)
from ivr.flow_engine.session import Check
from ivr.flow_engine.turn import standing
from ivr.flow_engine.turn.faults import FlowFault
from ivr.flow_engine.turn.moves import Go, Move, Rest, by_exit, jump
from ivr.flow_engine.turn.scope import truth
from ivr.flow_engine.turn.standing import Verdict
from ivr.flow_engine.turn.turn import Turn, note
from ivr.flow_engine.voice_actions import HangUp

_SKIPPED: Final = "caller_skipped"


def conclude(turn: Turn, node: VerifyIdentity, check: Check, verdict: Verdict) -> Move:
    """Take the verdict into the state; go on to the step-up or leave by the exit."""
    if isinstance(verdict, IdentityProven):
        return _proven(turn, node, check, verdict)
    turn.session = standing.with_verdict(turn.session, verdict)
    return leave(turn, node, verdict.hint)


def leave(turn: Turn, node: VerifyIdentity, exit_name: str) -> Move:
    """`call_ended` may be unwritten: behind it nothing can be spoken. New hints are `other`."""
    turn.update(check=None)
    if exit_name in node.outcomes or OTHER in node.outcomes:
        return by_exit(node.outcomes, exit_name)
    if exit_name == "call_ended":
        note(turn, exit_name=exit_name)
        turn.close(HangUp(), "ended")
        return Rest.STAY
    return Go(exit=exit_name, target=by_exit(node.outcomes, "internal_error").target)


def close(
    turn: Turn,
    check: Check,
    hint: str,
    then: Literal["exit", "jump", "other_way"] = "exit",
    target: Target = "",
) -> Move:
    """End the open pairing first: a proof that was faster is then the answer, and it wins."""
    turn.ask(lambda key: ClosePairing(key=key, hint=hint))
    then_name = hint if then == "exit" else target
    turn.update(check=replace(check, phase="closing", then=then, then_name=then_name))
    return Rest.STAY


def closed(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    if check.then == "other_way":
        return _other_way(turn, node, check)
    hint = check.then_name if check.then == "exit" else _SKIPPED
    turn.session = standing.with_verdict(turn.session, _own_verdict(hint))
    if check.then == "exit":
        return leave(turn, node, hint)
    return follow(turn, check)


def follow(turn: Turn, check: Check) -> Move:
    """The target of the global key that ended the check."""
    turn.update(check=None)
    return jump(turn.session.stack, _SKIPPED, check.then_name)


def unopened(turn: Turn, node: VerifyIdentity, check: Check, event: ErrandFailed) -> Move:
    """A reason that is an exit (an alarm still standing, say) is that exit."""
    if len(check.keys) > 1:  # an earlier mode's pairing is still open
        turn.ask(lambda key: ClosePairing(key=key, hint="by_system"), awaited=False)
    known = event.reason in FAILED_EXITS or event.reason in CANCELLED_EXITS
    reason = event.reason if known else "internal_error"
    return conclude(turn, node, check, _own_verdict(reason))


def give_way(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    """A mode nobody used gives way. What it gave out stays valid while a next one runs.

    `check.keys` is empty when nothing is open: an expired pairing has no more news.
    """
    following = modes.startable(node, turn.session, check.mode + 1)
    if following is not None and opening.seconds_left(turn, node, check) > 0:
        return opening.start(turn, node, check, following)
    if check.keys:
        return close(turn, check, "code_expired")
    last = modes.way(node.modes[check.mode]).ends_as
    if last in CANCELLED_EXITS:  # nobody asked for anything: the state stays as it is
        return leave(turn, node, last)
    return conclude(turn, node, check, IdentityRefused(hint=last))


def unstarted(turn: Turn, node: VerifyIdentity) -> Move:
    """No mode can start on this call; no pairing was opened, so the state stays as it is."""
    return leave(turn, node, modes.way(node.modes[-1]).ends_as)


def _own_verdict(hint: str) -> IdentityCancelled | IdentityRefused:
    if hint in CANCELLED_EXITS:
        return IdentityCancelled(hint=hint)
    return IdentityRefused(hint=hint)


def _other_way(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    """The next mode, or after the last one a new code; the whole time goes on."""
    if opening.seconds_left(turn, node, check) <= 0:
        return conclude(turn, node, check, IdentityRefused(hint="session_expired"))
    following = modes.startable(node, turn.session, check.mode + 1)
    fresh = Check(stage=check.stage, began_at=check.began_at, extended=check.extended)
    mode = check.mode if following is None else following
    return opening.start(turn, node, fresh, mode)


def _proven(turn: Turn, node: VerifyIdentity, check: Check, verdict: IdentityProven) -> Move:
    if verdict.exit not in COMPLETE_EXITS:
        raise FlowFault("verdict_unknown")
    step_up = node.step_up
    pair = step_up if check.stage == "step_up" and step_up else node.require
    if not standing.reaches(verdict.levels, pair.identity, pair.binding):
        below = IdentityRefused(hint="level_not_reached", levels=verdict.levels)
        return conclude(turn, node, check, below)
    turn.session = standing.with_verdict(turn.session, verdict)
    turn.update(check=None)
    if step_up and step_up.when and check.stage == "base":
        there = standing.reaches(verdict.levels, step_up.identity, step_up.binding)
        if not there and truth(step_up.when, turn.scope()):
            note(turn, exit_name="step_up")
            return opening.begin(turn, node, "step_up") or unstarted(turn, node)
    return leave(turn, node, verdict.exit)
