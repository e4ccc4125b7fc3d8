"""What the log of commands shows: headers and status words, never a body that could be secret."""

import pytest

from stand_ins.card.apdu_log import line

PIN = "31323334"


@pytest.mark.parametrize(
    ("command", "answer", "shown"),
    [
        ("00A4040C0AD392F000260100000001", "9000", "00A4040C Lc=0A D392F000260100000001 -> 9000"),
        ("00A4020C020018", "9000", "00A4020C Lc=02 0018 -> 9000"),
        ("00200080", "63C3", "00200080 -> 63C3"),
        ("0020008004" + PIN, "63C2", "00200080 Lc=04 **** -> 63C2"),
        ("0020009804" + PIN, "9000", "00200098 Lc=04 **** -> 9000"),
        ("0024008008" + PIN + "35363738", "6D00", "00240080 Lc=08 **** -> 6D00"),
        ("8020008004" + PIN, "6D00", "80200080 Lc=04 **** -> 6D00"),
        ("9024008004" + PIN, "6E00", "90240080 Lc=04 **** -> 6E00"),
        ("80A4000004" + PIN, "6D00", "80A40000 Lc=04 **** -> 6D00"),
        ("00200080000004" + PIN, "9000", "00200080 Lc=04 **** -> 9000"),  # extended
        ("00B0000004", "3082045A9000", "00B00000 Le=4 -> <4 bytes> 9000"),
        ("00B00000000000", "CAFE" * 700 + "9000", "00B00000 Le=65536 -> <1400 bytes> 9000"),
        ("00B0820007", "FF20489000", "00B08200 Le=7 -> <3 bytes> 9000"),
        (
            "802A008003303100" + "00",
            "AA" * 256 + "9000",
            "802A0080 Lc=03 **** Le=256 -> <256 bytes> 9000",
        ),
        ("0020008005" + PIN, "6700", "<9 bytes> -> 6700"),  # lengths that do not agree
        ("002000", "6700", "<3 bytes> -> 6700"),
    ],
)
def test_line(command: str, answer: str, shown: str) -> None:
    assert line(bytes.fromhex(command), bytes.fromhex(answer)) == shown
