"""The card client against the strict software card and every option of it."""

import json
import traceback
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from companion_app.card.outcome import CardTrouble, TapResult, TroubleCode
from companion_app.card.secret import CardKey, well_formed
from companion_app.card.signed_attributes import card_input, signed_attributes
from companion_app.card.tap import tap
from identity.jpki import algorithms
from stand_ins.card.card_file import parse_card
from stand_ins.card.software_card import SoftwareCard
from stand_ins.jpki.certificates import Curve
from tests.companion_app.card.readers import (
    RecordingReader,
    ScriptedReader,
    TZeroReader,
    leaving_after,
)
from tests.identity.jpki.synthetic import leaf
from tests.stand_ins.card.synthetic import (
    PASSWORD,
    PIN,
    auth_pin,
    certificate,
    document,
    key,
    software_card,
)

STATEMENT = b'{"aud":"https://example.test"}'
SECRETS: dict[CardKey, str] = {"auth": PIN, "sign": PASSWORD.lower()}


def message(der: bytes) -> bytes:
    return card_input(statement=STATEMENT, statement_type="call", certificate=der)


async def run(
    transmit: Any, which: CardKey = "auth", secret: str | None = None
) -> TapResult | CardTrouble:
    typed = SECRETS[which] if secret is None else secret
    return await tap(transmit, key=which, secret=lambda: typed, build_message=message)


def proves(result: TapResult | CardTrouble, which: str, curve: Curve | None = None) -> bool:
    assert isinstance(result, TapResult)
    assert result.certificate == certificate(which, curve)
    public = key(which, curve).public_key()
    row = algorithms.for_key(public)
    assert row is not None
    attributes = signed_attributes(
        statement=STATEMENT,
        statement_type="call",
        certificate=result.certificate,
        digest="sha384" if curve == "P-384" else "sha256",
    )
    return row.verifies(public, result.signature, attributes)


OPTIONS: list[dict[str, Any]] = [
    {},
    {"short_reads": 1},
    {"short_reads": 100, "trailing_padding": 300},
    {"trailing_padding": 1},
    {"keeps_state_on_select": True},
]


@pytest.mark.parametrize("which", ["auth", "sign"])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("reader", [RecordingReader, TZeroReader])
async def test_good_tap(
    which: CardKey, options: dict[str, Any], reader: type[RecordingReader]
) -> None:
    assert proves(await run(reader(software_card(options=options)), which), which)


@pytest.mark.parametrize("which", ["auth", "sign"])
@pytest.mark.parametrize("curve", ["P-256", "P-384"])
@pytest.mark.parametrize("form", ["der", "pair"])
@pytest.mark.parametrize("reader", [RecordingReader, TZeroReader])
async def test_good_tap_with_a_curve(
    which: CardKey, curve: Curve, form: str, reader: type[RecordingReader]
) -> None:
    card = software_card(curve=curve, options={"curve_answer": form})
    with_it = reader(card)
    assert proves(await run(with_it, which), which, curve)
    [signs] = [c for c in with_it.commands if c[1] == 0x2A]
    assert signs[4] == {"P-256": 32, "P-384": 48}[curve]


async def test_a_key_of_another_kind_is_not_signed_with() -> None:
    """It ends after the PIN, which the certificate of a phone is behind, and before the key."""
    public_key = rsa.generate_private_key(public_exponent=65537, key_size=3072).public_key()
    strange = leaf(public_key=public_key)
    made = document()
    made["auth"] = made["auth"] | {"certificate": b64encode(strange).decode()}
    card = SoftwareCard(parse_card(json.dumps(made).encode(), source="test"))
    reader = RecordingReader(card)
    assert await run(reader) == CardTrouble(code=TroubleCode.CARD_UNSUPPORTED)
    assert "802A" not in reader.instructions


