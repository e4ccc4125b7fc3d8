"""Certificates by the thousand: each a good one with none, one or two things drawn by lot.

The same seed makes the same mistakes, with other keys. What is drawn stands in `drawn`, so that a
disagreement can be read without decoding anything.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stand_ins.jpki import certificates, names
from stand_ins.jpki.certificates import Authority, Extensions, PublicKey
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import PEOPLE
from tests.identity.jpki.synthetic import (
    LEAF_KEY,
    NOW,
    OTHER_KEY,
    authority,
    curve_key,
    key,
    leaf,
    replacing,
    without,
)

Change = Callable[[Extensions], Extensions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    purpose: Purpose
    at: datetime
    der: bytes
    drawn: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Plan:
    """A certificate that is being drawn up."""

    issuer: Authority
    purpose: Purpose
    public_key: PublicKey
    begin: datetime
    end: datetime
    at: datetime
    serial: int
    subject: x509.Name | None
    changes: list[Change]


def draw(seed: int, count: int) -> Iterator[Drawn]:
    lot = random.Random(seed)  # noqa: S311 - to draw the same again
    for _ in range(count):
        yield _one(lot)


def _one(lot: random.Random) -> Drawn:
    purpose: Purpose = lot.choice(("auth", "sign"))
    plan = _Plan(
        issuer=authority(purpose, lot.choice(("g1", "g2", "p256", "p384"))),
        purpose=purpose,
        public_key=lot.choice(_keys()),
        begin=NOW - timedelta(days=lot.randrange(1, 50)),
        end=NOW + timedelta(days=lot.randrange(1, 20)),
        at=NOW,
        serial=lot.randrange(1, 1 << lot.choice((16, 31, 64, 159))),
        subject=None,
        changes=[],
    )
    drawn = []
    for _ in range(lot.choice((0, 1, 1, 1, 2))):
        name = lot.choice(list(MISTAKES))
        drawn.append(f"{name}: {MISTAKES[name](plan, lot)}")

    def change(extensions: Extensions) -> Extensions:
        for one in plan.changes:
            extensions = one(extensions)
        return extensions

    der = leaf(
        purpose,
        issuer=plan.issuer,
        person=PEOPLE[lot.choice(sorted(PEOPLE))],
        change=change,
        valid=(plan.begin, max(plan.end, plan.begin + timedelta(seconds=1))),
        serial=plan.serial,
        subject=plan.subject,
        public_key=plan.public_key,
    )
    return Drawn(purpose=purpose, at=plan.at, der=der, drawn=tuple(drawn))


def _keys() -> list[PublicKey]:
    pairs = (key(LEAF_KEY), key(LEAF_KEY), key(OTHER_KEY), curve_key(256), curve_key(384))
    return [pair.public_key() for pair in pairs]


def _issuer(plan: _Plan, lot: random.Random) -> str:
    other: Purpose = "sign" if plan.purpose == "auth" else "auth"
    label = lot.choice(("unknown", "g1", "g2"))
    plan.issuer = authority(plan.purpose if label == "unknown" else other, label)
    return f"{plan.issuer.purpose} {label}"


def _end(plan: _Plan, lot: random.Random) -> str:
    seconds = lot.choice((-86400, -2, -1, 0, 1, 2))
    plan.end = plan.at + timedelta(seconds=seconds)
    return f"{seconds:+} s"


def _begin(plan: _Plan, lot: random.Random) -> str:
    seconds = lot.choice((-2, -1, 0, 1, 2, 3600))
    plan.begin = plan.at + timedelta(seconds=seconds)
    return f"{seconds:+} s"


def _root_has_ended(plan: _Plan, lot: random.Random) -> str:
    """As of a day on which the first generation is over, its leaf still running."""
    days = lot.choice((29, 30, 31))
    plan.issuer = authority(plan.purpose, "g1")
    plan.at = NOW + timedelta(days=days)
    plan.end = NOW + timedelta(days=60)
    return f"{days} days on"


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


def _key_usage(plan: _Plan, lot: random.Random) -> str:
    bits = [lot.random() < share for share in (0.9, 0.5, 0.2, 0.1, 0.1, 0.1, 0.1)]
    value = x509.KeyUsage(
        **dict(zip(_USAGES, bits, strict=True)), encipher_only=False, decipher_only=False
    )
    critical = lot.random() < 0.7
    plan.changes.append(replacing(value, critical=critical))
    return f"{bits} {critical=}"


def _policies(plan: _Plan, lot: random.Random) -> str:
    known = ["1.2.392.200149.8.5.1.3.30", "1.2.392.200149.8.5.1.1.20"]
    others = ["1.2.392.200149.8.5.1.0.20", "2.5.29.32.0", "1.3.6.1.4.1.32473.7"]
    oids = lot.sample(known + others, lot.choice((1, 1, 2)))
    value = x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
    )
    critical = lot.random() < 0.6
    plan.changes.append(replacing(value, critical=critical))
    return f"{oids} {critical=}"


def _extended(plan: _Plan, lot: random.Random) -> str:
    choices = [
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.OCSP_SIGNING,
    ]
    usages = lot.sample(choices, lot.choice((1, 1, 2)))
    critical = lot.random() < 0.3
    plan.changes.append(replacing(x509.ExtendedKeyUsage(usages), critical=critical))
    return f"{[one.dotted_string for one in usages]} {critical=}"


def _left_out(plan: _Plan, lot: random.Random) -> str:
    kind = lot.choice(
        (
            x509.KeyUsage,
            x509.CertificatePolicies,
            x509.AuthorityKeyIdentifier,
            x509.SubjectKeyIdentifier,
            x509.BasicConstraints,
            x509.CRLDistributionPoints,
            x509.AuthorityInformationAccess,
            x509.IssuerAlternativeName,
        )
    )
    plan.changes.append(without(kind))
    return kind.__name__


def _authority(plan: _Plan, lot: random.Random) -> str:
    length = lot.choice((None, 0, 3))
    critical = lot.random() < 0.5
    value = x509.BasicConstraints(ca=True, path_length=length)
    plan.changes.append(replacing(value, critical=critical))
    return f"{length=} {critical=}"


def _further(plan: _Plan, lot: random.Random) -> str:
    values: dict[str, x509.ExtensionType] = {
        "unknown": x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.3.6.1.4.1.32473.99"), b"\x05\x00"
        ),
        "name constraints": x509.NameConstraints([x509.DNSName("example.invalid")], None),
        "policy constraints": x509.PolicyConstraints(0, None),
        "inhibit any policy": x509.InhibitAnyPolicy(0),
        "no check": x509.OCSPNoCheck(),
    }
    name = lot.choice(list(values))
    critical = lot.random() < 0.5
    plan.changes.append(replacing(values[name], critical=critical))
    return f"{name} {critical=}"


def _critical(plan: _Plan, lot: random.Random) -> str:
    """Whatever is there already, the other way round."""
    place = lot.randrange(8)

    def change(extensions: Extensions) -> Extensions:
        value, critical = extensions[place % len(extensions)]
        return replacing(value, critical=not critical)(extensions)

    plan.changes.append(change)
    return f"extension {place}"


def _subject(plan: _Plan, lot: random.Random) -> str:
    kinds = {
        "empty": [],
        "no common name": [(NameOID.COUNTRY_NAME, "JP")],
        "another country": [(NameOID.COUNTRY_NAME, "US"), (NameOID.COMMON_NAME, "X")],
        "an organisation": [
            (NameOID.COUNTRY_NAME, "JP"),
            (NameOID.ORGANIZATION_NAME, "JPKI"),
            (NameOID.COMMON_NAME, "X"),
        ],
        "that of the authority": [
            (one.oid, str(one.value)) for one in names.authority(plan.purpose)
        ],
    }
    name = lot.choice(list(kinds))
    plan.subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in kinds[name]])
    return name


def _weak_or_unknown_key(plan: _Plan, lot: random.Random) -> str:
    name = lot.choice(sorted(_OTHER_KEYS))
    plan.public_key = _other_key(name)
    return name


_OTHER_KEYS: dict[str, Callable[[], PublicKey]] = {
    "RSA-1024": lambda: rsa.generate_private_key(65537, 1024).public_key(),  # noqa: S505 - a mistake to make
    "RSA-3072": lambda: rsa.generate_private_key(65537, 3072).public_key(),
    "exponent 3": lambda: rsa.generate_private_key(3, 2048).public_key(),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()).public_key(),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()).public_key(),
}


@cache
def _other_key(name: str) -> PublicKey:
    return _OTHER_KEYS[name]()


def _wrong_hint(plan: _Plan, lot: random.Random) -> str:
    label = lot.choice(("g1", "g2", "unknown"))
    public = authority(plan.purpose, label).key.public_key()
    value = x509.AuthorityKeyIdentifier.from_issuer_public_key(public)
    plan.changes.append(replacing(value, critical=False))
    return label


def _attributes(plan: _Plan, lot: random.Random) -> str:
    tails = [lot.randrange(1, 8) for _ in range(lot.randrange(1, 5))]
    value = x509.SubjectAlternativeName([certificates.other_name(n, "見本") for n in tails])
    critical = lot.random() < 0.3
    plan.changes.append(replacing(value, critical=critical))
    return f"{tails} {critical=}"


MISTAKES: dict[str, Callable[[_Plan, random.Random], str]] = {
    "issuer": _issuer,
    "end": _end,
    "begin": _begin,
    "root": _root_has_ended,
    "key usage": _key_usage,
    "policies": _policies,
    "extended key usage": _extended,
    "left out": _left_out,
    "key": _weak_or_unknown_key,
    "authority": _authority,
    "further extension": _further,
    "criticality": _critical,
    "subject": _subject,
    "key hint": _wrong_hint,
    "attributes": _attributes,
}
