"""One installed app: a device-held P-256 key and what it said of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """`id` is the RFC 7638 thumbprint of the key (base64url, 43 characters)."""

    id: str
    public_jwk: Mapping[str, str] = field(repr=False)
    platform: str
    app_version: str
    registered_at: datetime
    ever_proved: bool = False
