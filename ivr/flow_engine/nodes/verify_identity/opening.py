"""Start a mode: listen for digits, or open a pairing for the pair that the check aims at."""

from dataclasses import replace
from typing import Final, Literal, TypedDict

from ivr.flow_engine.definition import VerifyIdentity
from ivr.flow_engine.errands import OpenPairing, RedeemTicket
from ivr.flow_engine.events import PairingOpened
from ivr.flow_engine.nodes.verify_identity import hold, modes
from ivr.flow_engine.nodes.verify_identity.expectation import expected
from ivr.flow_engine.session import Check
from ivr.flow_engine.turn import standing
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.turn import Turn, seconds_since, stamp

UNCLAIMED: Final = "awaiting_app"


class _Aim(TypedDict):
    mode: str
    identity: str
    binding: str
    purpose: str
    action: str
    expect: str
    whole_check: int


def begin(turn: Turn, node: VerifyIdentity, stage: Literal["base", "step_up"]) -> Move | None:
    """A new check with its whole time. None when no mode can start."""
    first = modes.startable(node, turn.session, 0)
    if first is None:
        return None
    check = Check(stage=stage, began_at=stamp(turn.now))
    return start(turn, node, check, first)


def start(turn: Turn, node: VerifyIdentity, check: Check, mode: int) -> Move:
    check = replace(check, mode=mode, mode_began_at=stamp(turn.now), tries=0)
    if modes.way(node.modes[mode]).digits:
        turn.update(check=replace(check, phase="listening"))
        return hold.listen(turn, node)
    return _open_pairing(turn, node, check)


def _open_pairing(turn: Turn, node: VerifyIdentity, check: Check) -> Move:
    """Keys gather while several modes lead to the same pairing."""
    aim = _aim(turn, node, check)
    within = min(node.modes[check.mode].within, aim["whole_check"])
    key = turn.ask(
        lambda key: OpenPairing(
            key=key,
            claim_within=within,
            beside=bool(check.keys),
            language=turn.session.language,
            **aim,
        )
    )
    turn.update(check=replace(check, phase="opening", keys=(*check.keys, key)))
    return Rest.STAY


def redeem(turn: Turn, node: VerifyIdentity, check: Check, digits: str) -> Move:
    aim = _aim(turn, node, check)
    key = turn.ask(lambda key: RedeemTicket(key=key, digits=digits, **aim))
    turn.update(check=replace(check, phase="redeeming", keys=(*check.keys, key)))
    return Rest.STAY


def opened(turn: Turn, node: VerifyIdentity, check: Check, event: PairingOpened) -> Move:
    """Where digits brought it the app is there already, and nothing leads another one to it."""
    mode = node.modes[check.mode]
    holding = replace(
        check,
        phase="holding",
        code=event.code,
        item=event.item,
        hint=event.hint,
        claimed=event.hint != UNCLAIMED,
    )
    turn.session = standing.pending(turn.session, event.hint)
    sent = turn.session.message_sent or mode.name == "sms_link"
    turn.update(check=holding, message_sent=sent)
    return hold.repeat(turn, node)


def _aim(turn: Turn, node: VerifyIdentity, check: Check) -> _Aim:
    """What is asked of the pairing side in every mode; `whole_check` is what is left of it."""
    step_up = node.step_up if check.stage == "step_up" else None
    pair = step_up or node.require
    return {
        "mode": node.modes[check.mode].name,
        "identity": pair.identity,
        "binding": pair.binding,
        "purpose": node.purpose,
        "action": step_up.action if step_up else "",
        "expect": expected(node, turn.scope()),
        "whole_check": max(0, round(seconds_left(turn, node, check))),
    }


def seconds_left(turn: Turn, node: VerifyIdentity, check: Check) -> float:
    """Of the whole check, all modes together."""
    whole = node.wait + (node.extend if check.extended else 0)
    return whole - seconds_since(check.began_at, turn.now)


def claim_over(turn: Turn, node: VerifyIdentity, check: Check) -> bool:
    """Nobody came in the mode's own time; more time counts for it too."""
    within = node.modes[check.mode].within + (node.extend if check.extended else 0)
    return not check.claimed and seconds_since(check.mode_began_at, turn.now) >= within
