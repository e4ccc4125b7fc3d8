"""The input support application: the face's text behind its PIN, and no individual number."""

import pytest

from stand_ins.card.card_file import FaceText
from stand_ins.card.input_support import face_record
from stand_ins.card.software_card import SoftwareCard
from tests.individual_number import asked_on_purpose
from tests.stand_ins.card.synthetic import (
    FACE,
    FACE_PIN,
    NUMBER_B,
    PASSWORD,
    PIN,
    software_card,
    with_face,
)

FACE_AP = "00A4040C0AD3921000310001010408"
JPKI_AP = "00A4040C0AD392F000260100000001"
TEXT, PIN_FILE, NUMBER_B_FILE = "00A4020C020002", "00A4020C020011", "00A4020C020015"
READ = "00B0000007"


def verify(value: str) -> str:
    return f"00200080{len(value):02X}" + value.encode().hex()


def words(card: SoftwareCard, *commands: str) -> list[str]:
    return [card.transmit(bytes.fromhex(command))[-2:].hex().upper() for command in commands]


@pytest.mark.parametrize(
    ("commands", "word"),
    [
        ([FACE_AP, TEXT, READ], "6982"),
        ([FACE_AP, PIN_FILE, verify(FACE_PIN), TEXT, READ], "9000"),
        ([FACE_AP, NUMBER_B_FILE, verify(NUMBER_B), TEXT, READ], "9000"),
        ([FACE_AP, PIN_FILE, verify(FACE_PIN), "00B0820007"], "9000"),
        ([FACE_AP, PIN_FILE, "00200080"], "63C3"),
        ([FACE_AP, "00200091"], "63C3"),
        ([FACE_AP, NUMBER_B_FILE, "00200080"], "63CA"),
        ([FACE_AP, PIN_FILE, verify("0000")], "63C2"),
        ([FACE_AP, PIN_FILE, verify(PIN)], "63C2"),  # the PIN of another application
        ([FACE_AP, PIN_FILE, verify(FACE_PIN), verify("0000"), TEXT, READ], "6982"),
        ([FACE_AP, PIN_FILE, READ], "6981"),
        ([FACE_AP, "00A4020C02000A"], "6A82"),  # files of the other application
        ([JPKI_AP, "00A4020C020011"], "6A82"),
        ([FACE_AP, "00A4020C020003"], "6A82"),
        # What it opened is closed by selecting anything again, and opens no key of the other.
        ([FACE_AP, PIN_FILE, verify(FACE_PIN), FACE_AP, TEXT, READ], "6982"),
        ([FACE_AP, PIN_FILE, verify(FACE_PIN), JPKI_AP, FACE_AP, TEXT, READ], "6982"),
        (
            [FACE_AP, PIN_FILE, verify(FACE_PIN), JPKI_AP, "00A4020C020017", "802A0080013000"],
            "6982",
        ),
        ([JPKI_AP, "00A4020C02001B", verify(PASSWORD), FACE_AP, TEXT, READ], "6982"),
    ],
)
def test_who_may_read_what(commands: list[str], word: str) -> None:
    assert words(software_card(**with_face()), *commands)[-1] == word


@pytest.mark.parametrize(
    "commands",
    [
        [FACE_AP, "00A4020C020001"],
        [FACE_AP, PIN_FILE, verify(FACE_PIN), "00A4020C020001"],
        [FACE_AP, PIN_FILE, verify(FACE_PIN), "00B0810011"],
        [FACE_AP, NUMBER_B_FILE, verify(NUMBER_B), "00A4020C020001"],
        [FACE_AP, "00A4020C020014"],
        [FACE_AP, "00200094"],
    ],
)
def test_the_individual_number_is_in_no_card(commands: list[str]) -> None:
    card = software_card(**with_face(), options={"keeps_state_on_select": True})
    with asked_on_purpose():
        assert words(card, *commands)[-1] == "6A82"


def test_another_application_drops_the_state_even_of_a_card_that_keeps_it() -> None:
    card = software_card(**with_face(), options={"keeps_state_on_select": True})
    opened = [FACE_AP, PIN_FILE, verify(FACE_PIN)]
    assert words(card, *opened, FACE_AP, TEXT, READ)[-1] == "9000"
    assert words(card, *opened, JPKI_AP, FACE_AP, TEXT, READ)[-1] == "6982"


def test_each_pin_counts_for_itself() -> None:
    card = software_card(**with_face())
    assert words(card, FACE_AP, PIN_FILE, *[verify("0000")] * 4)[2:] == [
        "63C2",
        "63C1",
        "63C0",
        "6984",
    ]
    assert words(card, NUMBER_B_FILE, "00200080", verify(NUMBER_B), TEXT, READ)[1:] == [
        "63CA",
        "9000",
        "9000",
        "9000",
    ]
    assert words(card, JPKI_AP, "00200098") == ["9000", "63C3"]


def test_a_card_without_those_pins() -> None:
    card = software_card(attributes=FACE, pins={"auth": {"value": PIN}})
    assert words(card, FACE_AP, PIN_FILE, NUMBER_B_FILE, TEXT, READ) == [
        "9000",
        "6A82",
        "6A82",
        "9000",
        "6982",
    ]


@pytest.mark.parametrize("address", ["霞県", "霞県風道市港町一丁目2番3号", "あ" * 200])
def test_the_record_is_correct_ber_with_true_offsets(address: str) -> None:
    """Longer than 127 and than 255 bytes too: one public reader breaks there."""
    content = face_record(FaceText.model_validate(FACE | {"address": address}))
    fields = _fields(content)
    assert [tag for tag, _, _ in fields] == ["DF21", "DF22", "DF23", "DF24", "DF25"]
    values = {tag: value for tag, _, value in fields}
    assert values["DF22"].decode() == FACE["name"]
    assert values["DF23"].decode() == address
    assert values["DF24"] + values["DF25"] == b"195604122"
    offsets = values["DF21"]
    told = [int.from_bytes(offsets[i : i + 2], "big") for i in range(0, 8, 2)]
    assert told == [place for _, place, _ in fields[1:]]


def _fields(content: bytes) -> list[tuple[str, int, bytes]]:
    """Tag, offset and value of each inner field; X.690 8.1.3 read the long way."""
    place, end = _value(content, 0)
    assert content[:2] == b"\xff\x20"
    assert end == len(content)
    found = []
    while place < end:
        start, after = _value(content, place)
        found.append((content[place : place + 2].hex().upper(), place, content[start:after]))
        place = after
    return found


def _value(content: bytes, place: int) -> tuple[int, int]:
    first = content[place + 2]
    if first < 0x80:
        return place + 3, place + 3 + first
    count = first & 0x7F
    start = place + 3 + count
    return start, start + int.from_bytes(content[place + 3 : start], "big")
