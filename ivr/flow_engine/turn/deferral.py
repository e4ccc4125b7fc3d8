"""A slow errand: short holds in words while its answer is on the way."""

from typing import Final

from ivr.flow_engine.definition import Lookup
from ivr.flow_engine.turn.faults import please_wait
from ivr.flow_engine.turn.speaking import speech
from ivr.flow_engine.turn.turn import Turn, seconds_since
from ivr.flow_engine.voice_actions import Hold, Spoken

_SECONDS: Final = 3  # without a sound of its own, so below the longest silence allowed
_ERRAND_LIFE: Final = 20  # seconds; lookups name their own time


def begin(turn: Turn) -> None:
    """The lookup's `hold` prompt, or a fixed sentence, said once."""
    kind = turn.body.nodes[turn.frame.node].kind if turn.frame.node else None
    prompt = kind.hold if isinstance(kind, Lookup) else ""
    fixed = (please_wait(turn.flow, turn.session.language),)
    hold(turn, speech(turn, prompt) if prompt else fixed)


def hold(turn: Turn, spoken: tuple[Spoken, ...] = ()) -> None:
    """One more turn, the errand still awaited."""
    key, asked_at = turn.session.awaiting, turn.session.asked_at
    turn.close(Hold(spoken=spoken, sound="", seconds=_SECONDS), "errand")
    turn.update(awaiting=key, asked_at=asked_at)


def over(turn: Turn) -> bool:
    """The errand had its time; it counts as failed."""
    kind = turn.body.nodes[turn.frame.node].kind if turn.frame.node else None
    life = kind.timeout if isinstance(kind, Lookup) else _ERRAND_LIFE
    return seconds_since(turn.session.asked_at, turn.now) >= life
