"""The traces public clients use, byte for byte."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from stand_ins.card.software_card import SoftwareCard
from tests.stand_ins.card.synthetic import PASSWORD, PIN, certificate, key, software_card

OK = bytes.fromhex("9000")
AID = "00A4040C0AD392F000260100000001"
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")


def send(card: SoftwareCard, command: str) -> bytes:
    return card.transmit(bytes.fromhex(command))


def public_of(purpose: str) -> rsa.RSAPublicKey:
    public = key(purpose).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return public


def read_whole(card: SoftwareCard, step: int = 256) -> bytes:
    head = send(card, "00B0000004")
    assert head[:2] == bytes.fromhex("3082")
    assert head[4:] == OK
    total = int.from_bytes(head[2:4], "big") + 4
    content = b""
    while len(content) < total:
        answer = send(card, f"00B0{len(content):04X}{step & 0xFF:02X}")
        assert answer[-2:] == OK
        content += answer[:-2]
    assert len(content) == total
    return content


@pytest.mark.parametrize(
    ("purpose", "pin_file", "key_file", "certificate_file", "secret", "tries"),
    [
        ("auth", "0018", "0017", "000A", PIN, "63C3"),
        ("sign", "001B", "001A", "0001", PASSWORD, "63C5"),
    ],
)
def test_authenticate_and_sign(
    purpose: str, pin_file: str, key_file: str, certificate_file: str, secret: str, tries: str
) -> None:
    card = software_card()
    message = b"what is signed"
    body = secret.encode().hex()
    assert send(card, AID) == OK
    assert send(card, "00A4020C020006") == OK
    assert send(card, "00B0000020") == b"JPKIAPICCTOKEN2".ljust(32) + OK
    assert send(card, f"00A4020C02{pin_file}") == OK
    assert send(card, "00200080").hex().upper() == tries
    assert send(card, f"00200080{len(secret):02X}{body}") == OK
    assert send(card, "00200080").hex().upper() == tries
    assert send(card, f"00A4020C02{certificate_file}") == OK
    assert read_whole(card) == certificate(purpose)
    assert send(card, f"00A4020C02{key_file}") == OK
    answer = send(card, "802A008033" + (DIGEST_INFO + sha256(message).digest()).hex() + "00")
    assert len(answer) == 256 + 2
    assert answer[-2:] == OK
    public = public_of(purpose)
    public.verify(answer[:-2], message, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("size", [1, 51, 67, 83, 245])
def test_signature_is_over_the_digest_info_given(size: int) -> None:
    card = software_card()
    given = bytes(range(1, 256))[:size]
    for command in (AID, "00A4020C020018", "0020008004" + PIN.encode().hex(), "00A4020C020017"):
        assert send(card, command) == OK
    answer = send(card, f"802A0080{size:02X}{given.hex()}00")
    numbers = public_of("auth").public_numbers()
    opened = pow(int.from_bytes(answer[:-2], "big"), numbers.e, numbers.n).to_bytes(256, "big")
    assert opened == b"\x00\x01" + b"\xff" * (253 - size) + b"\x00" + given


def test_extended_read_gives_the_whole_certificate() -> None:
    card = software_card()
    send(card, AID)
    send(card, "00A4020C02000A")
    assert send(card, "00B00000000000") == certificate("auth") + OK
    assert send(card, "00B00000000010") == certificate("auth")[:16] + OK


def test_short_file_ids_change_the_current_file() -> None:
    card = software_card()
    send(card, AID)
    assert send(card, "00B08A0004") == certificate("auth")[:4] + OK
    assert send(card, "00B0000402") == certificate("auth")[4:6] + OK
    assert send(card, "00200098").hex() == "63c3"
    assert send(card, "0020009804" + PIN.encode().hex()) == OK
    assert send(card, "0020009B").hex() == "63c5"
    assert send(card, "00B0810004").hex() == "6982"


@pytest.mark.parametrize(
    ("kind", "label"),
    [("card", "JPKIAPICCTOKEN2"), ("android", "JPKIAPGPSETOKEN"), ("iphone", "JPKIAPIOSTOKEN")],
)
def test_free_files(kind: str, label: str) -> None:
    card = software_card(kind=kind)
    send(card, AID)
    send(card, "00A4020C020006")
    assert send(card, "00B0000000") == label.encode().ljust(160) + OK
    send(card, "00A4020C020008")
    assert send(card, "00B0000000") == bytes.fromhex("8F8F00") + OK
    for file_id in ("0002", "000B"):
        send(card, f"00A4020C02{file_id}")
        assert read_whole(card) == certificate("ca")


def test_reads_end_at_the_end() -> None:
    card = software_card()
    send(card, AID)
    send(card, "00A4020C020006")
    assert send(card, "00B0009F00") == b" " + OK
    assert send(card, "00B000A000").hex() == "6b00"
    assert send(card, "00B07FFF00").hex() == "6b00"


def test_short_reads_and_padding() -> None:
    card = software_card(options={"short_reads": 7, "trailing_padding": 40})
    send(card, AID)
    send(card, "00A4020C02000A")
    assert len(send(card, "00B0000000")) == 7 + 2
    size = len(certificate("auth"))
    assert send(card, f"00B0{size:04X}00") == bytes(7) + OK
    assert send(card, f"00B0{size + 40:04X}00").hex() == "6b00"


def test_power() -> None:
    card = software_card()
    assert card.reset()[:1] == b"\x3b"
    assert send(card, "00A4020C020018").hex() == "6a82"
