"""Keys that mean the same in every gather and hold loop."""

from ivr.flow_engine.definition import GlobalAction, GlobalKey
from ivr.flow_engine.turn.moves import Go, jump
from ivr.flow_engine.turn.turn import Turn


def follow(turn: Turn, key: GlobalKey) -> Go | None:
    """The jump of a `goto`; None when the node is to ask again (repeat, slower, language)."""
    if key.action is GlobalAction.GOTO:
        return jump(turn.session.stack, "global key", key.target)
    adjust(turn, key)
    return None


def adjust(turn: Turn, key: GlobalKey) -> None:
    """`slower` and `language` (the next in the flow's list) last for the call."""
    if key.action is GlobalAction.SLOWER:
        turn.update(pace="slow")
    elif key.action is GlobalAction.LANGUAGE:
        languages = turn.flow.languages
        following = (languages.index(turn.session.language) + 1) % len(languages)
        turn.update(language=languages[following])
