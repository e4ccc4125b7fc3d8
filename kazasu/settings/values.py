"""What the values of settings must look like.

Whatever takes a value raises ValueError for one of another form, with words that say the form and
never the value, which may be a secret.
"""

import base64
import binascii
import re
from enum import Enum
from typing import Final

_FEWEST_OCTETS: Final = 12  # of 32 random ones, fewer distinct than this come once in 10^25
_ORIGIN: Final = re.compile(
    r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?/?", re.ASCII
)
_ADDRESS: Final = re.compile(r"https?://[a-zA-Z0-9.:\[\]-]+(/[!-\"$->@-~]*)?", re.ASCII)
_LISTEN: Final = re.compile(r"([A-Za-z0-9.-]+|\[[0-9a-f:.]+\]):([0-9]{1,5})", re.ASCII)
_IOS_APP: Final = re.compile(r"[A-Z0-9]{10}(\.[A-Za-z0-9-]+)+", re.ASCII)
_ANDROID_APP: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+=([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}", re.ASCII
)
_VERSION: Final = re.compile(r"[0-9]+(\.[0-9]+){0,3}|https://\S+")
_SIGNING: Final = "whsec_"
_PLATFORMS: Final = ("ios", "android", "web", "other")
_REDIS: Final = re.compile(r"(rediss?://[^\s/]+(/[^\s]*)?|unix://[^\s]*/[^\s]+)", re.ASCII)


class Profile(Enum):
    """Which trust anchors may be loaded. There is no profile that checks less."""

    PRODUCTION = "production"
    DEMO = "demo"


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


def signing_keys(text: str) -> tuple[bytes, ...]:
    """One key, or the old and the new one with a comma between, as Standard Webhooks write them:
    `whsec_` and base64 of 24 to 64 octets. ValueError."""
    keys = tuple(_signing_key(part.strip()) for part in text.split(",") if part.strip())
    if len(keys) > 2:
        raise ValueError("at most two keys at once")
    return keys


def _signing_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(_SIGNING), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(_SIGNING) or not 24 <= len(key) <= 64 or len(set(key)) < _FEWEST_OCTETS:
        raise ValueError("must be whsec_ and random base64: whsec_$(openssl rand -base64 32)")
    return key


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


def origin(text: str) -> str:
    """As browsers and signatures spell it: lower case, no path, user or query."""
    if text and not _ORIGIN.fullmatch(text):
        raise ValueError("must be scheme://host[:port] in lower case, without path or user")
    return text.removesuffix("/")


def address(text: str) -> str:
    if text and not _ADDRESS.fullmatch(text):
        raise ValueError("must be an http or https address without user, query or fragment")
    return text


def host_and_port(text: str) -> str:
    if text and (not (found := _LISTEN.fullmatch(text)) or int(found[2]) > 65535):
        raise ValueError("must be address:port, such as 127.0.0.1:9464")
    return text


def application_ids(given: object) -> tuple[str, ...]:
    """`TEAM123456.jp.example.app`, several with commas."""
    apps = _parts(given)
    if any(not _IOS_APP.fullmatch(app) for app in apps):
        raise ValueError("must be like ABCDE12345.jp.example.app")
    return apps


def packages(given: object) -> dict[str, tuple[str, ...]]:
    """`jp.example.app=AA:BB:…`, several with commas; a package may come again."""
    found: dict[str, tuple[str, ...]] = {}
    for part in _parts(given):
        package, _, fingerprint = part.partition("=")
        if not _ANDROID_APP.fullmatch(part):
            raise ValueError("must be like jp.example.app=AA:BB:… (SHA-256, 32 octets)")
        found[package] = (*found.get(package, ()), fingerprint.upper())
    return found


def per_platform(text: str) -> dict[str, str]:
    """`ios=1.4,android=1.2`, or an https address in place of the version."""
    parts = [part.partition("=") for part in _parts(text)]
    for platform, _, given in parts:
        if platform not in _PLATFORMS or not _VERSION.fullmatch(given):
            raise ValueError("must be like ios=1.4,android=1.2 (or https addresses)")
    return {platform: given for platform, _, given in parts}


def shared_keys(text: str) -> dict[str, str]:
    """`id=secret,id2=secret2`, at most two at once."""
    parts = [part.strip().partition("=") for part in text.split(",")]
    pairs = {name: key for name, equals, key in parts if name and equals}
    if len(pairs) != len(parts):
        raise ValueError("must be id=secret, or two of them with a comma between")
    if len(pairs) > 2:
        raise ValueError("at most two keys at once")
    return pairs


def _parts(given: object) -> tuple[str, ...]:
    """What stands between commas; a value that was given in code stays as it is."""
    if not isinstance(given, str):
        return tuple(given) if isinstance(given, tuple | list) else ()
    return tuple(part.strip() for part in given.split(",") if part.strip())
