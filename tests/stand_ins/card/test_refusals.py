"""What a card must refuse, and what PIN counters do."""

from typing import Any

import pytest

from stand_ins.card.software_card import CardOff, SoftwareCard
from tests.stand_ins.card.synthetic import PASSWORD, PIN, auth_pin, certificate, software_card

AID = "00A4040C0AD392F000260100000001"
AUTH_FILE, AUTH_KEY = "00A4020C020018", "00A4020C020017"
SIGN_FILE, SIGN_KEY = "00A4020C02001B", "00A4020C02001A"
GOOD_PIN = "0020008004" + PIN.encode().hex()
WRONG_PIN = "0020008004" + b"0000".hex()
GOOD_PASSWORD = f"00200080{len(PASSWORD):02X}" + PASSWORD.encode().hex()
SIGN = "802A008003" + "303100" + "00"


def words(card: SoftwareCard, *commands: str) -> list[str]:
    """Status word of each command."""
    return [card.transmit(bytes.fromhex(command))[-2:].hex().upper() for command in commands]


@pytest.mark.parametrize(
    ("commands", "word"),
    [
        (["00A4040C0AD3921000310001010408"], "6A82"),  # a card without a face's text
        (["00A4040C0AD3921000310001010402"], "6A82"),  # the face's picture
        (["00A4040C0AD3921000310001010100"], "6A82"),  # the resident register
        (["00A4040C0AD392F000260100000002"], "6A82"),
        (["00A4040C05D392F00026"], "6A82"),
        (["00A4040C"], "6A82"),
        (["00A404000AD392F000260100000001"], "6A86"),
        (["00A4000C023F00"], "6A86"),
        (["00A4040C0BD392F000260100000001"], "6700"),
        (["00A4020C02000A"], "6A82"),  # no application selected
        ([AID, "00A4020C020011"], "6A82"),
        ([AID, "00A4020C01"], "6700"),
        ([AID, "00A4020C0118"], "6700"),
        (["00CA000000"], "6D00"),
        (["00CB000000"], "6D00"),
        (["002400800831323334" + "31323335"], "6D00"),
        (["002A008003303100" + "00"], "6D00"),
        (["80B0000000"], "6D00"),
        (["90B0000000"], "6E00"),
        (["FFCA000000"], "6E00"),
        (["00A4"], "6700"),
        (["00B0000000"], "6986"),
        ([AID, "00B0000000"], "6986"),
        ([AID, "00200080"], "6986"),
        ([AID, SIGN], "6986"),
        ([AID, AUTH_FILE, "00B0000000"], "6981"),
        ([AID, AUTH_KEY, "00B0000000"], "6981"),
        ([AID, AUTH_KEY, "00200080"], "6981"),
        ([AID, AUTH_FILE, SIGN], "6981"),
        ([AID, "00B0970000"], "6981"),
        ([AID, "00B09F0000"], "6A82"),
        ([AID, "00B0CA0000"], "6A86"),
        ([AID, "00A4020C02000A", "00B00000"], "6700"),
        ([AID, "00A4020C02000A", "00B000000101"], "6700"),
        ([AID, "00A4020C020001", "00B0000004"], "6982"),
        ([AID, AUTH_FILE, GOOD_PIN, "00A4020C020001", "00B0000004"], "6982"),
        ([AID, AUTH_KEY, SIGN], "6982"),
        ([AID, AUTH_FILE, GOOD_PIN, SIGN_KEY, SIGN], "6982"),
        ([AID, SIGN_FILE, GOOD_PASSWORD, AUTH_KEY, SIGN], "6982"),
        ([AID, AUTH_FILE, "00200180"], "6A86"),
        ([AID, AUTH_FILE, "00200000"], "6A86"),
        ([AID, AUTH_FILE, "002000C0"], "6A86"),
        ([AID, AUTH_FILE, "0020008005" + PIN.encode().hex()], "6700"),
        ([AID, AUTH_FILE, GOOD_PIN + "00"], "6700"),
        ([AID, AUTH_FILE, "0020008011" + "31" * 17], "6700"),
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A0081033031FF00"], "6A86"),
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A9E9A033031FF00"], "6A86"),
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A0080043031FF00" + "0000"], "6700"),
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A008003303100"], "6700"),  # no Le
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A0080"], "6700"),
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A0080F6" + "30" * 246 + "00"], "6700"),
        ([AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, "802A00800330310080"], "6C00"),
    ],
)
def test_refused(commands: list[str], word: str) -> None:
    assert words(software_card(), *commands)[-1] == word


def test_refused_lengths_spend_no_try() -> None:
    card = software_card()
    words(card, AID, AUTH_FILE, "0020008005" + PIN.encode().hex(), GOOD_PIN + "00")
    assert words(card, "00200080") == ["63C3"]


