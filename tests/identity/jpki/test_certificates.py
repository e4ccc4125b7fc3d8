"""Which certificates pass both gates, and with which code each bad one is refused."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.jpki import certificate, path
from identity.jpki.anchors import Purpose
from identity.jpki.profile import whole_second
from identity.jpki.refusals import Code, Refusal
from stand_ins.jpki.names import PURPOSES
from stand_ins.jpki.names import Purpose as PurposeName
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.gates import judge
from tests.identity.jpki.synthetic import (
    NOW,
    YEAR,
    authority,
    leaf,
    replacing,
    trust,
    without,
)

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("label", ["g1", "g2"])
def test_both_generations_of_both_purposes_pass(purpose: PurposeName, label: str) -> None:
    assert judge(leaf(purpose, issuer=authority(purpose, label))) is Purpose(purpose)


@pytest.mark.parametrize("name", BAD)
def test_every_bad_certificate_is_refused_with_its_code(name: str) -> None:
    code, make = BAD[name]
    found = judge(make())
    assert isinstance(found, Refusal)
    assert found.code == code


def test_generations_share_a_name_and_are_told_apart_by_the_signature() -> None:
    first, second = (authority("auth", label).certificate for label in ("g1", "g2"))
    assert first.subject == second.subject
    for issuer in (first, second):
        parsed = certificate.read(leaf(issuer=_authority_of(issuer)))
        assert not isinstance(parsed, Refusal)
        found = path.find_issuer(parsed, Purpose.AUTH, trust())
        assert not isinstance(found, Refusal)
        assert found.certificate.loaded == issuer


def _authority_of(issuer: x509.Certificate):  # type: ignore[no-untyped-def]  # test-local lookup
    return next(
        authority("auth", label)
        for label in ("g1", "g2")
        if authority("auth", label).certificate == issuer
    )


def test_the_key_identifier_in_the_leaf_decides_nothing() -> None:
    lie = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority("auth", "g1").key.public_key()
    )
    data = leaf(issuer=authority("auth", "g2"), change=replacing(lie, critical=False))
    # Gate 2 may refuse the lie; what must not happen is that it leads to the other root.
    parsed = certificate.read(data)
    assert not isinstance(parsed, Refusal)
    found = path.find_issuer(parsed, Purpose.AUTH, trust())
    assert not isinstance(found, Refusal)
    assert found.certificate.loaded == authority("auth", "g2").certificate


@pytest.mark.parametrize(
    ("offset", "code"),
    [
        (timedelta(0), None),
        (timedelta(microseconds=999_999), None),
        (SECOND, Code.LEAF_EXPIRED),
    ],
)
def test_the_last_second_counts_and_the_next_does_not(offset: timedelta, code: Code | None) -> None:
    found = judge(leaf(valid=(NOW - YEAR, NOW)), at=NOW + offset)
    assert (found.code if isinstance(found, Refusal) else None) == code


@pytest.mark.parametrize(
    ("offset", "code"),
    [(timedelta(0), None), (-timedelta(microseconds=1), Code.LEAF_NOT_YET_VALID)],
)
def test_the_first_second_counts_and_the_one_before_does_not(
    offset: timedelta, code: Code | None
) -> None:
    found = judge(leaf(valid=(NOW, NOW + YEAR)), at=NOW + offset)
    assert (found.code if isinstance(found, Refusal) else None) == code


def test_an_ended_root_still_proves_the_past_but_not_the_present() -> None:
    old = authority("auth", "g1")
    end = old.certificate.not_valid_after_utc
    data = leaf(issuer=old, valid=(NOW - YEAR, end + YEAR))
    assert judge(data, at=end) is Purpose.AUTH
    after = judge(data, at=end + SECOND)
    assert isinstance(after, Refusal)
    assert after.code is Code.ANCHOR_EXPIRED


def test_a_root_proves_nothing_before_it_begins() -> None:
    root = authority("auth")
    begin = root.certificate.not_valid_before_utc
    data = leaf(issuer=root, valid=(begin - YEAR, NOW + YEAR / 4))
    assert judge(data, at=begin) is Purpose.AUTH
    before = judge(data, at=begin - SECOND)
    assert isinstance(before, Refusal)
    assert before.code is Code.ANCHOR_NOT_YET_VALID


def test_a_leaf_passes_with_and_without_client_authentication() -> None:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    assert judge(leaf(change=without(x509.ExtendedKeyUsage))) is Purpose.AUTH
    assert judge(leaf(change=replacing(usage, critical=False))) is Purpose.AUTH


def test_a_time_without_zone_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        whole_second(NOW.replace(tzinfo=None))


def test_nothing_of_a_certificate_shows_in_its_text() -> None:
    parsed = certificate.read(leaf(serial=0x7766_5544))
    assert not isinstance(parsed, Refusal)
    text = repr(parsed)
    assert "AB12CD34" not in text
    assert str(0x7766_5544) not in text
    assert "b'" not in text


GOOD = leaf("sign")


@settings(max_examples=300, deadline=None)
@given(bit=st.integers(min_value=0, max_value=len(GOOD) * 8 - 1))
def test_no_single_flipped_bit_is_accepted(bit: int) -> None:
    changed = bytearray(GOOD)
    changed[bit // 8] ^= 1 << (bit % 8)
    assert isinstance(judge(bytes(changed)), Refusal)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused_without_an_exception(data: bytes) -> None:
    assert isinstance(judge(data), Refusal)


@settings(max_examples=200, deadline=None)
@given(
    at=st.integers(min_value=0, max_value=len(GOOD) - 1),
    piece=st.binary(min_size=1, max_size=6),
    cut=st.integers(min_value=0, max_value=6),
)
def test_any_splice_is_refused_without_an_exception(at: int, piece: bytes, cut: int) -> None:
    changed = GOOD[:at] + piece + GOOD[at + cut :]
    if changed != GOOD:
        assert isinstance(judge(changed), Refusal)
