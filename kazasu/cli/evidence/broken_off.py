"""How far a check of the archive has come, on disk, for one that is broken off.

With a code of a key of ours (HMAC-SHA-256): whoever administers the database, whose file may lie
beside it, cannot have rows passed over that no check has seen.
"""

import hmac
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from identity.evidence_archive.checking.model import Place
from identity.evidence_archive.model import ChainHead
from kazasu.whole_files import replace_file

_SAVED_EVERY: Final = 10_000
_USE: Final = b"kazasu-evidence-verify-1"


class Saved:
    """`at` is the moment asked about; a check of another one does not go on here."""

    def __init__(self, path: Path, master: bytes, tenant: str, at: str) -> None:
        self._path = path
        self._key = HKDF(SHA256(), 32, salt=None, info=_USE).derive(master)
        self._of = {"v": 1, "tenant": tenant, "at": at}
        self._written = 0

    def read(self) -> Place | None:
        try:
            code, _, text = self._path.read_text(encoding="ascii").partition("\n")
            if not hmac.compare_digest(code, self._code(text)):
                return None
            said: Any = json.loads(text)
            if {name: said[name] for name in self._of} != self._of:
                return None
            return _place(said["place"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, place: Place) -> None:
        if place.head.seq - self._written < _SAVED_EVERY:
            return
        self._written = place.head.seq
        text = json.dumps(self._of | {"place": _said(place)})
        replace_file(self._path, f"{self._code(text)}\n{text}".encode("ascii"))

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)

    def _code(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()


def _said(place: Place) -> dict[str, Any]:
    return {
        "seq": place.head.seq,
        "hash": place.head.hash.hex(),
        "checkpoint": place.checkpoint,
        "stamped_to": place.stamped_to,
        "digest": place.digest.hex(),
        "since": [one.hex() for one in place.since],
        "stamped_at": place.stamped_at.isoformat() if place.stamped_at else None,
        "expires": place.expires.isoformat() if place.expires else None,
        "unrenewed": place.unrenewed,
        "copies": place.copies,
        "longest_wait": place.longest_wait,
    }


def _place(said: dict[str, Any]) -> Place:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(said[name]) if said[name] else None

    return Place(
        head=ChainHead(seq=int(said["seq"]), hash=bytes.fromhex(said["hash"])),
        checkpoint=int(said["checkpoint"]),
        stamped_to=int(said["stamped_to"]),
        digest=bytes.fromhex(said["digest"]),
        since=tuple(bytes.fromhex(one) for one in said["since"]),
        stamped_at=moment("stamped_at"),
        expires=moment("expires"),
        unrenewed=int(said["unrenewed"]),
        copies=int(said["copies"]),
        longest_wait=float(said["longest_wait"]),
    )
