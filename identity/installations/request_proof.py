"""The request proof: a JWT (RFC 7519) by the device key over one request, read strictly.

Header: exactly `typ` `kazasu-proof+jwt`, `alg` ES256 and `kid`; `jwk` too, at registration only.
Claims: exactly `htm`, `htu`, `bh`, `iat` and `jti`. Base64url is checked here before any library
sees it: no padding, no white space, no spare bits.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

TYPE: Final = "kazasu-proof+jwt"
ALGORITHM: Final = "ES256"
SKEW_SECONDS: Final = 60
MOST_CHARACTERS: Final = 4096
_JTI: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")
_HEADER: Final = frozenset({"typ", "alg", "kid"})
_CLAIMS: Final = frozenset({"htm", "htu", "bh", "iat", "jti"})
_JWK: Final = frozenset({"kty", "crv", "x", "y"})


class NotAProof(ValueError):
    """`rule` is which of the rules it breaks."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`url` is the configured origin with the raw path and query; `body` the raw bytes."""

    method: str
    url: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProof:
    """Well formed, and nothing more: nobody has checked the signature yet."""

    token: str = field(repr=False)
    kid: str
    jwk: Mapping[str, str] | None = field(repr=False)
    claims: Mapping[str, object] = field(repr=False)

    @property
    def jti(self) -> str:
        return str(self.claims["jti"])


def read(token: str, *, introduces: bool) -> ReadProof:
    """The parts of a proof; `introduces` says whether it must carry its key. NotAProof."""
    if len(token) > MOST_CHARACTERS or token.count(".") != 2:
        raise NotAProof("form")
    first, second, third = token.split(".")
    header, claims = _object(_bytes(first)), _object(_bytes(second))
    if len(_bytes(third)) != 64:
        raise NotAProof("form")
    if header.keys() != (_HEADER | {"jwk"} if introduces else _HEADER):
        raise NotAProof("form")
    kid, jwk = header["kid"], header.get("jwk")
    if header["typ"] != TYPE or header["alg"] != ALGORITHM:
        raise NotAProof("form")
    # Before anybody has proved anything, `kid` is what a database is asked for.
    if not isinstance(kid, str) or not _THUMBPRINT.fullmatch(kid):
        raise NotAProof("form")
    _check_claims(claims)
    return ReadProof(token=token, kid=kid, jwk=_jwk(jwk) if introduces else None, claims=claims)


def check(proof: ReadProof, jwk: Mapping[str, str], request: Request, now: datetime) -> None:
    """Key, signature, request and time, in this order. NotAProof. Replay is not looked at."""
    key = _key(jwk)
    if key.thumbprint() != proof.kid:
        raise NotAProof("key")
    try:
        jws.deserialize_compact(proof.token, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as wrong:
        raise NotAProof("signature") from wrong
    claims = proof.claims
    if claims["htm"] != request.method:
        raise NotAProof("method")
    if claims["htu"] != request.url:
        raise NotAProof("url")
    if claims["bh"] != _base64url(hashlib.sha256(request.body).digest()):
        raise NotAProof("body")
    iat = claims["iat"]
    assert isinstance(iat, int)  # `read` has seen to it
    if abs(now.timestamp() - iat) > SKEW_SECONDS:
        raise NotAProof("time")


def _check_claims(claims: Mapping[str, object]) -> None:
    if claims.keys() != _CLAIMS:
        raise NotAProof("form")
    iat = claims["iat"]
    if not isinstance(iat, int) or isinstance(iat, bool) or not 0 <= iat < 2**40:
        raise NotAProof("form")
    if not all(isinstance(claims[name], str) for name in _CLAIMS - {"iat"}):
        raise NotAProof("form")
    if not _JTI.fullmatch(str(claims["jti"])):
        raise NotAProof("form")


def _jwk(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or value.keys() != _JWK:
        raise NotAProof("key")
    if value["kty"] != "EC" or value["crv"] != "P-256":
        raise NotAProof("key")
    if not all(isinstance(value[c], str) and len(_bytes(value[c])) == 32 for c in ("x", "y")):
        raise NotAProof("key")
    return value


def _key(jwk: Mapping[str, str]) -> ECKey:
    try:
        key = ECKey.import_key(dict(jwk))
        # Coordinates off the curve are refused when the point is made.
        on_curve = key.public_key.curve.name == "secp256r1"
    except (JoseError, ValueError) as wrong:
        raise NotAProof("key") from wrong
    if not on_curve:
        raise NotAProof("key")
    return key


def _object(data: bytes) -> dict[str, object]:
    try:
        found = json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise NotAProof("form") from wrong
    if not isinstance(found, dict):
        raise NotAProof("form")
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise NotAProof("form")
    return dict(pairs)


def _no_constant(_: str) -> object:
    raise NotAProof("form")


def _bytes(text: str) -> bytes:
    """Strict base64url (RFC 7515, appendix C): what decodes must encode to the same text."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise NotAProof("form")
    decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _base64url(decoded) != text:
        raise NotAProof("form")
    return decoded


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
