"""Card files: errors name the field and quote nothing; nothing secret is ever printed."""

import json
from pathlib import Path
from typing import Any

import pytest

from stand_ins.card.apdu_log import line
from stand_ins.card.card_file import CardFileInvalid, parse_card, read_card
from stand_ins.card.pins import PinCounter
from tests.stand_ins.card.synthetic import PASSWORD, PIN, card_file, document


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"pins": {"auth": {"value": "98765"}}}, "pins.auth.value"),
        ({"pins": {"auth": {"value": "9876", "tries": 4}}}, "pins.auth.tries"),
        ({"pins": {"sign": {"value": "lower98765"}}}, "pins.sign.value"),
        ({"kind": "visitor98765"}, "kind"),
        ({"name": "../98765"}, "name"),
        ({"surprise": 98765}, "surprise"),
        ({"auth": {"certificate": "AA==", "key": "OTg3NjU=", "ca": "AA=="}}, "document"),
        ({"options": {"blocked_word": "9000"}}, "options.blocked_word"),
    ],
)
def test_invalid(change: dict[str, Any], field: str) -> None:
    content = json.dumps(document() | change).encode()
    with pytest.raises(CardFileInvalid, match=rf"^here: {field}: ") as caught:
        parse_card(content, source="here")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # it would carry the whole document
    assert "9876" not in str(caught.value)


def test_not_json_and_not_there(tmp_path: Path) -> None:
    with pytest.raises(CardFileInvalid, match=r"^here: document: "):
        parse_card(b"{", source="here")
    with pytest.raises(CardFileInvalid, match=r"^gone\.json: No such file"):
        read_card(tmp_path / "gone.json")


def test_nothing_secret_is_printed() -> None:
    card = card_file()
    assert card.pins.auth is not None
    counter = PinCounter(card.pins.auth, most_tries=3, refuse_first=0, blocked_word=0x6984)
    shown = repr(card) + str(card) + repr(counter)
    assert PIN not in shown
    assert PASSWORD not in shown
    assert repr(card.auth.key) not in shown


@pytest.mark.parametrize(
    ("apdu", "answer", "expected"),
    [
        ("0020008004313233349000"[:18], "9000", "00200080 Lc=04 **** -> 9000"),
        ("002000800431323334", "63C2", "00200080 Lc=04 **** -> 63C2"),
        ("90200080000004313233340000", "6E00", "90200080 Lc=04 **** Le=65536 -> 6E00"),
        ("80240080083132333431323335", "6E00", "80240080 Lc=08 **** -> 6E00"),
        ("0020008031323334", "6700", "<8 bytes> -> 6700"),
        ("002000800331323334", "6700", "00200080 Lc=03 **** Le=52 -> 6700"),
        ("00200080", "63C3", "00200080 -> 63C3"),
        ("00A4020C020018", "9000", "00A4020C Lc=02 0018 -> 9000"),
        ("80A4020C020018", "6D00", "80A4020C Lc=02 **** -> 6D00"),
        ("00B0000004", "308204009000", "00B00000 Le=4 -> <4 bytes> 9000"),
        ("802A00800330310000", "AABB9000", "802A0080 Lc=03 **** Le=256 -> <2 bytes> 9000"),
    ],
)
def test_log_line(apdu: str, answer: str, expected: str) -> None:
    assert line(bytes.fromhex(apdu), bytes.fromhex(answer)) == expected
