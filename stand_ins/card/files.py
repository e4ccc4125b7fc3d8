"""The elementary files of the JPKI application and who may use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stand_ins.card import card_file
from stand_ins.card.card_file import AnyPin, CardFile, KeyFile
from stand_ins.card.pins import AUTH_TRIES, SIGN_TRIES, PinCounter

SIGN_CERTIFICATE, SIGN_CA, TOKEN_INFO, AVAILABILITY = 0x0001, 0x0002, 0x0006, 0x0008
AUTH_CERTIFICATE, AUTH_CA = 0x000A, 0x000B
AUTH_KEY, AUTH_PIN, SIGN_KEY, SIGN_PIN = 0x0017, 0x0018, 0x001A, 0x001B

# Space-padded to 32 bytes in the file, as public clients expect it.
LABELS = {"card": "JPKIAPICCTOKEN2", "android": "JPKIAPGPSETOKEN", "iphone": "JPKIAPIOSTOKEN"}
TOKEN_INFO_SIZE = 160


def always() -> bool:
    """A free file."""
    return True


def after(pin: PinCounter | None) -> Callable[[], bool]:
    """Open while this PIN is verified; without one, never."""
    return lambda: pin is not None and pin.verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Transparent:
    """Readable bytes, while `open_now` says so."""

    content: bytes = field(repr=False)
    open_now: Callable[[], bool] = always


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """A key that signs while its own PIN is verified. A card without that PIN never signs."""

    key: card_file.PrivateKey = field(repr=False)
    open_now: Callable[[], bool]


ElementaryFile = Transparent | PrivateKey | PinCounter
Application = Mapping[int, ElementaryFile]
"""One dedicated file: file id -> file."""


def jpki_files(card: CardFile) -> Application:
    """With fresh PIN counters."""
    auth = counter(card, card.pins.auth, AUTH_TRIES)
    sign = counter(card, card.pins.sign, SIGN_TRIES)
    padding = bytes(card.options.trailing_padding)
    files: dict[int, ElementaryFile] = {
        TOKEN_INFO: Transparent(content=LABELS[card.kind].encode().ljust(TOKEN_INFO_SIZE)),
        AVAILABILITY: Transparent(content=bytes([0x8F if card.sign else 0, 0x8F, 0])),
        # A phone gives its authentication certificate only after the PIN, a card freely.
        AUTH_CERTIFICATE: Transparent(
            content=card.auth.certificate + padding,
            open_now=after(auth) if card.kind == "android" else always,
        ),
        AUTH_CA: Transparent(content=card.auth.ca + padding),
        AUTH_KEY: PrivateKey(key=card.auth.private_key(), open_now=after(auth)),
    }
    if auth:
        files[AUTH_PIN] = auth
    if card.sign:
        files |= _sign_files(card.sign, sign, padding)
    return files


def counter(card: CardFile, pin: AnyPin | None, most_tries: int) -> PinCounter | None:
    """A fresh counter; None for a card without that PIN."""
    if pin is None:
        return None
    return PinCounter(
        pin,
        most_tries=most_tries,
        refuse_first=pin.refuse_first or card.refuse_first,
        blocked_word=int(card.options.blocked_word, 16),
    )


def _sign_files(part: KeyFile, pin: PinCounter | None, padding: bytes) -> dict[int, ElementaryFile]:
    files: dict[int, ElementaryFile] = {
        SIGN_CERTIFICATE: Transparent(content=part.certificate + padding, open_now=after(pin)),
        SIGN_CA: Transparent(content=part.ca + padding),
        SIGN_KEY: PrivateKey(key=part.private_key(), open_now=after(pin)),
    }
    return files | ({SIGN_PIN: pin} if pin else {})
