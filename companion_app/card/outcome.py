"""How a tap ends."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

CardKind: TypeAlias = Literal["card", "android", "iphone", "unknown"]


class TroubleCode(StrEnum):
    """Why there is no signature. The first three are also hints of a pairing, by the same names."""

    PIN_BLOCKED = "pin_blocked"
    PIN_LAST_TRY = "pin_last_try"  # one try left: no VERIFY was sent, or a wrong one left one
    CARD_WITHOUT_PIN = "card_without_pin"
    PIN_MALFORMED = "pin_malformed"  # the card was not asked: no try was spent
    PIN_WRONG = "pin_wrong"  # two or more tries left
    NOT_A_JPKI_CARD = "not_a_jpki_card"
    NO_FACE_TEXT = "no_face_text"  # a card without the input support application
    CARD_UNSUPPORTED = "card_unsupported"  # a key of a kind that the app does not know
    CARD_LOST = "card_lost"
    CARD_REFUSED = "card_refused"  # a status word that no rule here foresees


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTrouble:
    """`tries_left` where the card told it; `status` is the status word behind `CARD_REFUSED`."""

    code: TroubleCode
    tries_left: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TapResult:
    """`certificate` is DER without the card's padding; `signature` is raw PKCS#1 v1.5, or of a
    curve the DER of r and s.

    `signed` is the card input (a DigestInfo, or of a curve a hash) that the signature is over.
    """

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    kind: CardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceText:
    """The four attributes as the input support application gives them: bytes from a card that
    nothing has proven. `birth` is YYYYMMDD, `sex` 1, 2 or 9."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth: str = field(repr=False)
    sex: str = field(repr=False)
