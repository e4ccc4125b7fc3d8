"""A synthetic PKI made once per test process, and leaves of it with anything changed."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from identity.jpki import algorithms, anchors, signed_attributes
from identity.jpki.anchors import Environment, TrustAnchors
from identity.jpki.signed_attributes import StatementType
from identity.verification.apart import WorkerProcess
from stand_ins.jpki import certificates, names, pki
from stand_ins.jpki.certificates import Authority, Extensions, PublicKey, SigningKey
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import PEOPLE, Person
from stand_ins.jpki.pki import NewKey, Pki

NOW = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
LEAF_KEY = 9
OTHER_KEY = 10


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    del number
    return certificates.new_key()


def key_pool() -> NewKey:
    """A source of keys that repeats itself between PKIs, because making keys is slow."""
    numbers = count()
    return lambda: key(next(numbers))


@cache
def curve_key(bits: int, number: int = 0) -> ec.EllipticCurvePrivateKey:
    """A key on P-256 or P-384."""
    del number
    return ec.generate_private_key({256: ec.SECP256R1(), 384: ec.SECP384R1()}[bits])


@cache
def shared_pki() -> Pki:
    """Never change it: `fresh_pki` makes one to write into."""
    folder = Path(tempfile.mkdtemp(prefix="kazasu-test-pki-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return fresh_pki(folder)


def fresh_pki(folder: Path, now: datetime = NOW) -> Pki:
    pki.make_pki(folder, now=now, new_key=key_pool())
    return pki.load_pki(folder)


CURVE_ROOTS = {"p256": 256, "p384": 384}


def authority(purpose: Purpose, label: str = "g2") -> Authority:
    """Of the shared PKI; and `p256` and `p384`, whose own keys are on a curve."""
    if label in CURVE_ROOTS:
        return _curve_authority(purpose, label)
    return shared_pki().authorities[purpose, label]


@cache
def _curve_authority(purpose: Purpose, label: str) -> Authority:
    signer = curve_key(CURVE_ROOTS[label], 3)
    return certificates.make_root(
        purpose, label, signer, serial=7, valid=(NOW - YEAR / 4, NOW + YEAR)
    )


def pinned(purpose: Purpose) -> list[bytes]:
    """DER of all roots that `trust` holds for a purpose."""
    curves = [der(authority(purpose, label).certificate) for label in CURVE_ROOTS]
    return [*anchor_files(shared_pki(), purpose), *curves]


def anchor_files(source: Pki, purpose: Purpose) -> list[bytes]:
    return [p.read_bytes() for p in sorted((source.folder / "anchors").glob(f"{purpose}-*.cer"))]


def anchors_of(source: Pki) -> TrustAnchors:
    return anchors.load(
        Environment.SYNTHETIC,
        auth=anchor_files(source, "auth"),
        sign=anchor_files(source, "sign"),
    )


@cache
def trust() -> TrustAnchors:
    return anchors.load(Environment.SYNTHETIC, auth=pinned("auth"), sign=pinned("sign"))


@cache
def worker() -> WorkerProcess:
    """The process apart for `trust()`: started by the first strange certificate of the tests."""
    made = WorkerProcess(trust())
    atexit.register(made.close)
    return made


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def leaf(
    purpose: Purpose = "auth",
    *,
    issuer: Authority | None = None,
    person: Person = PEOPLE["hanako"],
    change: Callable[[Extensions], Extensions] = lambda extensions: extensions,
    valid: tuple[datetime, datetime] = (NOW - YEAR / 12, NOW + YEAR / 2),
    serial: int = 0x0203_0405,
    subject: x509.Name | None = None,
    public_key: PublicKey | None = None,
) -> bytes:
    """DER of a good leaf, or of one with a single thing wrong."""
    issuer = issuer or authority(purpose)
    public_key = public_key or key(LEAF_KEY).public_key()
    home = person.home
    if subject is None:
        subject = names.holder(purpose, "AB12CD34EF56GH98101001A", home.prefecture, home.city)
    return der(
        certificates.sign_certificate(
            subject=subject,
            issuer=issuer.certificate.subject,
            public_key=public_key,
            signer=issuer.key,
            serial=serial,
            valid=valid,
            extensions=change(certificates.leaf_extensions(purpose, issuer, public_key, person)),
        )
    )


def replacing(value: x509.ExtensionType, *, critical: bool) -> Callable[[Extensions], Extensions]:
    """Puts this extension in the place of the one with the same OID, or at the end."""

    def change(extensions: Extensions) -> Extensions:
        return [*without(value)(extensions), (value, critical)]

    return change


def without(
    kind: x509.ExtensionType | type[x509.ExtensionType],
) -> Callable[[Extensions], Extensions]:
    return lambda extensions: [e for e in extensions if e[0].oid != kind.oid]


def tap(
    statement: bytes,
    certificate: bytes,
    statement_type: StatementType = StatementType.CALL,
    *,
    signer: SigningKey | None = None,
) -> bytes:
    """What a card answers: its signature over the signed attributes, by its kind of key."""
    signer = signer or key(LEAF_KEY)
    algorithm = algorithms.for_key(signer.public_key())
    assert algorithm is not None
    message = signed_attributes.build(statement, certificate, statement_type, algorithm)
    return certificates.signature(signer, message)
