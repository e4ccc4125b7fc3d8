"""The certificates that need no PIN."""

from typing import Any

import pytest

from companion_app.card.certificates import FreeCertificate, read_certificate
from companion_app.card.outcome import CardTrouble, TroubleCode
from tests.companion_app.card.readers import RecordingReader, ScriptedReader, leaving_after
from tests.stand_ins.card.synthetic import certificate, software_card


@pytest.mark.parametrize(
    ("which", "purpose"), [("auth", "auth"), ("auth_ca", "ca"), ("sign_ca", "ca")]
)
@pytest.mark.parametrize("options", [{}, {"short_reads": 90, "trailing_padding": 40}])
async def test_they_are_read_without_a_pin(
    which: FreeCertificate, purpose: str, options: dict[str, Any]
) -> None:
    reader = RecordingReader(software_card(options=options))
    assert await read_certificate(reader, which) == certificate(purpose)
    assert "0020" not in reader.instructions


async def test_what_a_card_does_not_give() -> None:
    phone = await read_certificate(RecordingReader(software_card(kind="android")), "auth")
    assert phone == CardTrouble(code=TroubleCode.CARD_REFUSED, status=0x6982)
    other = ScriptedReader(software_card(), {"00A4040C": "6A82"})
    assert await read_certificate(other, "auth") == CardTrouble(code=TroubleCode.NOT_A_JPKI_CARD)
    gone = await read_certificate(leaving_after(2, software_card()), "auth")
    assert gone == CardTrouble(code=TroubleCode.CARD_LOST)
