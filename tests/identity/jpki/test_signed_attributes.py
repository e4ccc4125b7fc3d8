"""The template against an independent encoder, byte for byte, and the checks of a signature."""

import hashlib
from collections.abc import Callable

import pytest
from asn1crypto import cms, tsp  # type: ignore[import-untyped]  # ships no types
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.jpki import algorithms, cades, certificate, signature, signed_attributes
from identity.jpki.algorithms import P256_SHA256, P384_SHA384, RSA_2048_SHA256, Algorithm
from identity.jpki.anchors import Environment
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType, UnusableContentType
from tests.identity.jpki.synthetic import LEAF_KEY, OTHER_KEY, curve_key, key, leaf, tap

STATEMENT = b'{"v":1}'
LEAF = leaf()


def _parsed() -> certificate.Certificate:
    parsed = certificate.read(LEAF)
    assert not isinstance(parsed, Refusal)
    return parsed


def _sa() -> bytes:
    return signed_attributes.build(STATEMENT, LEAF, StatementType.CALL)


@pytest.mark.parametrize("statement_type", StatementType)
def test_the_template_is_what_an_asn1_library_encodes(statement_type: StatementType) -> None:
    reference = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(LEAF).digest()}]})
    attributes = cms.CMSAttributes(
        [
            {
                "type": "content_type",
                "values": [f"1.3.6.1.4.1.32473.1.{statement_type.value}"],
            },
            {"type": "message_digest", "values": [hashlib.sha256(STATEMENT).digest()]},
            {"type": "signing_certificate_v2", "values": [reference]},
        ]
    )
    built = signed_attributes.build(STATEMENT, LEAF, statement_type)
    assert built == attributes.dump()
    assert len(built) == 136


def test_the_template_with_sha384_is_what_an_asn1_library_reads() -> None:
    """It would write NULL parameters, which RFC 5754 forbids; `test_cades` has openssl judge."""
    built = signed_attributes.build(STATEMENT, LEAF, StatementType.ENROLMENT, P384_SHA384)
    content_type, digest, reference = cms.CMSAttributes.load(built, strict=True)
    assert content_type["values"].native == ["1.3.6.1.4.1.32473.1.3"]
    assert digest["values"].native == [hashlib.sha384(STATEMENT).digest()]
    (certificate_id,) = reference["values"][0]["certs"]
    assert certificate_id["hash_algorithm"].dump() == bytes.fromhex("300B0609608648016503040202")
    assert certificate_id["cert_hash"].native == hashlib.sha384(LEAF).digest()
    assert len(built) == 181


@pytest.mark.parametrize("row", [P256_SHA256, P384_SHA384])
def test_a_card_with_a_curve_is_given_the_bare_hash(row: Algorithm) -> None:
    attributes = signed_attributes.build(STATEMENT, LEAF, StatementType.CALL, row)
    digest = hashlib.new(row.digest, attributes).digest()
    assert signed_attributes.card_input(attributes, row) == digest


def test_every_algorithm_has_its_template() -> None:
    for row in algorithms.ALGORITHMS:
        assert row.digest in signed_attributes.TEMPLATES
        assert row.name in cades._SIGNATURES


def _of_curve(bits: int) -> tuple[certificate.Certificate, Algorithm, bytes, bytes]:
    signer = curve_key(bits)
    data = leaf(public_key=signer.public_key())
    parsed = certificate.read(data)
    assert not isinstance(parsed, Refusal)
    row = algorithms.for_key(signer.public_key())
    assert row is not None
    attributes = signed_attributes.build(STATEMENT, data, StatementType.CALL, row)
    return parsed, row, tap(STATEMENT, data, signer=signer), attributes


@pytest.mark.parametrize("bits", [256, 384])
def test_the_signature_of_a_curve_counts_in_one_encoding_only(bits: int) -> None:
    parsed, row, good, attributes = _of_curve(bits)
    assert signature.check_signature(parsed, row, good, attributes) is None
    r, s = utils.decode_dss_signature(good)
    octets = bits // 8
    for wrong in (
        r.to_bytes(octets) + s.to_bytes(octets),  # the bare pair
        good + b"\x00",
        b"\x30\x81" + good[1:],
        utils.encode_dss_signature(r, 0),
        utils.encode_dss_signature(s, r),
    ):
        assert signature.check_signature(parsed, row, wrong, attributes) is not None


