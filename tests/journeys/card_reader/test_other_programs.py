"""OpenSC, which we did not write, through a real pcscd: it takes our card for a My Number Card."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.pcsc import VirtualReader
from tests.stand_ins.card.synthetic import (
    PASSWORD,
    PIN,
    auth_pin,
    card_file,
    certificate,
    key,
    with_face,
)

DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")
AUTH, SIGN = "JPKI (User Authentication PIN)", "JPKI (Digital Signature PIN)"


class OpenSc:
    """Its command-line tools."""

    def __init__(self, reader: VirtualReader, folder: Path) -> None:
        self._reader = reader
        self._folder = folder

    def said(self, *command: str, status: int = 0) -> str:
        done = subprocess.run(  # noqa: S603 - the distribution's own programs
            command,
            env=self._reader.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=self._folder,
        )
        assert (done.returncode == 0) is (status == 0), done.stdout + done.stderr
        return done.stdout + done.stderr

    def sign(self, token: str, secret: str, message: bytes, *, status: int = 0) -> str:
        digest = DIGEST_INFO + hashlib.sha256(message).digest()
        (self._folder / "digest").write_bytes(digest)
        return self.said(
            *("pkcs11-tool", "--token-label", token, "--login", "--pin", secret),
            *("--sign", "--mechanism", "RSA-PKCS"),
            *("--input-file", "digest", "--output-file", "signature"),
            status=status,
        )

    @property
    def signature(self) -> bytes:
        return (self._folder / "signature").read_bytes()


@pytest.fixture
def opensc(reader: VirtualReader, tmp_path: Path) -> OpenSc:
    return OpenSc(reader, tmp_path)


def test_what_it_finds_on_the_card(reader: VirtualReader, opensc: OpenSc) -> None:
    with reader.holding(card_file(**with_face())):
        assert "jpki" in opensc.said("opensc-tool", "--name").lower()
        tokens = opensc.said("pkcs11-tool", "--list-slots")
        assert AUTH in tokens
        assert SIGN in tokens
        listed = opensc.said("pkcs15-tool", "--dump")
        assert listed.count("Private RSA Key [") == 2
        assert listed.count("PIN [") == 2
        assert listed.count("X.509 Certificate [") == 4
        assert "Tries left     : 3" in listed
        assert "Tries left     : 5" in listed
        for number, purpose in (("1", "auth"), ("3", "ca"), ("4", "ca")):
            shown = opensc.said("pkcs15-tool", "--read-certificate", number)
            assert _der(shown) == certificate(purpose)
        # The signature certificate is behind its password.
        opensc.said("pkcs15-tool", "--read-certificate", "2", status=1)


@pytest.mark.parametrize(
    ("token", "secret", "purpose"), [(AUTH, PIN, "auth"), (SIGN, PASSWORD, "sign")]
)
def test_it_signs(
    reader: VirtualReader, opensc: OpenSc, token: str, secret: str, purpose: str
) -> None:
    with reader.holding(card_file()):
        opensc.sign(token, secret, b"a message")
    public = key(purpose).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(opensc.signature, b"a message", padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("options", "pins", "typed", "said"),
    [
        ({}, {}, "0000", "CKR_PIN_INCORRECT"),
        ({"blocked_word": "6983"}, {"tries": 0}, PIN, "CKR_PIN_LOCKED"),
        ({"blocked_word": "6984"}, {"tries": 0}, PIN, "CKR_GENERAL_ERROR"),
        ({"blocked_word": "63C0"}, {"tries": 0}, PIN, "CKR_PIN_INCORRECT"),
    ],
    ids=["wrong", "6983", "6984", "63C0"],
)
def test_how_it_takes_a_wrong_and_a_blocked_pin(
    reader: VirtualReader,
    opensc: OpenSc,
    options: dict[str, Any],
    pins: dict[str, int],
    typed: str,
    said: str,
) -> None:
    with reader.holding(card_file(options=options, pins=auth_pin(**pins))):
        assert said in opensc.sign(AUTH, typed, b"a message", status=1)


def _der(pem: str) -> bytes:
    text = pem[pem.index("-----BEGIN") :]
    return x509.load_pem_x509_certificate(text.encode()).public_bytes(Encoding.DER)
