"""What a card tells everybody, without a PIN."""

from typing import Any

import pytest

from companion_app.card.open_side import OpenSide, read_open_side
from companion_app.card.outcome import CardTrouble, TroubleCode
from tests.companion_app.card.readers import RecordingReader, ScriptedReader, leaving_after
from tests.stand_ins.card.synthetic import certificate, software_card

CA = certificate("ca")


@pytest.mark.parametrize("options", [{}, {"short_reads": 90, "trailing_padding": 40}])
async def test_it_is_read_without_a_pin(options: dict[str, Any]) -> None:
    reader = RecordingReader(software_card(options=options))
    assert await read_open_side(reader) == OpenSide(
        kind="card", certificates={"auth": certificate("auth"), "auth_ca": CA, "sign_ca": CA}
    )
    assert "0020" not in reader.instructions
    assert bytes.fromhex("00A4020C020001") not in reader.commands


@pytest.mark.parametrize(
    ("card", "found"),
    [
        (
            {"kind": "android"},
            OpenSide(kind="android", certificates={"auth": None, "auth_ca": CA, "sign_ca": CA}),
        ),
        (
            {"with_sign": False},
            OpenSide(kind="card", certificates={"auth": certificate("auth"), "auth_ca": CA}),
        ),
    ],
    ids=["a phone's behind its PIN", "no signature certificate"],
)
async def test_what_a_card_does_not_give(card: dict[str, Any], found: OpenSide) -> None:
    assert await read_open_side(RecordingReader(software_card(**card))) == found


async def test_what_it_cannot_read() -> None:
    other = ScriptedReader(software_card(), {"00A4040C": "6A82"})
    assert await read_open_side(other) == CardTrouble(code=TroubleCode.NOT_A_JPKI_CARD)
    odd = ScriptedReader(software_card(), {"00A4020C02000B": "6F00"})
    refused = CardTrouble(code=TroubleCode.CARD_REFUSED, status=0x6F00)
    assert await read_open_side(odd) == refused
    gone = await read_open_side(leaving_after(4, software_card()))
    assert gone == CardTrouble(code=TroubleCode.CARD_LOST)
