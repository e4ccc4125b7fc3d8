"""Whether a request was signed with our key, lately: the receiver's half of Standard Webhooks 1.0.

A real business uses a library of its language for this; what it must check is written out here.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Final

TOLERANCE_SECONDS: Final = 300
_SECRET: Final = "whsec_"  # noqa: S105  # how a key begins, no key


def key_of(secret: str) -> bytes:
    """The octets of `whsec_` and base64. ValueError for anything else."""
    if not secret.startswith(_SECRET):
        raise ValueError("a key begins with whsec_")
    return base64.b64decode(secret.removeprefix(_SECRET), validate=True)


def refusal(key: bytes, headers: Mapping[str, str], content: bytes, now: float) -> str | None:
    """Why this request is not believed: `unsigned`, `stale` or `forged`; None when it is."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    request_id, at, given = (headers.get(name, "") for name in names)
    if not (request_id and given and at.isascii() and at.isdecimal()):
        return "unsigned"
    if abs(now - int(at)) > TOLERANCE_SECONDS:
        return "stale"
    wanted = hmac.digest(key, f"{request_id}.{at}.".encode() + content, "sha256")
    if any(hmac.compare_digest(wanted, mark) for mark in _marks(given)):
        return None
    return "forged"


def _marks(given: str) -> list[bytes]:
    """Every signature of version 1; what cannot be read is none."""
    found = []
    for one in given.split():
        version, _, mark = one.partition(",")
        try:
            if version == "v1":
                found.append(base64.b64decode(mark, validate=True))
        except (binascii.Error, ValueError):
            continue
    return found