@pytest.mark.parametrize("which", ["auth", "sign"])
@pytest.mark.parametrize("kind", ["card", "android", "iphone"])
async def test_kind(which: CardKey, kind: str) -> None:
    result = await run(RecordingReader(software_card(kind=kind)), which)
    assert proves(result, which)
    assert isinstance(result, TapResult)
    assert result.kind == kind


async def test_the_order_of_one_tap() -> None:
    reader = RecordingReader(software_card())
    await run(reader)
    order = list(dict.fromkeys(reader.instructions))
    assert order == ["00A404", "00A402", "00B0", "0020", "802A"]
    commands = [c.hex().upper() for c in reader.commands]
    assert commands[:7] == [
        "00A4040C0AD392F000260100000001",
        "00A4020C020006",
        "00B0000020",
        "00A4020C020018",
        "00200080",
        "0020008004" + PIN.encode().hex(),
        "00A4020C02000A",
    ]
    assert commands[7:9] == ["00B0000004", "00B0000400"]
    assert commands[-2] == "00A4020C020017"
    assert commands[-1].startswith(
        "802A0080333031300D0609608648016503040201050004 20".replace(" ", "")
    )
    assert commands[-1].endswith("00")
    assert reader.instructions.count("802A") == 1


@pytest.mark.parametrize(
    ("which", "typed"),
    [
        ("auth", ""),
        ("auth", "123"),
        ("auth", "12345"),
        ("auth", "12a4"),
        ("auth", "１２３４"),
        ("auth", "1234\n"),
        ("sign", "ABC12"),
        ("sign", "A" * 17),
        ("sign", "KAZASU-123"),
        ("sign", "ＫＡＺＡＳＵ"),
        ("sign", "straße1"),  # upper-casing would make it longer, and ASCII
    ],
)
async def test_malformed_entry_never_reaches_the_card(which: CardKey, typed: str) -> None:
    reader = RecordingReader(software_card())
    assert await run(reader, which, typed) == CardTrouble(code=TroubleCode.PIN_MALFORMED)
    assert reader.commands == []


async def test_wrong_pin_is_told_once_and_not_tried_again() -> None:
    reader = RecordingReader(software_card())
    trouble = await run(reader, "auth", "0000")
    assert trouble == CardTrouble(code=TroubleCode.PIN_WRONG, tries_left=2)
    assert reader.verifies == 1
    assert reader.instructions[-1] == "0020"
    # The second wrong one leaves one: said as the last try, and the third tap sends no VERIFY.
    last = CardTrouble(code=TroubleCode.PIN_LAST_TRY, tries_left=1)
    assert await run(reader, "auth", "0000") == last
    assert await run(reader, "auth", PIN) == last
    assert reader.verifies == 2


async def test_the_card_that_refuses_the_first_entry() -> None:
    card = software_card(pins=auth_pin(refuse_first=1))
    first = await run(RecordingReader(card))
    assert first == CardTrouble(code=TroubleCode.PIN_WRONG, tries_left=2)
    card.reset()
    assert proves(await run(RecordingReader(card)), "auth")


@pytest.mark.parametrize("word", ["6984", "6983", "63C0"])
async def test_blocked_is_one_thing_by_every_word(word: str) -> None:
    reader = RecordingReader(software_card(pins=auth_pin(tries=0), options={"blocked_word": word}))
    blocked = CardTrouble(code=TroubleCode.PIN_BLOCKED, tries_left=0)
    assert await run(reader) == blocked
    assert reader.verifies == 0
    assert await run(ScriptedReader(software_card(), {"0020008004": word})) == blocked
    assert await run(ScriptedReader(software_card(), {"00200080": word})) == blocked  # the status


async def test_cards_that_cannot_sign() -> None:
    no_pin = CardTrouble(code=TroubleCode.CARD_WITHOUT_PIN)
    assert await run(RecordingReader(software_card(pins={}))) == no_pin
    assert await run(RecordingReader(software_card(with_sign=False)), "sign") == no_pin
    assert await run(ScriptedReader(software_card(), {"00200080": "6A88"})) == no_pin
    other = ScriptedReader(software_card(), {"00A4040C": "6A82"})
    assert await run(other) == CardTrouble(code=TroubleCode.NOT_A_JPKI_CARD)
    assert len(other.commands) == 1


