"""The key that stays in the device, and the proof of each request made with it.

A request proof is a JWT (ES256) over method, address, body hash and time. What makes an
installation is this key: its id is the key's RFC 7638 thumbprint.
"""

import os
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import ECKey

PROOF_TYPE: Final = "kazasu-proof+jwt"


class DeviceKey:
    """A P-256 key pair. The private part leaves only into its own file."""

    def __init__(self, key: ECKey) -> None:
        if key.curve_name != "P-256" or not key.is_private:
            raise ValueError("a device key is a private P-256 key")
        self._key = key

    @classmethod
    def generate(cls) -> "DeviceKey":
        return cls(ECKey.generate_key("P-256"))

    @classmethod
    def kept_in(cls, path: Path) -> "DeviceKey":
        """The key of this file (PEM, mode 0600), made at first use."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(ECKey.import_key(path.read_bytes()))
        made = cls.generate()
        with os.fdopen(handle, "wb") as file:
            file.write(made._key.as_pem(private=True))
        return made

    @property
    def installation(self) -> str:
        """43 characters: the base64url thumbprint."""
        return self._key.thumbprint()

    @property
    def public_jwk(self) -> dict[str, str]:
        public = self._key.as_dict(private=False)
        return {name: str(public[name]) for name in ("kty", "crv", "x", "y")}

    def proof(self, *, method: str, url: str, body: bytes, at: int, introduce: bool = False) -> str:
        """A fresh proof for one request; `introduce` carries the public key (registration only).

        `url` is the whole address with its query as sent; `at` is Unix time by the server's clock.
        """
        header: dict[str, object] = {"typ": PROOF_TYPE, "alg": "ES256", "kid": self.installation}
        if introduce:
            header["jwk"] = self.public_jwk
        claims = {
            "htm": method,
            "htu": url,
            "bh": _base64url(sha256(body).digest()),
            "iat": at,
            "jti": _base64url(secrets.token_bytes(16)),
        }
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])

    def __repr__(self) -> str:
        return f"DeviceKey({self.installation})"


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
