"""What a carrier request is answered with, before any carrier has drawn it."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from ivr.flow_engine.voice_actions import Document, Spoken

TURN_SECONDS: Final = 10  # of one document that a queue plays


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Draw `document`; every URL inside carries `n`. The same values draw the same bytes."""

    document: Document
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToCurrent:
    """The request was stale or ahead: send the carrier to the document on the line, number `n`."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """Unknown or ended call: a polite fixed sentence, then hang up."""

    language: str = "ja-JP"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTurn:
    """`leave` takes the caller out of the queue: `max_wait` has passed, or the queue knows nothing
    of the call. Without a sound, a fixed sentence in `language` keeps silence away. The document
    is to last `seconds`, a little more rather than less.
    """

    spoken: tuple[Spoken, ...] = ()
    sound: str = ""
    leave: bool = False
    language: str = "ja-JP"
    seconds: int = TURN_SECONDS


Answer: TypeAlias = Draw | GoToCurrent | Farewell
