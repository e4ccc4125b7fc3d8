"""Card documents for the tests: self-signed certificates, made once per run."""

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from stand_ins.card.card_file import CardFile, parse_card
from stand_ins.card.software_card import SoftwareCard
from stand_ins.jpki.certificates import Curve, SigningKey, hash_of, new_curve_key, new_key

PIN = "4071"
PASSWORD = "KAZASU4071"


def key(purpose: str, curve: Curve | None = None) -> SigningKey:
    """RSA-2048, or on a curve."""
    return _key(purpose, curve)


def certificate(purpose: str, curve: Curve | None = None) -> bytes:
    return _certificate(purpose, curve)


@cache
def _key(_purpose: str, curve: Curve | None) -> SigningKey:
    return new_key() if curve is None else new_curve_key(curve)


@cache
def _certificate(purpose: str, curve: Curve | None) -> bytes:
    signer = key(purpose, curve)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"synthetic {purpose}")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(signer.public_key())
        .serial_number(4071)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2031, 1, 1, tzinfo=UTC))
        .sign(signer, hash_of(signer))
        .public_bytes(Encoding.DER)
    )


@cache
def _part(purpose: str, curve: Curve | None) -> dict[str, str]:
    private = key(purpose, curve).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    blobs = {"certificate": certificate(purpose, curve), "key": private, "ca": certificate("ca")}
    return {field: base64.b64encode(blob).decode() for field, blob in blobs.items()}


def document(
    *,
    name: str = "valid",
    kind: str = "card",
    with_sign: bool = True,
    curve: Curve | None = None,
    **over: Any,
) -> dict[str, Any]:
    """A card document; `over` replaces top-level fields."""
    card: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "auth": _part("auth", curve),
        "pins": {
            "auth": {"value": PIN, "tries": 3, "refuse_first": 0},
            "sign": {"value": PASSWORD, "tries": 5},
        },
    }
    if with_sign:
        card["sign"] = _part("sign", curve)
    return card | over


def card_file(**over: Any) -> CardFile:
    return parse_card(json.dumps(document(**over)).encode(), source="test")


def software_card(**over: Any) -> SoftwareCard:
    return SoftwareCard(card_file(**over))


FACE_PIN = "7130"
NUMBER_B = "31040526310001"
FACE = {
    "name": "風道　花子",
    "address": "霞県風道市港町一丁目2番3号",
    "birth": "19560412",
    "sex": "2",
}


def with_face(**over: Any) -> dict[str, Any]:
    """What makes a card document have the input support application; `over` replaces PINs."""
    pins: dict[str, Any] = {
        "auth": {"value": PIN},
        "sign": {"value": PASSWORD},
        "input_support": {"value": FACE_PIN},
        "number_b": {"value": NUMBER_B},
    }
    return {"attributes": FACE, "pins": pins | over}


def auth_pin(**over: Any) -> dict[str, Any]:
    """`pins` with another authentication PIN state."""
    return {"auth": {"value": PIN} | over, "sign": {"value": PASSWORD}}
