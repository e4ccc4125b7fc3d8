"""The key file of the evidence archive: a key a line, the first wraps and the others only open.

    2f6c1a90 mF0Y…=
    03be77d1 9xQk…=

It is read again whenever it changes, so a new key is in use without a new start.
"""

import base64
import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from identity.evidence_archive.wrapping import Ring, TenantWrapping, WrappingKeys
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.settings.values import decode_key
from kazasu.whole_files import replace_file

NAME: Final = "KAZASU_EVIDENCE_KEYS_FILE"
_LINE: Final = re.compile(r"(?P<id>[0-9a-f]{8}) (?P<key>[A-Za-z0-9+/=_-]{43,44})", re.ASCII)
_OTHERS: Final = 0o077
_Stamp = tuple[int, int, int]
_log = structlog.get_logger()


class KeyFile:
    """Gives the ring as the file has it now. A file that cannot be read (any more) changes nothing
    while the service runs: it says so and goes on with what it knew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)
        self._ring = read(path)

    def ring(self) -> Ring:
        try:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._ring, self._stamp = read(self._path), stamp
        except (OSError, ValueError) as bad:
            _log.error("evidence_keys_unreadable", error=type(bad).__name__)
        return self._ring


def read(path: Path) -> Ring:
    """OSError, or ValueError with words that hold no key."""
    if path.stat().st_mode & _OTHERS:
        raise ValueError(f"{path} is open to others: chmod 600")
    keys: dict[str, bytes] = {}
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or found["id"] in keys:
            raise ValueError(f"{path}, line {number}: is not an id of its own and a key")
        keys[found["id"]] = decode_key(found["key"])
    if not keys:
        raise ValueError(f"{path}: holds no key")
    return Ring(current=next(iter(keys)), keys=keys)


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Within it nobody else changes the file: who also wants to waits, and reads it when its turn
    comes. The kernel lets go when a process ends. The folder is what is locked, as the file is
    another one after each change. OSError where folders cannot be locked."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def turned(before: Mapping[str, str]) -> dict[str, str]:
    """The lines with a new key in front."""
    new = base64.b64encode(secrets.token_bytes(32)).decode()
    return {secrets.token_hex(4): new, **before}


def write(path: Path, lines: Mapping[str, str]) -> None:
    """Replace the file at once and for good. It stays its owner's only: a service of another user
    than the one who turns its keys reads it as before. PermissionError where that cannot be."""
    text = "".join(f"{key_id} {key}\n" for key_id, key in lines.items())
    replace_file(path, text.encode("ascii"))


def usable(path: Path) -> Ring:
    """BadSettings, in words for whoever runs the service."""
    with _said():
        return read(path)


def wrapping_of(settings: Settings) -> WrappingKeys:
    """BadSettings when the key file cannot be used."""
    if settings.evidence_keys_file is None:
        return TenantWrapping()
    with _said():
        return TenantWrapping(KeyFile(settings.evidence_keys_file).ring)


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BadSettings([f"{NAME}: is not there. Make it: kazasu keys rotate"]) from None
    except (OSError, ValueError) as bad:
        raise BadSettings([f"{NAME}: {bad}"]) from None


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
