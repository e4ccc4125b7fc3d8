"""What the values of settings must look like: keys, and where stores are."""

import base64
import binascii
import re
from enum import Enum
from typing import Final

_FEWEST_OCTETS: Final = 12  # of 32 random ones, fewer distinct than this come once in 10^25
_REDIS: Final = re.compile(r"(rediss?://[^\s/]+(/[^\s]*)?|unix://[^\s]*/[^\s]+)", re.ASCII)


class FlowSource(Enum):
    """What new calls get: what was published, or a saved file at once."""

    PUBLISHED = "published"
    FILES = "files"


def decode_key(text: str) -> bytes:
    """32 bytes from base64, either alphabet. ValueError."""
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("must be 32 random bytes in base64: openssl rand -base64 32")
    return raw


def random_keys(text: str) -> tuple[bytes, ...]:
    """Keys with commas between. ValueError for what nobody drew at random."""
    keys = tuple(decode_key(part.strip()) for part in text.split(",") if part.strip())
    if any(len(set(key)) < _FEWEST_OCTETS for key in keys):
        raise ValueError("is not random. Make one: openssl rand -base64 32")
    return keys


def is_redis(url: str) -> bool:
    return _REDIS.fullmatch(url) is not None


def is_database(url: str) -> bool:
    from sqlalchemy.exc import ArgumentError  # late: the fallback starts without a database

    from stores.sql.database import database_url

    try:
        database_url(url)
    except (ValueError, ArgumentError):
        return False
    return True
