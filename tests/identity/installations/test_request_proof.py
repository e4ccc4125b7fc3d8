"""Request proofs: what an honest app sends, and every way to send something else."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from identity.installations.limits import InstallationLimits
from identity.installations.model import Installation
from identity.installations.refusals import Refusal
from identity.installations.request_proof import NotAProof, read
from identity.installations.service import RequestProofs
from stores.memory.counters import MemoryCounters
from tests.identity.installations.memory_installations import MemoryInstallations, MemorySeenProofs

NOW = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
HERE = "192.0.2.1"
URL = "https://kazasu.example/v1/pairings/claim?x=%41"
BODY = b'{"locator":"57240014"}'
KEY, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
P384 = ECKey.generate_key("P-384")


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwk(key: ECKey = KEY) -> dict[str, object]:
    public = key.as_dict(private=False)
    return {name: public[name] for name in ("kty", "crv", "x", "y")}


def _header(**changes: object) -> dict[str, object]:
    header: dict[str, object] = {"typ": "kazasu-proof+jwt", "alg": "ES256"}
    return {name: v for name, v in (header | {"kid": KEY.thumbprint()} | changes).items() if v}


def _claims(**changes: object) -> dict[str, object]:
    claims: dict[str, object] = {
        "htm": "POST",
        "htu": URL,
        "bh": _b64(hashlib.sha256(BODY).digest()),
        "iat": int(NOW.timestamp()),
        "jti": "jti-0123456789abcdef",
    }
    return claims | changes


def _signed(header: dict[str, object], claims: dict[str, object], key: ECKey = KEY) -> str:
    return jwt.encode(header, claims, key, algorithms=["ES256", "ES384"])


def _raw(header: bytes, claims: bytes, key: ECKey = KEY) -> str:
    """Signed over exactly these bytes, as a hostile app could."""
    signing_input = f"{_b64(header)}.{_b64(claims)}".encode()
    signature = jws.JWSRegistry.algorithms["ES256"].sign(signing_input, key)
    return f"{signing_input.decode()}.{_b64(signature)}"


@dataclass
class Service:
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.installations = MemoryInstallations()
        self.proofs = RequestProofs(
            self.installations,
            MemorySeenProofs(lambda: self.now),
            InstallationLimits(MemoryCounters(lambda: datetime.timestamp(self.now))),
            lambda: self.now,
        )

    async def register(self, token: str = "") -> Installation | Refusal:
        token = token or _signed(_header(jwk=_jwk()), _claims(jti="jti-of-registration"))
        return await self.proofs.register(
            token,
            method="POST",
            url=URL,
            body=BODY,
            platform="ios",
            app_version="1.0",
            address=HERE,
        )

    async def verify(
        self, token: str, *, method: str = "POST", url: str = URL, body: bytes = BODY
    ) -> Installation | Refusal:
        return await self.proofs.verify(token, method=method, url=url, body=body)


async def _registered() -> Service:
    service = Service()
    assert isinstance(await service.register(), Installation)
    return service


def _broken(rule: str) -> Refusal:
    return Refusal(code="request_proof_invalid", facts={"rule": rule})


async def test_an_honest_app_registers_and_is_known() -> None:
    service = await _registered()
    found = await service.verify(_signed(_header(), _claims()))
    assert isinstance(found, Installation)
    assert (found.id, found.platform, found.registered_at) == (KEY.thumbprint(), "ios", NOW)
    assert dict(found.public_jwk) == _jwk()


async def test_the_first_registration_stands() -> None:
    service = await _registered()
    again = _signed(_header(jwk=_jwk()), _claims(jti="jti-of-the-second-one"))
    answer = await service.proofs.register(
        again,
        method="POST",
        url=URL,
        body=BODY,
        platform="android",
        app_version="9",
        address=HERE,
    )
    assert isinstance(answer, Installation)
    assert answer.platform == "ios"


async def test_an_unknown_key_is_told_apart() -> None:
    token = _signed(_header(kid=OTHER.thumbprint()), _claims(), OTHER)
    answer = await (await _registered()).verify(token)
    assert answer == Refusal(code="unknown_installation")


async def test_each_proof_is_good_once_and_never_again() -> None:
    service = await _registered()
    token = _signed(_header(), _claims())
    assert isinstance(await service.verify(token), Installation)
    assert await service.verify(token) == _broken("repeated")
    for seconds in (59, 61, 121, 179, 600):
        service.now = NOW + timedelta(seconds=seconds)
        assert await service.verify(token) in (_broken("repeated"), _broken("time"))


async def test_a_proof_that_fails_uses_up_nothing() -> None:
    service = await _registered()
    token = _signed(_header(), _claims())
    assert await service.verify(token, body=b"{}") == _broken("body")
    assert isinstance(await service.verify(token), Installation)


@pytest.mark.parametrize(
    ("seconds", "good"), [(-61, False), (-60, True), (0, True), (60, True), (61, False)]
)
async def test_a_minute_either_way(seconds: int, good: bool) -> None:
    service = await _registered()
    token = _signed(_header(), _claims(iat=int(NOW.timestamp()) + seconds))
    assert isinstance(await service.verify(token), Installation) is good


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"method": "GET"}, "method"),
        ({"url": URL.replace("claim", "other")}, "url"),
        ({"url": URL.replace("%41", "A")}, "url"),
        ({"url": URL + "&y=1"}, "url"),
        ({"url": URL.replace("kazasu", "evil")}, "url"),
        ({"body": b""}, "body"),
        ({"body": BODY + b" "}, "body"),
    ],
)
async def test_it_fits_this_request_only(changes: dict[str, str], rule: str) -> None:
    service = await _registered()
    answer = await service.verify(_signed(_header(), _claims()), **changes)  # type: ignore[arg-type]  # by name
    assert answer == _broken(rule)


async def test_an_empty_body_is_hashed_too() -> None:
    service = await _registered()
    empty = _b64(hashlib.sha256(b"").digest())
    assert isinstance(
        await service.verify(_signed(_header(), _claims(bh=empty)), body=b""), Installation
    )
    without = {name: value for name, value in _claims().items() if name != "bh"}
    assert await service.verify(_signed(_header(), without), body=b"") == _broken("form")


def _unsigned(_: None = None) -> str:
    header = json.dumps(_header(alg="none")).encode()
    return f"{_b64(header)}.{_b64(json.dumps(_claims()).encode())}."


def _hmac_with_public_key() -> str:
    secret = OctKey.import_key(json.dumps(_jwk()).encode())
    return jwt.encode(_header(alg="HS256"), _claims(), secret, algorithms=["HS256"])


def _rsa() -> str:
    key = RSAKey.generate_key(2048)
    return jwt.encode(_header(alg="RS256"), _claims(), key, algorithms=["RS256"])


FORGED: dict[str, tuple[Callable[[], str], str]] = {
    "no algorithm": (_unsigned, "form"),
    "keyed with the public key": (_hmac_with_public_key, "form"),
    "another algorithm": (_rsa, "form"),
    "another curve": (lambda: _signed(_header(alg="ES384"), _claims(), P384), "form"),
    "another key": (lambda: _signed(_header(), _claims(), OTHER), "signature"),
    "its own key along": (
        lambda: _signed(_header(jwk=_jwk(OTHER)), _claims(), OTHER),
        "form",
    ),
    "another type": (lambda: _signed(_header(typ="JWT"), _claims()), "form"),
    "no type": (lambda: _signed(_header(typ=None), _claims()), "form"),
    "a critical extension": (
        lambda: _raw(
            json.dumps(_header(crit=["b64"], b64=False)).encode(), json.dumps(_claims()).encode()
        ),
        "form",
    ),
    "a key address": (
        lambda: _raw(
            json.dumps(_header(jku="https://evil.example")).encode(),
            json.dumps(_claims()).encode(),
        ),
        "form",
    ),
    "a claim too many": (lambda: _signed(_header(), _claims(sub="x")), "form"),
    "a claim twice": (
        lambda: _raw(
            json.dumps(_header()).encode(),
            json.dumps(_claims()).encode()[:-1] + b',"htm":"POST"}',
        ),
        "form",
    ),
    "time as text": (lambda: _signed(_header(), _claims(iat=str(int(NOW.timestamp())))), "form"),
    "time as yes": (lambda: _signed(_header(), _claims(iat=True)), "form"),
    "time with a fraction": (
        lambda: _signed(_header(), _claims(iat=NOW.timestamp() + 0.5)),
        "form",
    ),
    "time that is no number": (
        lambda: _raw(
            json.dumps(_header()).encode(), json.dumps(_claims(iat=float("nan"))).encode()
        ),
        "form",
    ),
    "time beyond all measure": (lambda: _signed(_header(), _claims(iat=10**30)), "form"),
    "a short id": (lambda: _signed(_header(), _claims(jti="x")), "form"),
    "an id with spaces": (lambda: _signed(_header(), _claims(jti="0123456789 abcdef")), "form"),
    "a long id": (lambda: _signed(_header(), _claims(jti="x" * 65)), "form"),
    "a list of methods": (lambda: _signed(_header(), _claims(htm=["POST"])), "form"),
}


@pytest.mark.parametrize("name", FORGED)
async def test_forgeries(name: str) -> None:
    make, rule = FORGED[name]
    assert await (await _registered()).verify(make()) == _broken(rule)


def _padded(token: str) -> str:
    first, second, third = token.split(".")
    return f"{first}{'=' * (-len(first) % 4) or '='}.{second}.{third}"


def _spare_bits(token: str) -> str:
    """The last character of a 64-byte signature has four spare bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


