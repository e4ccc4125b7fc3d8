"""Which key a certificate has, without an ASN.1 library, and how a card's answer is written."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils
from hypothesis import given
from hypothesis import strategies as st

from companion_app.card.algorithms import ALGORITHMS, P256, P384, RSA_2048, Algorithm, algorithm_of
from stand_ins.jpki.certificates import PublicKey
from tests.identity.jpki import synthetic
from tests.identity.jpki.synthetic import LEAF_KEY, curve_key, leaf

KEYS: dict[str, PublicKey] = {
    RSA_2048.name: synthetic.key(LEAF_KEY).public_key(),
    P256.name: curve_key(256).public_key(),
    P384.name: curve_key(384).public_key(),
}
OTHERS: dict[str, Any] = {
    "RSA-3072": rsa.generate_private_key(public_exponent=65537, key_size=3072).public_key(),
    "P-521": ec.generate_private_key(ec.SECP521R1()).public_key(),
    "secp256k1": ec.generate_private_key(ec.SECP256K1()).public_key(),
    "Ed25519": ed25519.Ed25519PrivateKey.generate().public_key(),
}


@pytest.mark.parametrize("row", ALGORITHMS, ids=lambda row: row.name)
@pytest.mark.parametrize("purpose", ["auth", "sign"])
def test_the_key_is_found_in_a_certificate(row: Algorithm, purpose: str) -> None:
    certificate = leaf("sign" if purpose == "sign" else "auth", public_key=KEYS[row.name])
    assert algorithm_of(certificate) is row


@pytest.mark.parametrize("name", OTHERS)
def test_other_keys_are_none(name: str) -> None:
    assert algorithm_of(leaf(public_key=OTHERS[name])) is None


def test_a_certificate_cut_anywhere_has_no_key() -> None:
    for name, key in KEYS.items():
        whole = leaf(public_key=key)
        assert algorithm_of(whole + b"padding") is not None, name
        assert not any(algorithm_of(whole[:end]) for end in range(len(whole)))


@given(st.binary(max_size=40))
def test_any_bytes_are_judged_without_an_error(data: bytes) -> None:
    assert algorithm_of(data) is None


CURVES = [(P256, 32), (P384, 48)]


@pytest.mark.parametrize(("row", "half"), CURVES, ids=["P-256", "P-384"])
@given(data=st.data())
def test_a_bare_pair_is_written_as_der(row: Algorithm, half: int, data: st.DataObject) -> None:
    numbers = st.one_of(
        st.integers(0, 300),
        st.integers(0, 2 ** (8 * half) - 1),
        st.integers(2 ** (8 * half - 1), 2 ** (8 * half) - 1),
    )
    r, s = data.draw(numbers), data.draw(numbers)
    der = utils.encode_dss_signature(r, s)
    assert row.written(r.to_bytes(half, "big") + s.to_bytes(half, "big")) == der
    assert row.written(der) == der


@pytest.mark.parametrize(("row", "half"), CURVES, ids=["P-256", "P-384"])
def test_what_is_no_signature_of_a_curve_is_none(row: Algorithm, half: int) -> None:
    der = utils.encode_dss_signature(2**200, 2**200)
    for answer in (b"", b"\x01" * (2 * half - 1), b"\x01" * 256, der[:-1], der + b"\x00"):
        assert row.written(answer) is None


def test_an_rsa_signature_is_handed_on_as_it_is() -> None:
    assert RSA_2048.written(b"\x01" * 256) == b"\x01" * 256
    assert RSA_2048.written(b"") is None
