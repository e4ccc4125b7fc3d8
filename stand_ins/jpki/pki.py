"""A synthetic JPKI in a folder: two hierarchies, two generations each, and their revocation lists.

`anchors/{auth,sign}-{g1,g2}.cer` (DER) is what a verifier pins; `keys/` is private; `unknown/`
holds authorities of the same names that nobody pins; `crl/` the lists by authority and
municipality; `cards/` the card files; `register.json` what was issued and revoked.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from stand_ins.jpki import certificates, people
from stand_ins.jpki.certificates import Authority, RevokedEntry
from stand_ins.jpki.names import PURPOSES, Purpose
from stand_ins.whole_files import write_private, write_whole

NewKey = Callable[[], rsa.RSAPrivateKey]

# Validity around the moment of making. The two generations overlap; the first ends after a month.
GENERATIONS: Final[Mapping[str, tuple[timedelta, timedelta]]] = {
    "g1": (timedelta(days=-400), timedelta(days=30)),
    "g2": (timedelta(days=-60), timedelta(days=400)),
}
UNKNOWN: Final = "unknown"
CRL_LIFETIME: Final = timedelta(hours=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pki:
    folder: Path
    authorities: Mapping[tuple[Purpose, str], Authority]

    @property
    def expires_at(self) -> datetime:
        """When the first pinned root ends."""
        pinned = [a for a in self.authorities.values() if a.label != UNKNOWN]
        return min(authority.certificate.not_valid_after_utc for authority in pinned)


def make_pki(folder: Path, *, now: datetime, new_key: NewKey = certificates.new_key) -> None:
    """Makes a new PKI in an empty or missing folder, without cards.

    FileExistsError when there is one already: its cards would be orphaned.
    """
    if (folder / "register.json").exists():
        raise FileExistsError(f"{folder} already holds a synthetic PKI")
    for name in ("anchors", "keys", "unknown", "crl", "cards"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for private in ("keys", "cards"):
        (folder / private).chmod(0o700)
    second = now.astimezone(UTC).replace(microsecond=0)
    for purpose in PURPOSES:
        for label in (*GENERATIONS, UNKNOWN):
            begin, end = GENERATIONS.get(label, GENERATIONS["g2"])
            authority = certificates.make_root(
                purpose,
                label,
                new_key(),
                serial=0x01000000 + secrets.randbelow(1 << 20),
                valid=(second + begin, second + end),
            )
            _write_authority(folder, authority)
    register = {
        "next_serial": 0x02000000 + secrets.randbelow(1 << 20),
        "crl_number": 0,
        "issued": [],
        "revoked": [],
    }
    save_register(folder, register)
    refresh_crls(load_pki(folder), now)


def load_pki(folder: Path) -> Pki:
    """FileNotFoundError when the folder holds none."""
    found: dict[tuple[Purpose, str], Authority] = {}
    for purpose in PURPOSES:
        for label in (*GENERATIONS, UNKNOWN):
            found[purpose, label] = _read_authority(folder, purpose, label)
    return Pki(folder=folder, authorities=found)


def refresh_crls(pki: Pki, now: datetime) -> None:
    """Publishes every list anew: current for 30 hours, by authority and municipality."""
    register = load_register(pki.folder)
    register["crl_number"] += 1
    second = now.astimezone(UTC).replace(microsecond=0)
    for (purpose, label), authority in pki.authorities.items():
        if label == UNKNOWN:
            continue
        for municipality in people.PUBLISHING:
            entries = [
                RevokedEntry(
                    serial=row["serial"],
                    at=datetime.fromisoformat(row["at"]),
                    reason=row["reason"],
                )
                for row in register["revoked"]
                if (row["purpose"], row["label"], row["home"])
                == (purpose, label, municipality.slug)
            ]
            der = certificates.make_crl(
                authority,
                municipality,
                entries,
                valid=(second, second + CRL_LIFETIME),
                number=register["crl_number"],
            )
            write_whole(pki.folder / "crl" / f"{purpose}-{label}-{municipality.slug}.crl", der)
    save_register(pki.folder, register)


def revoke(pki: Pki, name: str, purpose: Purpose, reason: str | None, now: datetime) -> None:
    """Revokes one certificate of a card and publishes the lists anew.

    `reason` is an RFC 5280 name (keyCompromise, affiliationChanged, superseded, ...) or None.
    KeyError for a card that was never issued, ValueError for a reason that does not exist.
    """
    if reason is not None:
        x509.ReasonFlags(reason)
    register = load_register(pki.folder)
    second = now.astimezone(UTC).replace(microsecond=0)
    issued = [r for r in register["issued"] if (r["card"], r["purpose"]) == (name, purpose)]
    if not issued:
        raise KeyError(name)
    known = {(row["purpose"], row["label"], row["serial"]) for row in register["revoked"]}
    for row in issued:
        if (row["purpose"], row["label"], row["serial"]) not in known:
            register["revoked"].append({**row, "reason": reason, "at": second.isoformat()})
    save_register(pki.folder, register)
    refresh_crls(pki, now)


def load_register(folder: Path) -> dict[str, Any]:
    register: dict[str, Any] = json.loads((folder / "register.json").read_text("utf-8"))
    return register


def save_register(folder: Path, register: dict[str, Any]) -> None:
    write_private(folder / "register.json", json.dumps(register, indent=1).encode())


def private_der(key: certificates.SigningKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate_path(folder: Path, purpose: Purpose, label: str) -> Path:
    shelf = "unknown" if label == UNKNOWN else "anchors"
    return folder / shelf / f"{purpose}-{label}.cer"


def _write_authority(folder: Path, authority: Authority) -> None:
    der = authority.certificate.public_bytes(serialization.Encoding.DER)
    write_whole(_certificate_path(folder, authority.purpose, authority.label), der)
    name = f"{authority.purpose}-{authority.label}.key"
    write_private(folder / "keys" / name, private_der(authority.key))


def _read_authority(folder: Path, purpose: Purpose, label: str) -> Authority:
    der = _certificate_path(folder, purpose, label).read_bytes()
    key_file = folder / "keys" / f"{purpose}-{label}.key"
    key = serialization.load_der_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{key_file.name} is not an RSA key")
    certificate = x509.load_der_x509_certificate(der)
    return Authority(purpose=purpose, label=label, certificate=certificate, key=key)