@pytest.mark.parametrize(
    "change",
    [
        _padded,
        _spare_bits,
        lambda token: token + "=",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.replace(".", ".\n", 1),
        lambda token: token + ".",
        lambda token: token.rsplit(".", 1)[0],
        lambda token: token[:-2],
        lambda token: "",
        lambda token: "..",
        lambda token: token + "A" * 5000,
        lambda token: token.replace("-", "+").replace("_", "/") + "+",
        lambda token: "é" + token[1:],
    ],
)
async def test_another_spelling_is_another_token(change: Callable[[str], str]) -> None:
    token = change(_signed(_header(), _claims()))
    assert await (await _registered()).verify(token) == _broken("form")


def _der_signature() -> str:
    """ECDSA as DER instead of the two 32-byte numbers of RFC 7518."""
    head = _signed(_header(), _claims()).rsplit(".", 1)[0]
    private = KEY.private_key
    assert private is not None
    return f"{head}.{_b64(private.sign(head.encode(), ECDSA(SHA256())))}"


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64])
async def test_signatures_of_nothing(signature: bytes) -> None:
    head = _signed(_header(), _claims()).rsplit(".", 1)[0]
    answer = await (await _registered()).verify(f"{head}.{_b64(signature)}")
    assert answer == _broken("signature")


