"""A time-stamp authority by `openssl ts`: a root, a signer, and answers by RFC 3161.

Faithful: nonce, policy, certificate request, imprint algorithms, serial numbers and refusals
(`badAlg`, `unacceptedPolicy`, `badRequest`) are OpenSSL's own. Not here: accreditation, audited
clocks (it says the time of this machine, to the second), revocation of its certificate, and more
than one certificate in an answer (OpenSSL 3.0 writes several in an order that is not DER's).
"""

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY: Final = "1.3.6.1.4.1.32473.3161.1"
"""Of the documentation number (RFC 5612): no real authority stamps under it."""
_Signing: TypeAlias = ec.EllipticCurvePrivateKey

_CONFIG: Final = """[ tsa ]
default_tsa = main
[ main ]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What `make` left in a folder. Answers one request at a time, as the serial file wants it."""

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def root(self) -> bytes:
        """PEM."""
        return (self.folder / "root.pem").read_bytes()

    def reply(self, request: bytes) -> bytes:
        """TimeStampResp in DER, also where the request is refused."""
        query = self.folder / "query.tsq"
        with self._lock:
            query.write_bytes(request)
            command = ["openssl", "ts", "-reply", "-config", str(self.folder / "tsa.cnf")]
            done = subprocess.run(  # noqa: S603  # the OpenSSL of this machine, our own files
                [*command, "-queryfile", str(query)], capture_output=True, check=False, timeout=20
            )
        if done.returncode != 0:
            raise OSError(done.stderr.decode(errors="replace").strip())
        return done.stdout


def make(
    folder: Path,
    *,
    valid: tuple[datetime, datetime],
    root_valid: tuple[datetime, datetime] | None = None,
    name: str = "Stand-in time-stamps",
    new_key: Callable[[], _Signing] = lambda: ec.generate_private_key(ec.SECP256R1()),
) -> Authority:
    """A new authority: its signer's certificate is `valid` from when to when, the root too unless
    said otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, signer_key = new_key(), new_key()
    root_name, signer_name = _name(f"{name} root"), _name(name)
    root = (
        _certificate(root_name, root_name, root_key, root_valid or valid)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    signer = (
        _certificate(signer_name, root_name, signer_key, valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "signer.pem").write_bytes(signer.public_bytes(pem))
    (folder / "signer.key").touch(0o600)
    (folder / "signer.key").write_bytes(
        signer_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, policy=POLICY))
    return Authority(folder=folder)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: _Signing, valid: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
