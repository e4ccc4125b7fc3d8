"""Cards and phones with elliptic keys: what they take, what they answer, what they refuse."""

import json
from base64 import b64encode
from typing import Literal

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from stand_ins.card.card_file import CardFileInvalid, parse_card
from stand_ins.card.software_card import SoftwareCard
from stand_ins.jpki.certificates import Curve
from tests.stand_ins.card.synthetic import PIN, document, key, software_card

BEFORE = ("00A4040C0AD392F000260100000001", "00A4020C020018", f"0020008004{PIN.encode().hex()}")
AUTH_KEY = "00A4020C020017"
Form = Literal["der", "pair"]
HALVES: dict[Curve, int] = {"P-256": 32, "P-384": 48}


def ready(curve: Curve, form: Form = "der") -> SoftwareCard:
    """The PIN is verified and the key selected."""
    card = software_card(curve=curve, options={"curve_answer": form})
    for command in (*BEFORE, AUTH_KEY):
        assert card.transmit(bytes.fromhex(command)) == b"\x90\x00"
    return card


def signed(card: SoftwareCard, given: bytes, le: int = 0) -> bytes:
    command = b"\x80\x2a\x00\x80" + bytes([len(given)]) + given + bytes([le])
    return card.transmit(command)


@pytest.mark.parametrize("curve", HALVES)
@pytest.mark.parametrize("form", ["der", "pair"])
def test_the_hash_given_is_signed_as_it_is(curve: Curve, form: Form) -> None:
    half = HALVES[curve]
    given = bytes(range(half))
    answer = signed(ready(curve, form), given)
    assert answer[-2:] == b"\x90\x00"
    signature = answer[:-2]
    if form == "pair":
        assert len(signature) == 2 * half
        r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        signature = utils.encode_dss_signature(r, s)
    public = key("auth", curve).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    hashed = utils.Prehashed(hashes.SHA256() if curve == "P-256" else hashes.SHA384())
    public.verify(signature, given, ec.ECDSA(hashed))


@pytest.mark.parametrize("curve", HALVES)
@pytest.mark.parametrize("by", [-1, 1, 16, 19])
def test_an_input_of_another_length_is_refused(curve: Curve, by: int) -> None:
    """19 more is a DigestInfo, as RSA takes it."""
    assert signed(ready(curve), bytes(HALVES[curve] + by)) == bytes.fromhex("6700")


@pytest.mark.parametrize(
    ("curve", "form", "wanted"),
    [("P-256", "der", 72), ("P-256", "pair", 64), ("P-384", "der", 104), ("P-384", "pair", 96)],
)
def test_le_must_have_room_for_the_longest(curve: Curve, form: Form, wanted: int) -> None:
    card = ready(curve, form)
    given = bytes(HALVES[curve])
    assert signed(card, given, le=wanted - 1) == bytes([0x6C, wanted])
    assert signed(card, given, le=wanted)[-2:] == b"\x90\x00"


def test_it_signs_after_its_own_pin_only() -> None:
    card = software_card(curve="P-384")
    for command in (BEFORE[0], AUTH_KEY):
        card.transmit(bytes.fromhex(command))
    assert signed(card, bytes(48)) == bytes.fromhex("6982")


@pytest.mark.parametrize("curve", [ec.SECP521R1(), ec.SECP256K1()], ids=["P-521", "secp256k1"])
def test_no_card_has_another_curve(curve: ec.EllipticCurve) -> None:
    made = document()
    other = ec.generate_private_key(curve)
    der = other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    made["auth"] = made["auth"] | {"key": b64encode(der).decode()}
    with pytest.raises(CardFileInvalid, match="neither RSA nor P-256 nor P-384"):
        parse_card(json.dumps(made).encode(), source="test")
