"""Which roots an environment pins, and which it refuses to start with."""

from collections.abc import Callable

import pytest
from cryptography import x509

from identity.jpki import anchors
from identity.jpki.anchors import Environment, Purpose, UnusableAnchor
from stand_ins.jpki import certificates, names
from stand_ins.jpki.certificates import Authority, Extensions, root_extensions
from stand_ins.jpki.names import Purpose as PurposeName
from tests.identity.jpki.synthetic import (
    NOW,
    YEAR,
    anchors_of,
    authority,
    der,
    key,
    leaf,
    shared_pki,
    without,
)

VALID = (NOW - YEAR, NOW + YEAR)


def _root(
    purpose: PurposeName = "auth", organisation: str = names.ORGANISATION, number: int = 20
) -> bytes:
    made = certificates.make_root(
        purpose, "x", key(number), serial=1, valid=VALID, organisation=organisation
    )
    return der(made.certificate)


def _changed(extensions: Extensions) -> bytes:
    name = names.authority("auth")
    return der(
        certificates.sign_certificate(
            subject=name,
            issuer=name,
            public_key=key(20).public_key(),
            signer=key(20),
            serial=1,
            valid=VALID,
            extensions=extensions,
        )
    )


def _extensions() -> Extensions:
    return root_extensions("auth", key(20), names.authority("auth"))


def _pin(environment: Environment, auth: bytes, sign: bytes | None = None) -> None:
    organisation = anchors.ORGANISATION[environment]
    anchors.load(environment, auth=[auth], sign=[sign or _root("sign", organisation)])


@pytest.mark.parametrize(
    ("environment", "organisation", "loads"),
    [
        (Environment.PRODUCTION, "JPKI", True),
        (Environment.PRODUCTION, "JPKI-SYNTHETIC", False),
        (Environment.PRODUCTION, "JPKI-TEST", False),
        (Environment.PRODUCTION, "P8N-MOCK", False),
        (Environment.SYNTHETIC, "JPKI-SYNTHETIC", True),
        (Environment.SYNTHETIC, "JPKI", False),
        (Environment.SYNTHETIC, "JPKI-TEST", False),
    ],
)
def test_an_environment_loads_only_its_own_roots(
    environment: Environment, organisation: str, loads: bool
) -> None:
    if loads:
        _pin(environment, _root("auth", organisation))
        return
    with pytest.raises(UnusableAnchor) as refused:
        _pin(environment, _root("auth", organisation))
    assert refused.value.code == "anchor_wrong_environment"


def _self_issued_by_another() -> bytes:
    name = names.authority("auth")
    imposter = Authority(
        purpose="auth", label="x", certificate=authority("auth").certificate, key=key(21)
    )
    return der(
        certificates.sign_certificate(
            subject=name,
            issuer=name,
            public_key=key(20).public_key(),
            signer=imposter.key,
            serial=1,
            valid=VALID,
            extensions=_extensions(),
        )
    )


_CONSTRAINTS = x509.NameConstraints([x509.DNSName("a.invalid")], None)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "the other purpose's root": (lambda: _root("sign"), "anchor_wrong_purpose"),
    "a leaf": (leaf, "anchor_wrong_environment"),
    "garbage": (lambda: b"0\x00", "anchor_unreadable"),
    "not a CA": (
        lambda: _changed(without(x509.BasicConstraints)(_extensions())),
        "anchor_not_a_ca",
    ),
    "no key usage": (
        lambda: _changed(without(x509.KeyUsage)(_extensions())),
        "anchor_key_usage",
    ),
    "name constraints": (
        lambda: _changed([*_extensions(), (_CONSTRAINTS, False)]),
        "anchor_constraints",
    ),
    "not signed by itself": (_self_issued_by_another, "anchor_not_self_signed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_root_that_does_not_fit_is_not_pinned(name: str) -> None:
    make, code = REFUSED[name]
    with pytest.raises(UnusableAnchor) as refused:
        _pin(Environment.SYNTHETIC, make())
    assert refused.value.code == code


def test_a_purpose_without_roots_or_with_one_twice_does_not_start() -> None:
    for auth, code in (([], "anchor_missing"), ([_root(), _root()], "anchor_duplicate")):
        with pytest.raises(UnusableAnchor) as refused:
            anchors.load(Environment.SYNTHETIC, auth=auth, sign=[_root("sign")])
        assert refused.value.code == code


def test_the_shared_store_holds_two_generations_of_one_name_per_purpose() -> None:
    for purpose in Purpose:
        pinned = anchors_of(shared_pki()).of(purpose)
        assert len({anchor.key_sha256 for anchor in pinned}) == 2
        assert pinned[0].certificate.subject == pinned[1].certificate.subject
