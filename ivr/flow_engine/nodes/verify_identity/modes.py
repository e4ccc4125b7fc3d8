"""The modes of a check, one table. A mode that is not in it cannot start and gives way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ivr.flow_engine.definition import Mode, VerifyIdentity
from ivr.flow_engine.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`can_start` looks at the call; `ends_as` is the exit when it was the last mode.

    `digits` is how many the call listens for: a ticket or a code that the app was given. With 0
    the call opens the pairing itself and speaks, or sends, what leads an app to it.
    """

    can_start: Callable[[Session], bool]
    digits: int = 0
    ends_as: str = "code_expired"


def _always(session: Session) -> bool:
    return True


def _never(session: Session) -> bool:
    return False


def _nothing_said_yet(session: Session) -> bool:
    return session.n == 0 and not session.turn.spoken


def _can_get_a_message(session: Session) -> bool:
    """One message a call, to the number it comes from: a Japanese mobile, not withheld."""
    return session.number_kind == "mobile" and not session.message_sent


WAYS: Final[Mapping[str, Way]] = {
    "app_dial": Way(can_start=_nothing_said_yet, digits=10, ends_as="no_ticket"),
    "sms_link": Way(can_start=_can_get_a_message),
    "spoken_code": Way(can_start=_always),
    "keyed_code": Way(can_start=_always, digits=8),
}
_UNKNOWN: Final = Way(can_start=_never)  # operator_started, too: an operator starts it


def way(mode: Mode) -> Way:
    return WAYS.get(mode.name, _UNKNOWN)


def startable(node: VerifyIdentity, session: Session, first: int) -> int | None:
    """Position of the first mode from `first` on that can start on this call."""
    for position in range(first, len(node.modes)):
        if way(node.modes[position]).can_start(session):
            return position
    return None