def test_tries_run_down_and_block_only_their_own_pin() -> None:
    card = software_card()
    assert words(card, AID, AUTH_FILE, WRONG_PIN, WRONG_PIN, WRONG_PIN)[2:] == [
        "63C2",
        "63C1",
        "63C0",
    ]
    assert words(card, GOOD_PIN, "00200080", AUTH_KEY, SIGN) == ["6984", "63C0", "9000", "6982"]
    assert words(card, SIGN_FILE, "00200080", GOOD_PASSWORD) == ["9000", "63C5", "9000"]


@pytest.mark.parametrize("word", ["6984", "6983", "63C0"])
def test_blocked_word(word: str) -> None:
    card = software_card(pins=auth_pin(tries=0), options={"blocked_word": word})
    assert words(card, AID, AUTH_FILE, "00200080", GOOD_PIN)[2:] == ["63C0", word]


def test_counter_survives_reset_and_power_off_and_success_restores_it() -> None:
    card = software_card()
    words(card, AID, AUTH_FILE, WRONG_PIN)
    card.reset()
    assert words(card, AID, AUTH_FILE, "00200080")[-1] == "63C2"
    card.power_off()
    card.reset()
    assert words(card, AID, AUTH_FILE, WRONG_PIN, GOOD_PIN, "00200080")[2:] == [
        "63C1",
        "9000",
        "63C3",
    ]


def test_sign_password_has_five_tries_and_case_counts() -> None:
    card = software_card()
    lower = f"00200080{len(PASSWORD):02X}" + PASSWORD.lower().encode().hex()
    assert words(card, AID, SIGN_FILE, *[lower] * 6)[2:] == [
        "63C4",
        "63C3",
        "63C2",
        "63C1",
        "63C0",
        "6984",
    ]


@pytest.mark.parametrize("where", [{"pins": auth_pin(refuse_first=1)}, {"refuse_first": 1}])
def test_refuse_first_counts_as_wrong_tries(where: dict[str, Any]) -> None:
    card = software_card(**where)
    assert words(card, AID, AUTH_FILE, GOOD_PIN) == ["9000", "9000", "63C2"]
    card.reset()
    assert words(card, AID, AUTH_FILE, GOOD_PIN)[-1] == "9000"


def test_wrong_pin_takes_back_the_right_one() -> None:
    assert words(software_card(), AID, AUTH_FILE, GOOD_PIN, WRONG_PIN, AUTH_KEY, SIGN)[-1] == "6982"


def test_selecting_the_application_again_drops_the_verified_state() -> None:
    card = software_card()
    assert words(card, AID, AUTH_FILE, GOOD_PIN, AID, AUTH_KEY, SIGN)[-1] == "6982"
    assert words(card, AID, SIGN_FILE, GOOD_PASSWORD, AID, "00B0810004")[-1] == "6982"
    lax = software_card(options={"keeps_state_on_select": True})
    assert words(lax, AID, AUTH_FILE, GOOD_PIN, AID, AUTH_KEY, SIGN)[-1] == "9000"


@pytest.mark.parametrize("through_off", [False, True])
def test_reset_drops_the_verified_state(through_off: bool) -> None:
    card = software_card(options={"keeps_state_on_select": True})
    assert words(card, AID, AUTH_FILE, GOOD_PIN, AUTH_KEY, SIGN)[-1] == "9000"
    if through_off:
        card.power_off()
    card.reset()
    assert words(card, AID, AUTH_KEY, SIGN)[-1] == "6982"


def test_a_card_without_power_does_not_answer() -> None:
    card = software_card()
    card.power_off()
    with pytest.raises(CardOff):
        card.transmit(bytes.fromhex(AID))


def test_android_gives_the_certificate_after_the_pin() -> None:
    card = software_card(kind="android")
    assert words(card, AID, "00B08A0004")[-1] == "6982"
    assert words(card, AUTH_FILE, GOOD_PIN, "00B08A0004")[-1] == "9000"


def test_card_without_pins_or_without_signature_key() -> None:
    bare = software_card(pins={})
    assert words(bare, AID, AUTH_FILE, SIGN_FILE, AUTH_KEY, SIGN)[1:] == [
        "6A82",
        "6A82",
        "9000",
        "6982",
    ]
    assert words(bare, "00B0810004") == ["6982"]
    child = software_card(with_sign=False)
    assert words(child, AID, SIGN_FILE, SIGN_KEY, "00A4020C020001") == ["9000"] + ["6A82"] * 3
    assert child.transmit(bytes.fromhex("00B0880000")).hex().upper() == "008F009000"


def test_certificate_is_not_a_secret_but_keys_and_pins_are() -> None:
    card = software_card()
    shown = repr(card) + repr(card._applications)
    assert PIN not in shown
    assert PASSWORD not in shown
    assert certificate("auth").hex() not in shown
