"""The companion over PC/SC through a real pcscd: what `http_card` gives, a reader gives too."""

import asyncio
from typing import Any

import pytest

from companion_app.card.apdu import CardBusy
from companion_app.card.face_text import read_face_text
from companion_app.card.outcome import CardTrouble, FaceText, TapResult, TroubleCode
from companion_app.card.reader import NoCard, NoReader, held, readers
from companion_app.card.secret import CardKey
from companion_app.card.signed_attributes import card_input, signed_attributes
from companion_app.card.tap import tap
from identity.jpki import algorithms
from kazasu.cli.cards.at_reader import AtTheReader
from kazasu.cli.cards.read import look
from stand_ins.jpki.certificates import Curve
from tests.kazasu.cli.cards.sitter import Sitter
from tests.pcsc import VirtualReader
from tests.stand_ins.card.synthetic import (
    FACE,
    FACE_PIN,
    PASSWORD,
    PIN,
    auth_pin,
    card_file,
    certificate,
    with_face,
)
from tests.stand_ins.card.synthetic import key as key_of

SECRETS: dict[CardKey, str] = {"auth": PIN, "sign": PASSWORD}


async def one_tap(key: CardKey = "auth", secret: str = "") -> TapResult | CardTrouble:
    def message(der: bytes) -> bytes:
        return card_input(statement=b"{}", statement_type="call", certificate=der)

    async with held() as transmit:
        typed = secret or SECRETS[key]
        return await tap(transmit, key=key, secret=lambda: typed, build_message=message)


@pytest.mark.parametrize("key", ["auth", "sign"])
@pytest.mark.parametrize(
    "options",
    [{}, {"short_reads": 100, "trailing_padding": 40}, {"delay_ms": 2}],
    ids=["strict", "short", "slow"],
)
async def test_it_signs(reader: VirtualReader, key: CardKey, options: dict[str, Any]) -> None:
    with reader.holding(card_file(options=options)):
        result = await one_tap(key)
    assert isinstance(result, TapResult)
    assert result.certificate == certificate(key)
    assert result.kind == "card"


@pytest.mark.parametrize(("curve", "form"), [("P-256", "der"), ("P-384", "pair")])
async def test_it_signs_with_a_curve(reader: VirtualReader, curve: Curve, form: str) -> None:
    """What the app hands over is DER, whatever the card answers."""
    with reader.holding(card_file(kind="android", curve=curve, options={"curve_answer": form})):
        result = await one_tap()
    assert isinstance(result, TapResult)
    assert result.kind == "android"
    public = key_of("auth", curve).public_key()
    row = algorithms.for_key(public)
    assert row is not None
    attributes = signed_attributes(
        statement=b"{}",
        statement_type="call",
        certificate=result.certificate,
        digest="sha256" if curve == "P-256" else "sha384",
    )
    assert row.verifies(public, result.signature, attributes)


async def test_kazasu_card_read_shows_a_card_and_leaves_it_closed(reader: VirtualReader) -> None:
    sitter = Sitter(FACE_PIN)
    with reader.holding(card_file(curve="P-384", **with_face())) as card:
        desk = AtTheReader(sitter, name="", seconds=60)
        assert await look(desk, sitter, face=True) == 0
        assert sum(1 for c in card.commands if c[1] == 0x20 and len(c) > 5) == 1
        async with held() as transmit:
            await transmit(bytes.fromhex("00A4040C0AD3921000310001010408"))
            await transmit(bytes.fromhex("00A4020C020002"))
            assert (await transmit(bytes.fromhex("00B0000004")))[-2:].hex() == "6982"
    said = "\n".join(sitter.said)
    assert "P-384" in said
    assert FACE["address"] in said
    assert FACE_PIN not in said


async def test_it_reads_the_face_by_its_own_pin(reader: VirtualReader) -> None:
    with reader.holding(card_file(**with_face())):
        async with held() as transmit:
            assert await read_face_text(transmit, secret=lambda: FACE_PIN) == FaceText(**FACE)


async def test_a_wrong_pin_is_told_and_at_one_try_left_nothing_is_sent(
    reader: VirtualReader,
) -> None:
    with reader.holding(card_file(pins=auth_pin(tries=3))) as card:
        wrong = CardTrouble(code=TroubleCode.PIN_WRONG, tries_left=2)
        last = CardTrouble(code=TroubleCode.PIN_LAST_TRY, tries_left=1)
        assert [await one_tap(secret="0000"), await one_tap(secret="0000")] == [wrong, last]
        assert await one_tap() == last
        assert sum(1 for c in card.commands if c[1] == 0x20 and len(c) > 5) == 2
        assert await one_tap("sign") != last


async def test_what_the_pin_opened_is_closed_for_the_next_program(reader: VirtualReader) -> None:
    """Also with a card that keeps its state over SELECT: only a reset helps there."""
    with reader.holding(card_file(options={"keeps_state_on_select": True})):
        await one_tap("sign")
        async with held() as transmit:
            for command, word in (
                ("00A4040C0AD392F000260100000001", "9000"),
                ("00A4020C020001", "9000"),
                ("00B0000004", "6982"),
            ):
                assert (await transmit(bytes.fromhex(command)))[-2:].hex() == word


async def test_it_is_held_alone(reader: VirtualReader) -> None:
    with reader.holding(card_file()):
        async with held() as transmit:
            with pytest.raises(CardBusy):
                await one_tap()
            assert await transmit(bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"
        assert isinstance(await one_tap(), TapResult)


async def test_the_card_is_awaited_and_may_lie_on_any_reader(reader: VirtualReader) -> None:
    assert len(readers()) == 2
    looks = asyncio.Event()

    async def pause(seconds: float) -> None:
        looks.set()
        await asyncio.sleep(seconds)

    async def waits() -> bool:
        async with held(seconds=600, pause=pause) as transmit:
            answer = await transmit(bytes.fromhex("00A4040C0AD392F000260100000001"))
        return answer == b"\x90\x00"

    waiting = asyncio.create_task(waits())
    await looks.wait()
    with reader.placed(card_file(), slot=1):
        assert await waiting


async def test_nothing_to_read(reader: VirtualReader) -> None:
    async def pause(seconds: float) -> None:
        assert seconds > 0

    with pytest.raises(NoCard):
        async with held(seconds=2, pause=pause):
            pass
    with pytest.raises(NoReader) as other:
        async with held("a reader that nobody has"):
            pass
    assert other.value.code == "other_reader"
    assert other.value.names == readers()


async def test_a_card_that_is_taken_away_is_lost(reader: VirtualReader) -> None:
    """In a slot that nothing else needs any more: vpcd takes no further card where an answer was
    awaited from one that had gone."""
    with reader.holding(card_file(), slot=1) as card:
        async with held() as transmit:
            card.take_away()

            def message(der: bytes) -> bytes:
                return der[:32]

            trouble = await tap(transmit, key="auth", secret=lambda: PIN, build_message=message)
    assert trouble == CardTrouble(code=TroubleCode.CARD_LOST)
