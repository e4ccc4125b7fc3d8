"""Revocation lists: which are believed, what they say, and when they no longer can."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from asn1crypto import core  # type: ignore[import-untyped]  # ships no types
from asn1crypto import crl as loose
from asn1crypto.x509 import GeneralNames  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.jpki import certificate, crl
from identity.jpki.crl import RevocationList, read_crl
from identity.jpki.refusals import Code, Refusal
from stand_ins.jpki import names
from stand_ins.jpki.certificates import Authority, RevokedEntry, make_crl, make_root, signature
from stand_ins.jpki.people import HOSHIGAOKA, KAZEMICHI, PEOPLE
from tests.identity.jpki.synthetic import NOW, YEAR, authority, key, leaf, replacing, trust

VALID = (NOW, NOW + timedelta(hours=30))
AGE = timedelta(hours=48)
REASONS = [
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    None,
]


def _list(*entries: RevokedEntry, **how: object) -> bytes:
    issuer = how.pop("issuer", None) or authority("auth")
    assert isinstance(issuer, Authority)
    municipality = how.pop("municipality", KAZEMICHI)
    return make_crl(issuer, municipality, entries, valid=VALID, **how)  # type: ignore[arg-type]  # named by each test


def _read(data: bytes) -> RevocationList:
    found = read_crl(data, trust().auth)
    assert isinstance(found, RevocationList)
    return found


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_kept(reason: str | None) -> None:
    entry = RevokedEntry(serial=5, at=NOW - timedelta(days=3), reason=reason)
    found = _read(_list(entry)).find(5)
    assert found is not None
    assert found.reason == reason
    assert found.revoked_at == entry.at


@settings(max_examples=20, deadline=None)
@given(serials=st.sets(st.integers(min_value=1, max_value=2**159 - 1), max_size=30))
def test_exactly_the_listed_serials_are_found(serials: set[int]) -> None:
    read = _read(_list(*(RevokedEntry(serial=s, at=NOW, reason=None) for s in serials)))
    assert len(read) == len(serials)
    for serial in serials:
        assert read.find(serial) is not None
        for neighbour in {serial - 1, serial + 1} - serials:
            assert read.find(neighbour) is None


def _edited(edit: str) -> bytes:
    """A list with one thing changed in its encoding, signed anew by the right key."""
    parsed = loose.CertificateList.load(_list(RevokedEntry(serial=5, at=NOW, reason=None)))
    tbs = parsed["tbs_cert_list"]
    if edit == "algorithm inside":
        tbs["signature"] = {"algorithm": "sha384_rsa", "parameters": core.Null()}
    elif edit == "no next update":
        del tbs["next_update"]
    elif edit == "critical entry extension":
        extension = {"extn_id": "1.3.6.1.4.1.32473.9", "critical": True, "extn_value": b"\x05\x00"}
        tbs["revoked_certificates"][0]["crl_entry_extensions"] = [extension]
    elif edit == "entry issuer":
        issuer = x509.CertificateIssuer([x509.DirectoryName(authority("sign").certificate.subject)])
        value = GeneralNames.load(issuer.public_bytes())
        extension = {"extn_id": "2.5.29.29", "critical": True, "extn_value": value}
        tbs["revoked_certificates"][0]["crl_entry_extensions"] = [extension]
    elif edit == "no time between":
        tbs["next_update"] = tbs["this_update"].copy()
    elif edit == "version 1":
        tbs["version"] = "v1"
    elif edit == "sha1":
        parsed["signature_algorithm"] = {"algorithm": "sha1_rsa", "parameters": core.Null()}
        tbs["signature"] = parsed["signature_algorithm"]
    elif edit == "extension twice":
        tbs["crl_extensions"].append(tbs["crl_extensions"][0].copy())
    elif edit == "long serial":
        tbs["revoked_certificates"][0]["user_certificate"] = 1 << 160
    parsed["signature"] = signature(authority("auth").key, tbs.dump(force=True))
    whole: bytes = parsed.dump(force=True)
    return whole


def _point(**limits: object) -> x509.IssuingDistributionPoint:
    settings_ = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**settings_, **limits})  # type: ignore[arg-type]  # named by each test


def _limited(**limits: object) -> bytes:
    return _list(municipality=None, extra=[(_point(**limits), True)])


def _imposter() -> Authority:
    return make_root("auth", "x", key(12), serial=1, valid=(NOW - YEAR, NOW + YEAR))


_UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.9"), b"\x05\x00")
REFUSED: dict[str, tuple[Callable[[], bytes], Code]] = {
    "the unpinned authority": (
        lambda: _list(issuer=authority("auth", "unknown")),
        Code.CRL_SIGNER,
    ),
    "another key of the same name": (lambda: _list(issuer=_imposter()), Code.CRL_SIGNER),
    "the other purpose": (lambda: _list(issuer=authority("sign")), Code.CRL_SIGNER),
    "garbage": (lambda: b"not a list at all", Code.CRL_MALFORMED),
    "nothing": (lambda: b"", Code.CRL_MALFORMED),
    "a certificate": (leaf, Code.CRL_UNSUPPORTED),
    "half a list": (lambda: _list()[:200], Code.CRL_MALFORMED),
    "octets behind": (lambda: _list() + b"\x00", Code.CRL_MALFORMED),
    "algorithm inside differs": (lambda: _edited("algorithm inside"), Code.ALGORITHM_MISMATCH),
    "no next update": (lambda: _edited("no next update"), Code.CRL_TIMES),
    "next update at its own time": (lambda: _edited("no time between"), Code.CRL_TIMES),
    "version 1": (lambda: _edited("version 1"), Code.CRL_UNSUPPORTED),
    "SHA-1": (lambda: _edited("sha1"), Code.CRL_ALGORITHM),
    "a serial twice": (
        lambda: _list(*(RevokedEntry(serial=5, at=NOW, reason=r) for r in (None, "superseded"))),
        Code.CRL_DUPLICATE,
    ),
    "an extension twice": (lambda: _edited("extension twice"), Code.CRL_DUPLICATE),
    "a serial of 21 octets": (lambda: _edited("long serial"), Code.CRL_MALFORMED),
    "critical entry extension": (
        lambda: _edited("critical entry extension"),
        Code.CRL_EXTENSION,
    ),
    "an entry of another issuer": (lambda: _edited("entry issuer"), Code.CRL_INDIRECT),
    "delta": (
        lambda: _list(municipality=None, extra=[(x509.DeltaCRLIndicator(1), True)]),
        Code.CRL_DELTA,
    ),
    "a base with deltas": (
        lambda: _list(
            municipality=None,
            extra=[
                (
                    x509.FreshestCRL(
                        [
                            x509.DistributionPoint(
                                [x509.UniformResourceIdentifier("http://a.invalid")],
                                None,
                                None,
                                None,
                            )
                        ]
                    ),
                    False,
                )
            ],
        ),
        Code.CRL_DELTA,
    ),
    "unknown critical extension": (
        lambda: _list(municipality=None, extra=[(_UNKNOWN, True)]),
        Code.CRL_EXTENSION,
    ),
    "indirect": (lambda: _limited(indirect_crl=True), Code.CRL_INDIRECT),
    "authorities only": (lambda: _limited(only_contains_ca_certs=True), Code.CRL_SCOPE),
    "attribute certificates only": (
        lambda: _limited(only_contains_attribute_certs=True),
        Code.CRL_SCOPE,
    ),
    "some reasons only": (
        lambda: _limited(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})),
        Code.CRL_SOME_REASONS,
    ),
    "a point named by URL": (
        lambda: _limited(full_name=[x509.UniformResourceIdentifier("http://a.invalid")]),
        Code.CRL_SCOPE,
    ),
    "a scope that is not critical": (
        lambda: _list(municipality=None, extra=[(_point(only_contains_user_certs=True), False)]),
        Code.CRL_SCOPE,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_that_is_not_ours_or_not_whole_is_refused(name: str) -> None:
    make, code = REFUSED[name]
    found = read_crl(make(), trust().auth)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_a_list_for_user_certificates_is_a_whole_one() -> None:
    assert _read(_limited(only_contains_user_certs=True)).scope == frozenset()


@settings(max_examples=150, deadline=None)
@given(bit=st.integers(min_value=0))
def test_no_flipped_bit_of_a_list_is_believed(bit: int) -> None:
    changed = bytearray(GOOD)
    bit %= len(GOOD) * 8
    changed[bit // 8] ^= 1 << (bit % 8)
    assert isinstance(read_crl(bytes(changed), trust().auth), Refusal)


def test_points_for_some_reasons_or_of_another_issuer_say_too_little() -> None:
    name = names.distribution_point("auth", KAZEMICHI.prefecture, KAZEMICHI.city)

    def points(**limits: object) -> frozenset[bytes]:
        how = {"relative_name": None, "reasons": None, "crl_issuer": None, **limits}
        point = x509.DistributionPoint(full_name=[x509.DirectoryName(name)], **how)  # type: ignore[arg-type]  # named by each case
        value = x509.CRLDistributionPoints([point])
        parsed = certificate.read(leaf(change=replacing(value, critical=False)))
        assert not isinstance(parsed, Refusal)
        return crl.distribution_points(parsed)

    assert points() == {name.public_bytes()}
    assert points(reasons=frozenset({x509.ReasonFlags.key_compromise})) == frozenset()
    issuer = x509.DirectoryName(authority("sign").certificate.subject)
    assert points(crl_issuer=[issuer]) == frozenset()


def test_a_list_covers_its_own_municipality_only() -> None:
    def points(municipality: str) -> frozenset[bytes]:
        parsed = certificate.read(leaf(person=PEOPLE[municipality]))
        assert not isinstance(parsed, Refusal)
        return crl.distribution_points(parsed)

    kazemichi = _read(_list())
    assert kazemichi.covers(points("hanako"))
    assert not kazemichi.covers(points("ume"))
    assert not kazemichi.covers(frozenset())
    assert _read(_list(municipality=HOSHIGAOKA)).covers(points("ume"))
    assert _read(_list(municipality=None)).covers(points("ume"))


@pytest.mark.parametrize(
    ("offset", "age", "why"),
    [
        (timedelta(seconds=-1), AGE, "not_yet_valid"),
        (timedelta(0), AGE, None),
        (timedelta(hours=30, seconds=-1), AGE, None),
        (timedelta(hours=30), AGE, "stale"),
        (timedelta(hours=30, seconds=1), AGE, "stale"),
        (timedelta(hours=3), timedelta(hours=3), None),
        (timedelta(hours=3, seconds=1), timedelta(hours=3), "stale"),
    ],
)
def test_a_list_answers_for_its_time_only(
    offset: timedelta, age: timedelta, why: str | None
) -> None:
    assert _read(_list()).stale(NOW + offset, age) == why


GOOD = _list(RevokedEntry(serial=0x1234, at=NOW, reason="keyCompromise"))