@pytest.mark.parametrize("bits", [256, 384])
def test_the_other_hash_on_a_curve_is_no_signature(bits: int) -> None:
    parsed, row, _, attributes = _of_curve(bits)
    other = hashes.SHA384() if bits == 256 else hashes.SHA256()
    wrong = curve_key(bits).sign(attributes, ec.ECDSA(other))
    assert signature.check_signature(parsed, row, wrong, attributes) is not None


def test_the_card_input_is_a_digest_info_of_51_bytes() -> None:
    found = signed_attributes.card_input(_sa())
    assert len(found) == 51
    assert found.endswith(hashlib.sha256(_sa()).digest())
    # The raw operation on it equals the library's PKCS#1 v1.5 with SHA-256.
    raw = key(LEAF_KEY).sign(_sa(), padding.PKCS1v15(), hashes.SHA256())
    recovered = (
        key(LEAF_KEY).public_key().recover_data_from_signature(raw, padding.PKCS1v15(), None)
    )
    assert recovered == found


def test_production_refuses_the_documentation_number() -> None:
    signed_attributes.check_usable(Environment.SYNTHETIC)
    with pytest.raises(UnusableContentType):
        signed_attributes.check_usable(Environment.PRODUCTION)


def test_a_good_signature_is_accepted() -> None:
    assert (
        signature.check_signature(_parsed(), RSA_2048_SHA256, tap(STATEMENT, LEAF), _sa()) is None
    )


def _pss() -> bytes:
    return key(LEAF_KEY).sign(
        _sa(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
    )


def _sha1() -> bytes:
    digest = hashlib.sha1(_sa(), usedforsecurity=False).digest()
    return key(LEAF_KEY).sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))  # noqa: S303 - the mistake to be made


WRONG: dict[str, tuple[Callable[[], bytes], Code]] = {
    "255 bytes": (lambda: tap(STATEMENT, LEAF)[:-1], Code.SIGNATURE_LENGTH),
    "257 bytes": (lambda: tap(STATEMENT, LEAF) + b"\x00", Code.SIGNATURE_LENGTH),
    "257 bytes, zero in front": (lambda: b"\x00" + tap(STATEMENT, LEAF), Code.SIGNATURE_LENGTH),
    "empty": (lambda: b"", Code.SIGNATURE_LENGTH),
    "PSS": (_pss, Code.SIGNATURE_MISMATCH),
    "SHA-1": (_sha1, Code.SIGNATURE_MISMATCH),
    "another statement": (lambda: tap(b'{"v":2}', LEAF), Code.SIGNATURE_MISMATCH),
    "another kind of statement": (
        lambda: tap(STATEMENT, LEAF, StatementType.DIAL),
        Code.SIGNATURE_MISMATCH,
    ),
    "another certificate of the same key": (
        lambda: tap(STATEMENT, leaf(serial=77)),
        Code.SIGNATURE_MISMATCH,
    ),
    "another key": (
        lambda: tap(STATEMENT, LEAF, signer=key(OTHER_KEY)),
        Code.SIGNATURE_MISMATCH,
    ),
    "larger than the modulus": (lambda: b"\xff" * 256, Code.SIGNATURE_MISMATCH),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_signature_is_refused(name: str) -> None:
    make, code = WRONG[name]
    found = signature.check_signature(_parsed(), RSA_2048_SHA256, make(), _sa())
    assert isinstance(found, Refusal)
    assert found.code == code


@settings(max_examples=200, deadline=None)
@given(bit=st.integers(min_value=0, max_value=256 * 8 - 1))
def test_no_flipped_bit_of_a_signature_is_accepted(bit: int) -> None:
    changed = bytearray(tap(STATEMENT, LEAF))
    changed[bit // 8] ^= 1 << (bit % 8)
    assert signature.check_signature(_parsed(), RSA_2048_SHA256, bytes(changed), _sa()) is not None


@settings(max_examples=136 * 8, deadline=None)
@given(bit=st.integers(min_value=0, max_value=136 * 8 - 1))
def test_no_flipped_bit_of_the_attributes_is_accepted(bit: int) -> None:
    changed = bytearray(_sa())
    changed[bit // 8] ^= 1 << (bit % 8)
    assert (
        signature.check_signature(_parsed(), RSA_2048_SHA256, GOOD_SIGNATURE, bytes(changed))
        is not None
    )


GOOD_SIGNATURE = tap(STATEMENT, LEAF)
