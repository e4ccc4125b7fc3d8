"""What is drawn on the line: a document is spoken parts and one closing action.

Texts are final (placeholders read, digits spelled). A carrier adapter draws them as it can;
drawing is a pure function, so the same stored document gives the same bytes.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """`language` is a BCP 47 tag such as ja-JP, `voice` the carrier's name of a voice.

    `kana` is the full reading where the flow gives one, for lengths and for voices that cannot read
    kanji. `slow`: at four fifths of the voice's rate. `markup`: `text` has the tags of
    `markup.TAGS`, and values in it are escaped.
    """

    text: str
    language: str
    voice: str
    kana: str = ""
    slow: bool = False
    markup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A recording: path below `flows/`, with the words as a caption ("" for a plain sound)."""

    audio: str
    caption: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break inside speech, for example between groups of digits."""

    milliseconds: int


Spoken: TypeAlias = Say | Play | Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Ask for keys. Exactly `digits` keys, or up to `max_digits` ended by `finish_on`.

    `timeout` seconds run before each key once the spoken parts have ended.
    """

    spoken: tuple[Spoken, ...]
    max_digits: int
    finish_on: str
    timeout: int
    barge_in: bool
    speech: bool = False
    hints: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One turn of a hold: a line, soft sound for the rest of `seconds`, single keys accepted.

    `quiet` asks for at least that many seconds without speech after the line.
    """

    spoken: tuple[Spoken, ...]
    sound: str
    seconds: int
    quiet: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Put the caller into `queue`. `token` is all that the carrier learns of the context.

    What is said while waiting comes from `engine.announce` at each turn of the queue.
    """

    queue: str
    token: str
    max_wait: int
    hold_sound: str = ""
    leave_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    pass


Closing: TypeAlias = Gather | Hold | Transfer | HangUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one carrier request is answered with. `spoken` cannot be interrupted."""

    spoken: tuple[Spoken, ...]
    closing: Closing
