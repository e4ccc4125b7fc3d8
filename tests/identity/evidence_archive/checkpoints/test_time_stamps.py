"""Which answers of an authority are taken for a time-stamp: one mistake each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from tests.identity.evidence_archive.checkpoints.answers import (
    DATA,
    NOW,
    Answer,
    Holder,
    Wanted,
    certified,
    root,
)

ROOT: Final = root()
SIGNER: Final = certified(Wanted(name="S"), ROOT)
GOOD: Final = Answer(signer=SIGNER, names=SIGNER)
BETWEEN: Final = certified(Wanted(name="I", ca=True, usages=()), ROOT)
SHORT: Final = rsa.generate_private_key(65537, 1024)  # noqa: S505  # it is to be refused


def by(signer: Holder, *others: Holder) -> Answer:
    return GOOD.but(signer=signer, names=signer, others=others)


def of(**said: object) -> Answer:
    return by(certified(Wanted(name="S", **said), ROOT))  # type: ignore[arg-type]  # its fields


def code(answer: Answer, *roots: Holder) -> str:
    """ "" when it is taken."""
    pinned = PinnedAuthorities(roots=tuple(one.certificate for one in roots or (ROOT,)))
    try:
        check(answer.encoded(), DATA, pinned)
    except BadStamp as bad:
        return bad.code
    return ""


TAKEN: Final[dict[str, Callable[[], Answer]]] = {
    "as they are": lambda: GOOD,
    "named as RFC 2634 does": lambda: GOOD.but(names_by="signing_certificate"),
    "P-384": lambda: of(key=ec.generate_private_key(ec.SECP384R1())),
    "RSA-2048": lambda: of(key=rsa.generate_private_key(65537, 2048)),
    "one between": lambda: by(certified(Wanted(name="S"), BETWEEN), BETWEEN),
    "a certificate too many": lambda: GOOD.but(others=(certified(Wanted(name="X")),)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken(name: str) -> None:
    assert code(TAKEN[name]()) == ""


REFUSED: Final[dict[str, tuple[str, Callable[[], Answer]]]] = {
    "another imprint": ("imprint_algorithm", lambda: GOOD.but(imprint="sha1")),
    "no signed attributes": ("signed_attributes", lambda: GOOD.but(attributes=False)),
    "signed as something else": ("signed_attributes", lambda: GOOD.but(content_type="data")),
    "names no certificate": ("another_certificate", lambda: GOOD.but(names=None)),
    "names another certificate": ("another_certificate", lambda: GOOD.but(names=ROOT)),
    "names another one as RFC 2634 does": (
        "another_certificate",
        lambda: GOOD.but(names=ROOT, names_by="signing_certificate"),
    ),
    "SHA-1": ("weak", lambda: GOOD.but(digest="sha1")),
    "RSA-1024": ("weak", lambda: of(key=SHORT)),
    "RSA-1024 above": (
        "weak",
        lambda: by(
            certified(
                Wanted(name="S"),
                weak := certified(Wanted(name="I", ca=True, usages=(), key=SHORT), ROOT),
            ),
            weak,
        ),
    ),
    "MD5": ("weak", lambda: of(key=SHORT).but(digest="md5")),
    "a curve of few": ("weak", lambda: of(key=ec.generate_private_key(ec.SECP256K1()))),
    "for no use": ("not_verified", lambda: of(usages=())),
    "for another use": ("not_verified", lambda: of(usages=(ExtendedKeyUsageOID.EMAIL_PROTECTION,))),
    "for one use more": (
        "not_verified",
        lambda: of(
            usages=(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
        ),
    ),
    "its use is not critical": ("not_verified", lambda: of(critical=False)),
    "by an issuer of certificates": ("signer_issues_certificates", lambda: of(ca=True)),
    "expired when it stamped": ("not_verified", lambda: of(days=(-10, -1))),
    "not yet valid": ("not_verified", lambda: of(days=(1, 10))),
    "under one that issues none": (
        "not_verified",
        lambda: by(certified(Wanted(name="X"), SIGNER), SIGNER),
    ),
    "two signers": ("not_verified", lambda: GOOD.but(twice=True)),
    "by itself": ("not_verified", lambda: by(certified(Wanted(name="S")))),
    "by a root of that name": (
        "not_verified",
        lambda: by(certified(Wanted(name="S"), forged := root()), forged),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    expected, made = REFUSED[name]
    assert code(made()) == expected


def test_a_root_counts_as_it_says() -> None:
    """One step at most below it, and only while it is valid."""
    key = ROOT.key
    narrow, past = root(key=key, path=0), root(key=key, days=(-10, -1))
    assert code(GOOD, narrow) == ""
    assert code(TAKEN["one between"](), narrow) == "not_verified"
    assert code(GOOD, past) == "not_verified"
    assert code(GOOD, past, ROOT) == ""


def test_what_it_expires_by_is_its_own_chain() -> None:
    """Not by a certificate that only has the name of its issuer."""
    key, many = ROOT.key, timedelta(days=5)
    short = root(key=key, days=(-10, 5))
    longer = certified(Wanted(name="R", ca=True, usages=(), days=(-10, 900)), root("elsewhere"))
    answer = GOOD.but(others=(longer,))
    pinned = PinnedAuthorities(roots=(short.certificate,))
    assert check(answer.encoded(), DATA, pinned).expires == NOW + many


def test_octets_behind_an_answer_make_it_another() -> None:
    pinned = PinnedAuthorities(roots=(ROOT.certificate,))
    with pytest.raises(BadStamp, match="unreadable"):
        check(GOOD.encoded() + b"\x00", DATA, pinned)
