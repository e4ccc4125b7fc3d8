"""The text of the card's face, by its own 4-digit PIN (券面事項入力補助): to fill in a form.

The record is `FF20 { DF21 offsets, DF22 name, DF23 address, DF24 birth, DF25 sex }` in BER. The
tags are walked; the offsets are passed over, because sources differ on where they count from.
Only EF 0011 and 0002 are ever selected here. The individual number lies in another file, which
no code of ours asks for. Nothing proves this text: it is no attribute source for a check.
"""

from collections.abc import Callable, Iterator
from typing import Final

from companion_app.card import apdu
from companion_app.card.apdu import CardLost, Transmit
from companion_app.card.dialogue import Dialogue, Stopped, trouble_of
from companion_app.card.outcome import CardTrouble, FaceText, TroubleCode
from companion_app.card.secret import CardSecret, well_formed

INPUT_SUPPORT_AID: Final = bytes.fromhex("D3921000310001010408")
_PIN: Final = 0x0011
_TEXT: Final = 0x0002
_RECORD: Final = 0xFF20
_NAME, _ADDRESS, _BIRTH, _SEX = 0xDF22, 0xDF23, 0xDF24, 0xDF25
_HEAD: Final = 7  # tag, and the longest length there can be
_LARGEST: Final = 8192


async def read_face_text(
    transmit: Transmit, *, secret: Callable[[], str]
) -> FaceText | CardTrouble:
    """PIN, then one tap, as in `tap`; the caller resets the card afterwards."""
    entry = well_formed("auth", secret())
    if entry is None:
        return CardTrouble(code=TroubleCode.PIN_MALFORMED)
    try:
        return await _read(Dialogue(transmit), entry)
    except (Stopped, CardLost) as ended:
        return trouble_of(ended)


async def _read(card: Dialogue, secret: CardSecret) -> FaceText:
    await card.choose(INPUT_SUPPORT_AID, missing=TroubleCode.NO_FACE_TEXT)
    await card.present(_PIN, secret)
    await card.must(apdu.select_file(_TEXT))
    content = await card.read_on(bytearray(), _HEAD)
    found = _value(bytes(content), 0)
    if found is None or int.from_bytes(content[:2], "big") != _RECORD or found[1] > _LARGEST:
        raise Stopped(TroubleCode.CARD_REFUSED)
    start, end = found
    text = _face_text(bytes(await card.read_on(content, end))[start:end])
    if text is None:
        raise Stopped(TroubleCode.CARD_REFUSED)
    return text


def _face_text(inside: bytes) -> FaceText | None:
    """None when a field is missing, or holds what it cannot hold."""
    try:
        values = {tag: value.decode("utf-8") for tag, value in _fields(inside)}
        return FaceText(
            name=values[_NAME], address=values[_ADDRESS], birth=values[_BIRTH], sex=values[_SEX]
        )
    except (KeyError, ValueError):
        return None


def _fields(inside: bytes) -> Iterator[tuple[int, bytes]]:
    """Each tag with its value; ValueError where lengths do not fit."""
    place = 0
    while place < len(inside):
        found = _value(inside, place)
        if found is None or found[1] > len(inside):
            raise ValueError("a field reaches beyond its record")
        tag = int.from_bytes(inside[place : place + 2], "big")
        if _NAME <= tag <= _SEX:
            yield tag, inside[slice(*found)]
        place = found[1]


def _value(content: bytes, place: int) -> tuple[int, int] | None:
    """Where the value of the two-byte tag there begins and ends (BER, definite length)."""
    if len(content) < place + 3:
        return None
    first = content[place + 2]
    if first < 0x80:
        return place + 3, place + 3 + first
    start = place + 3 + (first & 0x7F)
    if first == 0x80 or first > 0x84 or len(content) < start:
        return None
    return start, start + int.from_bytes(content[place + 3 : start], "big")
