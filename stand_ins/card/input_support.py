"""The input support application (券面事項入力補助 AP): the text of the card's face, behind a PIN.

What is here: 0002 (the four attributes), 0011 (PIN) and 0015 (照合番号 B). EF 0001 and 0014 hold
the individual number and do not exist in any card of ours: nothing may ever read them. 0003 to
0007 (integrity record, keys, certificates) are not here either, because public descriptions of
them do not agree; so nobody can take these attributes for proven.
"""

from stand_ins.card.card_file import CardFile, FaceText
from stand_ins.card.files import Application, ElementaryFile, Transparent, counter
from stand_ins.card.pins import INPUT_SUPPORT_TRIES, NUMBER_B_TRIES, PinCounter

FACE_TEXT, PIN, NUMBER_B = 0x0002, 0x0011, 0x0015

_RECORD, _OFFSETS, _NAME, _ADDRESS, _BIRTH, _SEX = 0xFF20, 0xDF21, 0xDF22, 0xDF23, 0xDF24, 0xDF25


def input_support_files(card: CardFile) -> Application | None:
    """With fresh PIN counters; None for a card without the application."""
    if card.attributes is None:
        return None
    pin = counter(card, card.pins.input_support, INPUT_SUPPORT_TRIES)
    number_b = counter(card, card.pins.number_b, NUMBER_B_TRIES)
    pins: dict[int, PinCounter] = {}
    if pin is not None:
        pins[PIN] = pin
    if number_b is not None:
        pins[NUMBER_B] = number_b

    def opened() -> bool:
        return any(one.verified for one in pins.values())

    content = face_record(card.attributes) + bytes(card.options.trailing_padding)
    files: dict[int, ElementaryFile] = {FACE_TEXT: Transparent(content=content, open_now=opened)}
    return files | pins


def face_record(text: FaceText) -> bytes:
    """`FF20 { DF21 offsets, DF22 name, DF23 address, DF24 birth, DF25 sex }`, lengths in BER.

    The four offsets count from the start of the file, as the one public source has it that says so.
    """
    fields = [
        _tlv(tag, value.encode())
        for tag, value in (
            (_NAME, text.name),
            (_ADDRESS, text.address),
            (_BIRTH, text.birth),
            (_SEX, text.sex),
        )
    ]
    size_of_offsets = len(_tlv(_OFFSETS, bytes(2 * len(fields))))
    inside = size_of_offsets + sum(map(len, fields))
    place = 2 + len(_length(inside)) + size_of_offsets
    offsets = b""
    for field in fields:
        offsets += place.to_bytes(2, "big")
        place += len(field)
    return _tlv(_RECORD, _tlv(_OFFSETS, offsets) + b"".join(fields))


def _tlv(tag: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "big") + _length(len(value)) + value


def _length(count: int) -> bytes:
    """BER, the shortest form."""
    if count < 0x80:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
