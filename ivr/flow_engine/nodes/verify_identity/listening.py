"""The call listens for digits that an app was given: a dial ticket, or a code that is keyed.

No pairing is opened by listening, so leaving it ends none; an earlier mode's may be open beside.
"""

from dataclasses import replace
from typing import Final

from ivr.flow_engine.definition import GlobalAction, VerifyIdentity
from ivr.flow_engine.events import DigitsPressed, Event, Resumed, TimedOut
from ivr.flow_engine.nodes.verify_identity import endings, hold, modes, opening
from ivr.flow_engine.session import Check
from ivr.flow_engine.turn import global_keys
from ivr.flow_engine.turn.moves import Move, Rest, jump
from ivr.flow_engine.turn.turn import Turn

_SKIPPED: Final = "caller_skipped"
_TRIES: Final = 3


def resume(turn: Turn, node: VerifyIdentity, check: Check, event: Event) -> Move:
    if isinstance(event, TimedOut | Resumed):
        return in_vain(turn, node, check)
    if not isinstance(event, DigitsPressed):
        return Rest.NOT_ACCEPTED
    keys = event.keys
    if len(keys) == 1:
        return _single(turn, node, check, keys)
    whole = len(keys) == modes.way(node.modes[check.mode]).digits
    if whole and keys.isascii() and keys.isdigit():
        return opening.redeem(turn, node, check, keys)
    return in_vain(turn, node, check)


def in_vain(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    """No ticket is no failure: on with the call. A code that is keyed may be keyed again."""
    over = opening.claim_over(turn, node, check) or check.tries + 1 >= _TRIES
    if node.modes[check.mode].name == "app_dial" or over:
        return endings.give_way(turn, node, check)
    turn.update(check=replace(check, phase="listening", tries=check.tries + 1))
    return hold.listen(turn, node)


def _single(turn: Turn, node: VerifyIdentity, check: Check, key: str) -> Move:
    """The node's own keys come before the global ones, as in the hold."""
    if key == node.keys.skip:
        return _leave(turn, node, check)
    if key == node.keys.other_way:
        return endings.give_way(turn, node, check)
    action = turn.flow.global_keys.get(key)
    if action is not None and action.action is GlobalAction.GOTO:
        return _jump(turn, check, action.target)
    if action is None and key != node.keys.repeat:
        return in_vain(turn, node, check)
    if action is not None:
        global_keys.adjust(turn, action)
    return hold.listen(turn, node)


def _leave(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    if check.keys:
        return endings.close(turn, check, _SKIPPED)
    return endings.leave(turn, node, _SKIPPED)


def _jump(turn: Turn, check: Check, target: str) -> Move:
    if check.keys:
        return endings.close(turn, check, _SKIPPED, "jump", target)
    turn.update(check=None)
    return jump(turn.session.stack, _SKIPPED, target)