async def test_a_signature_in_another_coding() -> None:
    assert await (await _registered()).verify(_der_signature()) == _broken("form")


@pytest.mark.parametrize(
    ("jwk", "kid", "rule"),
    [
        (None, KEY.thumbprint(), "form"),
        (_jwk(), OTHER.thumbprint(), "key"),
        (_jwk(OTHER), OTHER.thumbprint(), "signature"),
        (_jwk() | {"d": "AAAA"}, KEY.thumbprint(), "key"),
        (_jwk(P384), P384.thumbprint(), "key"),
        (_jwk() | {"x": _b64(bytes(32))}, KEY.thumbprint(), "key"),
        (_jwk() | {"x": "AAAA"}, KEY.thumbprint(), "key"),
        (_jwk() | {"y": 5}, KEY.thumbprint(), "key"),
        (_jwk() | {"kty": "oct"}, KEY.thumbprint(), "key"),
        ({"kty": "EC"}, KEY.thumbprint(), "key"),
    ],
    ids=[
        "no key",
        "another's thumbprint",
        "another's key",
        "a private key",
        "another curve",
        "no point",
        "a short x",
        "a number as y",
        "another kind",
        "no x and y",
    ],
)
async def test_keys_that_do_not_register(
    jwk: dict[str, object] | None, kid: str, rule: str
) -> None:
    service = Service()
    header = json.dumps(_header(jwk=jwk, kid=kid)).encode()
    answer = await service.register(_raw(header, json.dumps(_claims()).encode()))
    assert answer == _broken(rule)
    assert service.installations.rows == {}


@given(st.text(max_size=300), st.booleans())
def test_garbage_is_one_kind_of_error(token: str, introduces: bool) -> None:
    with pytest.raises(NotAProof):
        read(token, introduces=introduces)


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_garbage_in_good_coding_too(header: bytes, claims: bytes) -> None:
    with pytest.raises(NotAProof):
        read(f"{_b64(header)}.{_b64(claims)}.{_b64(bytes(64))}", introduces=False)


def test_a_deeply_nested_header_is_garbage_too() -> None:
    nested = b'{"typ":' * 500
    with pytest.raises(NotAProof):
        read(f"{_b64(nested)}.{_b64(b'{}')}.{_b64(bytes(64))}", introduces=False)
