"""The pre-scan: what it lets through, and what never reaches a library."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.jpki import der
from tests.identity.jpki.synthetic import leaf


def _nested(depth: int) -> bytes:
    data = b"\x05\x00"
    for _ in range(depth):
        length = len(data)
        head = bytes((length,)) if length < 128 else b"\x81" + bytes((length,))
        data = b"\x30" + head + data
    return data


GOOD = {
    "certificate": leaf(),
    "integer 127": bytes.fromhex("02017f"),
    "integer 128": bytes.fromhex("02020080"),
    "integer -128": bytes.fromhex("020180"),
    "true": bytes.fromhex("0101ff"),
    "empty sequence": bytes.fromhex("3000"),
    "empty sequences in a sequence": bytes.fromhex("300430003000"),
    "depth 24": _nested(24),
    "bits": bytes.fromhex("030206c0"),
    "oid of 64 octets": b"\x06\x40" + b"\x2a" * 64,
}
BAD = {
    "nothing": b"",
    "a tag alone": b"\x30",
    "indefinite length": bytes.fromhex("3080020101 0000"),
    "long form of a short length": bytes.fromhex("0281 0101"),
    "padded length": bytes.fromhex("04820080") + b"\x00" * 128,
    "length of five octets": bytes.fromhex("0485 0000000001 00"),
    "cut short": bytes.fromhex("300302"),
    "child longer than its parent": bytes.fromhex("3003 0402 0000"),
    "octets behind": bytes.fromhex("0500 00"),
    "padded integer": bytes.fromhex("0202 007f"),
    "padded negative integer": bytes.fromhex("0202 ff80"),
    "empty integer": bytes.fromhex("0200"),
    "boolean 01": bytes.fromhex("010101"),
    "boolean of two octets": bytes.fromhex("0102ffff"),
    "null with content": bytes.fromhex("050100"),
    "oid of 65 octets": b"\x06\x41" + b"\x2a" * 65,
    "empty oid": bytes.fromhex("0600"),
    "oid with a padded arc": bytes.fromhex("06032a8001"),
    "oid cut inside an arc": bytes.fromhex("06022a81"),
    "constructed octet string": bytes.fromhex("2404 0402 0000"),
    "primitive sequence": bytes.fromhex("1000"),
    "long tag": bytes.fromhex("1f8100 00"),
    "bit string without count": bytes.fromhex("0300"),
    "bit string padding set": bytes.fromhex("030206c1"),
    "nine unused bits": bytes.fromhex("03020900"),
    "depth 25": _nested(25),
}


@pytest.mark.parametrize("name", GOOD)
def test_strict_der_passes(name: str) -> None:
    der.check(GOOD[name], cap=8192)


@pytest.mark.parametrize("name", BAD)
def test_anything_looser_is_refused(name: str) -> None:
    with pytest.raises(der.MalformedDer):
        der.check(BAD[name], cap=8192)


def test_the_cap_is_in_octets() -> None:
    der.check(GOOD["certificate"], cap=len(GOOD["certificate"]))
    with pytest.raises(der.MalformedDer):
        der.check(GOOD["certificate"], cap=len(GOOD["certificate"]) - 1)


@settings(max_examples=400, deadline=None)
@given(data=st.binary(max_size=64))
def test_any_bytes_either_pass_or_are_malformed(data: bytes) -> None:
    try:
        der.check(data, cap=64)
    except der.MalformedDer:
        return
    assert der.whole(data).end == len(data)


def test_utf8_string() -> None:
    assert der.utf8_string(b"\x0c\x03" + "あ".encode()) == "あ"
    for wrong in (b"\x13\x01a", b"\x0c\x01\xff", b"\x0c\x01aa"):
        with pytest.raises(der.MalformedDer):
            der.utf8_string(wrong)
