"""`gather`: a menu or an entry. No input, unknown keys and refused values share one counter."""

from ivr.flow_engine.definition import Gather
from ivr.flow_engine.events import DigitsPressed, Event, SpeechHeard, TimedOut
from ivr.flow_engine.turn import global_keys
from ivr.flow_engine.turn.moves import Go, Move, Rest, jump
from ivr.flow_engine.turn.scope import truth
from ivr.flow_engine.turn.speaking import say, speech
from ivr.flow_engine.turn.turn import Turn, note
from ivr.flow_engine.voice_actions import Gather as GatherAction

_SPEECH_LENGTH = 60  # characters kept of what was heard


def enter(turn: Turn, node: Gather) -> Move:
    turn.update_frame(attempts=0)
    return _ask(turn, node)


def resume(turn: Turn, node: Gather, event: Event) -> Move:
    if isinstance(event, TimedOut):
        return _failed(turn, node, node.no_input, "")
    if isinstance(event, SpeechHeard):
        return _heard(turn, node, event.text[:_SPEECH_LENGTH].strip())
    if isinstance(event, DigitsPressed):
        return _pressed(turn, node, event.keys)
    return Rest.NOT_ACCEPTED


def _pressed(turn: Turn, node: Gather, keys: str) -> Move:
    if node.keys and keys in node.keys:
        return Go(exit="key" if node.sensitive else keys, target=node.keys[keys])
    action = None if _uses(node, keys) else turn.flow.global_keys.get(keys)
    if action is not None:
        move = global_keys.follow(turn, action)
        if move is not None:
            return move
        note(turn, keys=keys)
        return _ask(turn, node)
    digits = keys.isascii() and keys.isdigit()
    if not node.store or not digits or not node.min_digits <= len(keys) <= node.max_digits:
        return _failed(turn, node, node.no_match, keys)
    return _entered(turn, node, keys, keys)


def _uses(node: Gather, keys: str) -> bool:
    """A global key is live unless the node takes that key itself."""
    if node.store:
        return keys.isdigit() and node.min_digits <= len(keys)
    return False


def _heard(turn: Turn, node: Gather, text: str) -> Move:
    if not node.speech or not node.store or not text:
        return _failed(turn, node, node.no_match, "")
    return _entered(turn, node, text, "")


def _entered(turn: Turn, node: Gather, text: str, keys: str) -> Move:
    """`keys` is what the trace may hold of it: words of a caller are in no trace."""
    declared = turn.body.variables[node.store].type
    number = declared in {"int", "yen"}
    if number and not (text.isascii() and text.isdigit()):
        return _failed(turn, node, node.no_match, "")
    value = int(text) if number else text
    if node.accept is not None:
        accepted = truth(node.accept, turn.scope({"value": value}))
        if not accepted:
            return _failed(turn, node, node.no_match, keys)
    turn.update_frame(answers={**turn.frame.answers, node.store: value})
    if not node.sensitive:
        note(turn, keys=keys)
    return Go(exit="next", target=node.next)


def _failed(turn: Turn, node: Gather, prompts: tuple[str, ...], keys: str) -> Move:
    attempts = turn.frame.attempts + 1
    if attempts >= node.max_attempts:
        if node.exhausted:
            return Go(exit="exhausted", target=node.exhausted)
        return jump(turn.session.stack, "exhausted", "")
    turn.update_frame(attempts=attempts)
    note(turn, keys="" if node.sensitive else keys)
    if prompts:
        say(turn, *speech(turn, prompts[min(attempts, len(prompts)) - 1]))
    return _ask(turn, node)


def _ask(turn: Turn, node: Gather) -> Move:
    varying = node.min_digits != node.max_digits
    closing = GatherAction(
        spoken=speech(turn, node.prompt),
        max_digits=node.max_digits,
        finish_on=node.finish_on if varying else "",
        timeout=node.timeout,
        barge_in=node.barge_in,
        speech=node.speech,
        hints=node.hints,
        sensitive=node.sensitive,
    )
    turn.close(closing, "input")
    return Rest.STAY
