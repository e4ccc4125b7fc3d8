"""Open a pairing for the pair that the check aims at, by the first mode that can start."""

from dataclasses import replace
from typing import Literal

from ivr.flow_engine import expressions
from ivr.flow_engine.definition import VerifyIdentity
from ivr.flow_engine.errands import OpenPairing
from ivr.flow_engine.events import PairingOpened
from ivr.flow_engine.nodes.verify_identity import hold, modes
from ivr.flow_engine.session import Check
from ivr.flow_engine.turn import standing
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.turn import Turn, seconds_since, stamp


def begin(turn: Turn, node: VerifyIdentity, stage: Literal["base", "step_up"]) -> Move | None:
    """A new check with its whole time. None when no mode can start."""
    first = modes.startable(node, turn.session, 0)
    if first is None:
        return None
    check = Check(stage=stage, began_at=stamp(turn.now))
    return open_pairing(turn, node, check, first)


def open_pairing(turn: Turn, node: VerifyIdentity, check: Check, mode: int) -> Move:
    """Ask for a pairing by `mode`; keys gather while several modes lead to the same pairing."""
    step_up = node.step_up if check.stage == "step_up" else None
    pair = step_up or node.require
    left = max(0, round(seconds_left(turn, node, check)))
    expect = _expected(turn, node)
    key = turn.ask(
        lambda key: OpenPairing(
            key=key,
            mode=node.modes[mode].name,
            identity=pair.identity,
            binding=pair.binding,
            purpose=node.purpose,
            action=step_up.action if step_up else "",
            expect=expect,
            claim_within=min(node.modes[mode].within, left),
            whole_check=left,
        )
    )
    began_at = stamp(turn.now)
    keys = (*check.keys, key)
    turn.update(check=replace(check, phase="opening", mode=mode, mode_began_at=began_at, keys=keys))
    return Rest.STAY


def opened(turn: Turn, node: VerifyIdentity, check: Check, event: PairingOpened) -> Move:
    holding = replace(check, phase="holding", code=event.code, item=event.item, hint="awaiting_app")
    turn.session = standing.pending(turn.session, "awaiting_app")
    turn.update(check=holding)
    return hold.instruct(turn, node)


def seconds_left(turn: Turn, node: VerifyIdentity, check: Check) -> float:
    """Of the whole check, all modes together."""
    whole = node.wait + (node.extend if check.extended else 0)
    return whole - seconds_since(check.began_at, turn.now)


def claim_over(turn: Turn, node: VerifyIdentity, check: Check) -> bool:
    """Nobody came in the mode's own time; more time counts for it too."""
    within = node.modes[check.mode].within + (node.extend if check.extended else 0)
    return not check.claimed and seconds_since(check.mode_began_at, turn.now) >= within


def _expected(turn: Turn, node: VerifyIdentity) -> str:
    """The contract the proven person must hold; unset when the flow learned of none."""
    if node.expect is None:
        return ""
    try:
        return str(expressions.evaluate(node.expect, turn.scope()))
    except expressions.Unset:
        return ""
