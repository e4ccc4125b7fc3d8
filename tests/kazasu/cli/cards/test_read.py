"""`kazasu card read`: what is shown of a card, and what is not."""

import logging
from typing import Any

import pytest

from companion_app.card.apdu import Transmit
from kazasu.cli.cards.at_reader import AtTheReader
from kazasu.cli.cards.read import look, read
from kazasu.cli.terminal import Asks
from tests.companion_app.card.readers import RecordingReader
from tests.kazasu.cli.cards.sitter import Sitter
from tests.stand_ins.card.synthetic import FACE, FACE_PIN, PIN, software_card, with_face

VALID = "2026-01-01 to 2031-01-01"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


class WithACard(AtTheReader):
    """A card in this process in place of one on a reader."""

    def __init__(self, asks: Asks, reader: RecordingReader) -> None:
        super().__init__(asks, name="", seconds=1)
        self._reader = reader

    async def card(self) -> Transmit | None:
        return self._reader


async def looked(secret: str = "", **card: Any) -> tuple[int, list[str], RecordingReader]:
    sitter, reader = Sitter(secret), RecordingReader(software_card(**card))
    return await look(WithACard(sitter, reader), sitter, face=bool(secret)), sitter.said, reader


@pytest.mark.parametrize(
    ("curve", "name"), [(None, "RSA-2048"), ("P-256", "P-256"), ("P-384", "P-384")]
)
async def test_kind_key_and_validity_are_shown_without_a_pin(curve: Any, name: str) -> None:
    status, said, reader = await looked(curve=curve, **with_face())
    assert status == 0
    assert said == [
        "A My Number Card.",
        f"Authentication certificate: key {name}, valid {VALID}",
        "Its authority: key RSA-2048, valid " + VALID,
        "Authority of the signature certificate: key RSA-2048, valid " + VALID,
        "Signature certificate: behind its password, not read here",
    ]
    assert "0020" not in reader.instructions


async def test_the_face_is_shown_by_its_own_pin(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        status, said, reader = await looked(FACE_PIN, kind="android", **with_face())
    assert status == 0
    assert said[0] == "The certificates in an Android phone."
    assert said[1] == "Authentication certificate: given only after the PIN, not read here"
    assert said[-5:-1] == [
        "Name 風道 花子",
        f"Address {FACE['address']}",
        "Born 1956-04-12",
        "Sex female",
    ]
    assert reader.verifies == 1
    assert not caplog.records


async def test_a_card_without_a_signature_certificate_says_so() -> None:
    status, said, _ = await looked(with_sign=False)
    assert status == 0
    assert said[3:] == ["Authority of the signature certificate: not on this card"]


async def test_what_a_card_says_moves_no_cursor() -> None:
    face = with_face()
    face["attributes"] = FACE | {"name": "風道\x1b[2J\n花子"}
    _, said, _ = await looked(FACE_PIN, **face)
    assert "Name 風道 [2J 花子" in said


@pytest.mark.parametrize(
    ("secret", "card", "last"),
    [
        ("0000", with_face(), "Wrong PIN; 2 tries left."),
        (PIN, {}, "This card has no text of its face."),
        (FACE_PIN, with_face(input_support={"value": FACE_PIN, "tries": 1}), "One try left"),
    ],
    ids=["wrong", "no face", "last try"],
)
async def test_without_the_face_the_rest_is_shown(
    secret: str, card: dict[str, Any], last: str
) -> None:
    status, said, _ = await looked(secret, **card)
    assert status == 1
    assert said[0] == "A My Number Card."
    assert said[-1].startswith(last)


async def test_nothing_typed_reads_nothing() -> None:
    sitter, reader = Sitter(), RecordingReader(software_card(**with_face()))
    assert await look(WithACard(sitter, reader), sitter, face=True) == 1
    assert sitter.said == ["Stopped."]
    assert not reader.commands


def test_the_face_goes_to_no_file_or_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert read(reader="", face=True, wait=1) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "never written to a file or pipe" in said.err
