"""Attributes by the 4-digit PIN of the input support application, and nothing beside them."""

from typing import Any

import pytest

from companion_app.card.face_text import read_face_text
from companion_app.card.outcome import CardTrouble, FaceText, TroubleCode
from stand_ins.card.software_card import SoftwareCard
from tests.companion_app.card.readers import (
    RecordingReader,
    ScriptedReader,
    TZeroReader,
    leaving_after,
)
from tests.stand_ins.card.synthetic import FACE, FACE_PIN, PIN, software_card, with_face


def card(**over: Any) -> SoftwareCard:
    return software_card(**with_face() | over)


async def read(transmit: Any, typed: str = FACE_PIN) -> FaceText | CardTrouble:
    return await read_face_text(transmit, secret=lambda: typed)


LONG = FACE | {"address": "茜県星岡市大字下星岡字北原前二千番地三十四番星岡ニュータウン" * 4}


@pytest.mark.parametrize("face", [FACE, LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    "options", [{}, {"short_reads": 1}, {"short_reads": 100, "trailing_padding": 300}]
)
@pytest.mark.parametrize("reader", [RecordingReader, TZeroReader])
async def test_the_four_attributes(
    face: dict[str, str], options: dict[str, int], reader: type[RecordingReader]
) -> None:
    text = await read(reader(card(attributes=face, options=options)))
    assert text == FaceText(**face)
    assert not any(value in repr(text) for value in face.values())


async def test_only_the_pin_and_the_text_are_selected() -> None:
    reader = RecordingReader(card())
    await read(reader)
    selected = [c[5:].hex() for c in reader.commands if c[1] == 0xA4]
    assert selected == ["d3921000310001010408", "0011", "0002"]
    assert set(reader.instructions) == {"00A404", "00A402", "0020", "00B0"}


@pytest.mark.parametrize(
    ("pins", "typed", "code", "tries", "verifies"),
    [
        ({"input_support": {"value": FACE_PIN}}, "0000", "pin_wrong", 2, 1),
        ({"input_support": {"value": FACE_PIN}}, PIN, "pin_wrong", 2, 1),
        ({"input_support": {"value": FACE_PIN, "tries": 2}}, "0000", "pin_last_try", 1, 1),
        ({"input_support": {"value": FACE_PIN, "tries": 1}}, FACE_PIN, "pin_last_try", 1, 0),
        ({"input_support": {"value": FACE_PIN, "tries": 0}}, FACE_PIN, "pin_blocked", 0, 0),
        ({}, FACE_PIN, "card_without_pin", None, 0),
        ({"input_support": {"value": FACE_PIN}}, "71300", "pin_malformed", None, 0),
        ({"input_support": {"value": FACE_PIN}}, "７１３０", "pin_malformed", None, 0),
    ],
)
async def test_pin(
    pins: dict[str, Any], typed: str, code: str, tries: int | None, verifies: int
) -> None:
    reader = RecordingReader(card(pins=pins))
    trouble = CardTrouble(code=TroubleCode(code), tries_left=tries)
    assert await read(reader, typed) == trouble
    assert reader.verifies == verifies


async def test_a_card_without_the_application() -> None:
    trouble = await read(RecordingReader(software_card()))
    assert trouble == CardTrouble(code=TroubleCode.NO_FACE_TEXT)


@pytest.mark.parametrize("count", range(6))
async def test_a_card_that_leaves(count: int) -> None:
    assert await read(leaving_after(count, card())) == CardTrouble(code=TroubleCode.CARD_LOST)


NAME, ADDRESS, SEX = "DF2203E38182", "DF2303E38184", "DF250132"
WHOLE = f"DF2100{NAME}{ADDRESS}DF24083139353630343132{SEX}"


def record(inside: str, tag: str = "FF20", length: str | None = None) -> str:
    return tag + (length or f"{len(inside) // 2:02X}") + inside


@pytest.mark.parametrize(
    ("content", "good"),
    [
        (record(WHOLE), True),
        (record(WHOLE, length=f"81{len(WHOLE) // 2:02X}"), True),  # longer than it need be
        (record(WHOLE, length=f"8200{len(WHOLE) // 2:02X}"), True),
        (record(WHOLE + "DF2700"), True),  # a field that is not known
        (record(WHOLE.replace("DF2100", "")), True),
        (record(NAME + ADDRESS + SEX), False),
        (record(WHOLE, tag="FF50"), False),
        (record(WHOLE, length="80"), False),
        (record(WHOLE, length="84FFFFFFFF"), False),
        (record(WHOLE + "DF2205E3"), False),
        (record(WHOLE.replace("E38182", "FF8182")), False),  # no UTF-8
        ("", False),
        ("FF", False),
        ("00" * 300, False),
    ],
)
async def test_odd_records(content: str, good: bool) -> None:
    """A long answer at once: whatever was asked for, the tags decide."""
    scripted = ScriptedReader(card(), {"00B0": content + "9000"})
    text = await read(scripted)
    if good:
        assert text == FaceText(name="あ", address="い", birth="19560412", sex="2")
    else:
        assert isinstance(text, CardTrouble)
        assert text.code is TroubleCode.CARD_REFUSED
