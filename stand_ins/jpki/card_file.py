"""The card file: what a synthetic card holds, as JSON. The software card is its reader.

`{"name", "kind": "card"|"android"|"iphone", "auth": {"certificate", "key", "ca"}, "sign": {same},
"pins": {"auth": {"value", "tries"}, "sign": {same}, "input_support"?: {same}}, "refuse_first"?,
"attributes"?, "options"?}`; certificate, key (PKCS#8) and ca are base64 of DER, options are those
of the software card. The file holds private keys: mode 0600.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from stand_ins.jpki.names import PURPOSES, Purpose
from stand_ins.whole_files import write_private

Kind = Literal["card", "android", "iphone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaterial:
    """One key of a card, all in DER; `ca` is the issuer's certificate as the card carries it."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)
    ca: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    value: str = field(repr=False)
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkable:
    """What a verifier links a certificate by: SHA-256 of the issuer's public key, and serial."""

    purpose: Purpose
    issuer_key_sha256: bytes
    serial: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    name: str
    kind: Kind
    auth: KeyMaterial
    sign: KeyMaterial
    auth_pin: Pin
    sign_pin: Pin
    input_support_pin: Pin | None = None
    refuse_first: int = 0
    attributes: dict[str, str] = field(default_factory=dict, repr=False)
    options: dict[str, int | str] = field(default_factory=dict)

    def linkables(self) -> tuple[Linkable, Linkable]:
        """Both certificates of the card, so that a demo can enrol them as one person."""
        auth, sign = (self._linkable(purpose) for purpose in PURPOSES)
        return auth, sign

    def _linkable(self, purpose: Purpose) -> Linkable:
        material = self.auth if purpose == "auth" else self.sign
        issuer_key = (
            x509.load_der_x509_certificate(material.ca)
            .public_key()
            .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
        digest = hashes.Hash(hashes.SHA256())
        digest.update(issuer_key)
        serial = x509.load_der_x509_certificate(material.certificate).serial_number
        return Linkable(purpose=purpose, issuer_key_sha256=digest.finalize(), serial=serial)


def write_card(path: Path, card: CardFile) -> None:
    document: dict[str, Any] = {
        "name": card.name,
        "kind": card.kind,
        "auth": _material_json(card.auth),
        "sign": _material_json(card.sign),
        "pins": {
            "auth": {"value": card.auth_pin.value, "tries": card.auth_pin.tries},
            "sign": {"value": card.sign_pin.value, "tries": card.sign_pin.tries},
        },
    }
    if card.attributes:
        document["attributes"] = card.attributes
    if card.input_support_pin:
        document["pins"]["input_support"] = {
            "value": card.input_support_pin.value,
            "tries": card.input_support_pin.tries,
        }
    if card.refuse_first:
        document["refuse_first"] = card.refuse_first
    if card.options:
        document["options"] = card.options
    text = json.dumps(document, ensure_ascii=False, indent=1)
    write_private(path, text.encode())


def read_card(path: Path) -> CardFile:
    document = json.loads(path.read_text("utf-8"))
    pins = document["pins"]
    return CardFile(
        name=document["name"],
        kind=document["kind"],
        auth=_material(document["auth"]),
        sign=_material(document["sign"]),
        auth_pin=Pin(**pins["auth"]),
        sign_pin=Pin(**pins["sign"]),
        input_support_pin=Pin(**pins["input_support"]) if "input_support" in pins else None,
        refuse_first=document.get("refuse_first", 0),
        attributes=document.get("attributes", {}),
        options=document.get("options", {}),
    )


def _material_json(material: KeyMaterial) -> dict[str, str]:
    fields = {"certificate": material.certificate, "key": material.key, "ca": material.ca}
    return {name: base64.b64encode(der).decode() for name, der in fields.items()}


def _material(document: dict[str, str]) -> KeyMaterial:
    return KeyMaterial(**{name: base64.b64decode(text) for name, text in document.items()})
