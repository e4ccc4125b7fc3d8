"""Prompts of the flow, spoken in the call's language and pace."""

from collections.abc import Mapping
from dataclasses import replace

from ivr.flow_engine import prompts
from ivr.flow_engine.definition import PromptId
from ivr.flow_engine.session import TurnState
from ivr.flow_engine.turn import guard
from ivr.flow_engine.turn.turn import Turn
from ivr.flow_engine.voice_actions import Say, Spoken


def speech(
    turn: Turn, prompt: PromptId, more: Mapping[str, object] | None = None
) -> tuple[Spoken, ...]:
    """What a prompt says now. A guarded one is a fault while the caller is not verified."""
    guard.check_prompt(turn.flow, turn.body, turn.session, prompt, turn.now)
    return prompts.speak(
        turn.flow,
        prompt,
        language=turn.session.language,
        pace=turn.session.pace,
        values=turn.scope(more),
    )


def at_pace(turn: Turn, spoken: tuple[Spoken, ...]) -> tuple[Spoken, ...]:
    """Fixed words too are said slowly to whoever asked for that."""
    if turn.session.pace != "slow":
        return spoken
    return tuple(replace(part, slow=True) if isinstance(part, Say) else part for part in spoken)


def say(turn: Turn, *spoken: Spoken) -> None:
    """Add to what this turn says before its closing action; it cannot be interrupted."""
    so_far = turn.session.turn
    paced = at_pace(turn, spoken)
    kept = TurnState(spoken=(*so_far.spoken, *paced), nodes=so_far.nodes, rounds=so_far.rounds)
    turn.update(turn=kept)