@pytest.mark.parametrize(
    ("beginning", "answer", "status"),
    [
        ("00A4040C", "6F00", 0x6F00),
        ("00A4020C020018", "6F00", 0x6F00),
        ("00200080", "9000", 0x9000),  # no count: a VERIFY might be the last one
        ("00200080", "6300", 0x6300),
        ("0020008004", "6C04", 0x6C04),  # never repeated, it could cost a second try
        ("00A4020C02000A", "6A82", 0x6A82),
        ("00B0000004", "9000", 0x9000),
        ("00B0000004", "6B00", 0x6B00),
        ("00B0000400", "6B00", 0x6B00),
        ("00B0000004", "040382049000", None),
        ("00B0000004", "3082FFFF9000", None),
        ("802A", "6985", 0x6985),
        ("802A", "9000", 0x9000),
    ],
)
async def test_unforeseen_answers_end_the_tap(
    beginning: str, answer: str, status: int | None
) -> None:
    reader = ScriptedReader(software_card(), {beginning: answer})
    result = await run(reader)
    assert result == CardTrouble(code=TroubleCode.CARD_REFUSED, status=status)
    assert reader.verifies <= 1


@pytest.mark.parametrize("label", ["JPKIAPICCTOKEN", "JPKIAPICCTOKEN2"])
async def test_either_label_of_a_card(label: str) -> None:
    answer = label.encode().ljust(32).hex() + "9000"
    result = await run(ScriptedReader(software_card(), {"00B0000020": answer}))
    assert isinstance(result, TapResult)
    assert result.kind == "card"


async def test_label_is_only_a_signal() -> None:
    for answers in ({"00A4020C020006": "6A82"}, {"00B0000020": "6982"}):
        result = await run(ScriptedReader(software_card(), answers))
        assert isinstance(result, TapResult)
        assert result.kind == "unknown"


@pytest.mark.parametrize("count", range(13))
async def test_card_that_leaves(count: int) -> None:
    trouble = await run(leaving_after(count, software_card()))
    assert trouble == CardTrouble(code=TroubleCode.CARD_LOST)


@pytest.mark.parametrize("raw", ["", "90"])
async def test_answer_without_a_status_word(raw: str) -> None:
    trouble = await run(ScriptedReader(software_card(), {"00200080": raw}))
    assert trouble == CardTrouble(code=TroubleCode.CARD_LOST)


async def test_a_reader_that_never_ends_does_not_hold_the_tap() -> None:
    trouble = await run(ScriptedReader(software_card(), {"00B0": "6110", "00C0": "6110"}))
    assert isinstance(trouble, CardTrouble)
    assert trouble.code is TroubleCode.CARD_REFUSED


async def test_secret_is_asked_once_and_shown_nowhere() -> None:
    asked: list[int] = []

    def secret() -> str:
        asked.append(1)
        return PIN

    def broken(der: bytes) -> bytes:
        raise LookupError("no statement")

    with pytest.raises(LookupError) as caught:
        await tap(RecordingReader(software_card()), key="auth", secret=secret, build_message=broken)
    assert asked == [1]
    shown = "".join(traceback.TracebackException.from_exception(caught.value).format())
    assert PIN not in shown
    assert PIN not in repr(well_formed("auth", PIN))
    locals_shown = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    own = [line for line in locals_shown.splitlines() if PIN in line]
    assert not own


async def test_after_one_tap_another_program_finds_nothing_open_but_by_reset() -> None:
    """Why the caller resets: the card itself keeps a verified PIN as long as it has power."""
    card: SoftwareCard = software_card()
    await run(RecordingReader(card))
    sign = bytes.fromhex("802A00800330310000")
    assert card.transmit(sign)[-2:].hex() == "9000"
    card.reset()
    assert card.transmit(sign)[-2:].hex() == "6986"
