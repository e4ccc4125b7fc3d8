"""What the caller hears while the app and the card are at work: one document per turn."""

from typing import Final

from ivr.flow_engine.definition import VerifyIdentity, sound_for
from ivr.flow_engine.nodes.verify_identity import modes
from ivr.flow_engine.session import Check
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.speaking import speech
from ivr.flow_engine.turn.turn import Turn
from ivr.flow_engine.voice_actions import Gather, Hold, Spoken

_QUIET: Final = 5  # seconds without speech after the item: a screen reader has its say
_CHOICE: Final = "awaiting_choice"
_BETWEEN_KEYS: Final = 6  # seconds: the handset leaves the ear for each key


def listen(turn: Turn, node: VerifyIdentity) -> Move:
    """Take digits under the cover (tones that an app dials) or after the mode's prompt.

    Verdicts are of interest only while an earlier mode's pairing is open.
    """
    check = _check(turn)
    mode = node.modes[check.mode]
    prompt = mode.cover or mode.prompt
    closing = Gather(
        spoken=speech(turn, prompt) if prompt else (),
        max_digits=modes.way(mode).digits,
        finish_on="",
        timeout=mode.listen if mode.name == "app_dial" else _BETWEEN_KEYS,
        barge_in=True,
        sensitive=True,
    )
    turn.close(closing, "identity" if check.keys else "input")
    return Rest.STAY


def instruct(turn: Turn, node: VerifyIdentity) -> Move:
    """The mode's own prompt (the code, twice by its text); keys are live while it is said."""
    check = _check(turn)
    return _hold(turn, node, speech(turn, node.modes[check.mode].prompt), quiet=0)


def tick(turn: Turn, node: VerifyIdentity) -> Move:
    """One more turn with the line of the last hint; without an item there is none to choose."""
    check = _check(turn)
    choosing = check.hint == _CHOICE
    hint = "default" if choosing and not check.item else check.hint
    spoken = node.hold.prompts.get(hint) or node.hold.prompts["default"]
    quiet = _QUIET if choosing and check.item else 0
    return _hold(turn, node, speech(turn, spoken), quiet)


def repeat(turn: Turn, node: VerifyIdentity) -> Move:
    """Nobody claimed yet: the instructions again; afterwards the line of the hint."""
    return tick(turn, node) if _check(turn).claimed else instruct(turn, node)


def _check(turn: Turn) -> Check:
    check = turn.session.check
    assert check is not None
    return check


def _hold(turn: Turn, node: VerifyIdentity, spoken: tuple[Spoken, ...], quiet: int) -> Move:
    sound = sound_for(node.hold.sound, turn.session.language)
    closing = Hold(spoken=spoken, sound=sound, seconds=node.hold.every, quiet=quiet)
    turn.close(closing, "identity")
    return Rest.STAY
