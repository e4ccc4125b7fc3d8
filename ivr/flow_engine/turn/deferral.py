"""A slow errand: short holds in words while its answer is on the way."""

from typing import Final

from ivr.flow_engine.definition import Lookup
from ivr.flow_engine.turn.faults import please_wait
from ivr.flow_engine.turn.moves import Rest
from ivr.flow_engine.turn.speaking import at_pace, speech
from ivr.flow_engine.turn.turn import Turn, seconds_since
from ivr.flow_engine.voice_actions import Hold

_SECONDS: Final = 4  # it has no sound of its own, so the words come again soon
_ERRAND_LIFE: Final = 20  # seconds; lookups name their own time


def hold(turn: Turn) -> Rest:
    """One turn, the errand still awaited: the lookup's `hold` prompt, or a fixed sentence."""
    kind = turn.body.nodes[turn.frame.node].kind if turn.frame.node else None
    prompt = kind.hold if isinstance(kind, Lookup) else ""
    fixed = at_pace(turn, (please_wait(turn.flow, turn.session.language),))
    spoken = speech(turn, prompt) if prompt else fixed
    key, asked_at = turn.session.awaiting, turn.session.asked_at
    turn.close(Hold(spoken=spoken, sound="", seconds=_SECONDS), "errand")
    turn.update(awaiting=key, asked_at=asked_at)
    return Rest.STAY


def over(turn: Turn) -> bool:
    """The errand had its time; it counts as failed."""
    kind = turn.body.nodes[turn.frame.node].kind if turn.frame.node else None
    life = kind.timeout if isinstance(kind, Lookup) else _ERRAND_LIFE
    return seconds_since(turn.session.asked_at, turn.now) >= life
