"""What hears the cards hears what it is there for, here and in processes that tests start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import individual_number
from tests.individual_number import Hearing
from tests.stand_ins.card.synthetic import document, with_face

FACE_AP = "00A4040C0AD3921000310001010408"
JPKI_AP = "00A4040C0AD392F000260100000001"


@pytest.mark.parametrize(
    ("commands", "heard"),
    [
        ([FACE_AP, "00A4020C020001"], True),
        ([FACE_AP, "00A4020C020014"], True),
        ([FACE_AP, "00A4000C020001"], True),
        ([FACE_AP, "00B0810011"], True),
        ([FACE_AP, "002000940131"], True),
        ([FACE_AP, "00A4020C020002", "00B0000007", "00B0820007", "00200091"], False),
        ([JPKI_AP, "00A4020C020001", "00B0810004"], False),  # the signature certificate
        (["00A4020C020001"], False),
        ([FACE_AP, JPKI_AP, "00A4020C020001"], False),
        ([FACE_AP + "00", "00A4020C020001"], True),  # with Le, as other programs send it
        (["", "00A4", FACE_AP, "00A402"], False),
    ],
)
def test_hearing(commands: list[str], heard: bool) -> None:
    hearing = Hearing()
    assert any(hearing.asks_for_it(bytes.fromhex(command)) for command in commands) is heard


ASKS = """
import sys
from pathlib import Path
from stand_ins.card.card_file import read_card
from stand_ins.card.software_card import SoftwareCard
card = SoftwareCard(read_card(Path(sys.argv[1])))
for command in sys.argv[2:]:
    card.transmit(bytes.fromhex(command))
"""


def test_a_child_process_that_asks_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    monkeypatch.setenv(individual_number.FOLDER_VARIABLE, str(notes))
    card = tmp_path / "card.json"
    card.write_text(json.dumps(document(**with_face())))
    for commands, asked in (([FACE_AP, "00A4020C020002"], 0), ([FACE_AP, "00A4020C020001"], 1)):
        subprocess.run(  # noqa: S603 - our own Python and program
            [sys.executable, "-c", ASKS, str(card), *commands], check=True, timeout=120
        )
        assert len(list(notes.iterdir())) == asked


class Deaf:
    """As a software card, which only answers."""

    def transmit(self, apdu: bytes) -> bytes:
        return b"\x6a\x82"


def test_a_card_in_this_process_is_heard_unless_a_test_asks_on_purpose() -> None:
    note = individual_number.Note()
    individual_number.hear(Deaf, note)
    card = Deaf()
    with individual_number.asked_on_purpose():
        for command in (FACE_AP, "00A4020C020001"):
            assert card.transmit(bytes.fromhex(command)) == b"\x6a\x82"
    assert note.asked == []
    card.transmit(bytes.fromhex("00A4020C020001"))
    assert note.asked == ["00a4020c"]
