"""The modes of a check, one table. A mode that is not in it cannot start and gives way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ivr.flow_engine.definition import Mode, VerifyIdentity
from ivr.flow_engine.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`can_start` looks at the call; `ends_as` is the exit when it was the last mode."""

    can_start: Callable[[Session], bool]
    ends_as: str = "code_expired"


def _always(session: Session) -> bool:
    return True


def _never(session: Session) -> bool:
    return False


WAYS: Final[Mapping[str, Way]] = {
    "spoken_code": Way(can_start=_always),
    "app_dial": Way(can_start=_never, ends_as="no_ticket"),
}
_UNKNOWN: Final = Way(can_start=_never)


def way(mode: Mode) -> Way:
    return WAYS.get(mode.name, _UNKNOWN)


def startable(node: VerifyIdentity, session: Session, first: int) -> int | None:
    """Position of the first mode from `first` on that can start on this call."""
    for position in range(first, len(node.modes)):
        if way(node.modes[position]).can_start(session):
            return position
    return None
