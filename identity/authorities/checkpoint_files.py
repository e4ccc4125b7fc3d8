"""The second place as a folder: one file a checkpoint, written once, never again.

Mount there what the administrators of the database cannot change: another machine's export, a
bucket with object lock, a write-once volume. `TENANT/000000/000000042.json`, a thousand a folder.
"""

import asyncio
import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from identity.evidence_archive.checkpoints.model import BadCheckpoint, read
from identity.evidence_archive.checkpoints.ports import Copy
from identity.tenants.model import TenantId

_A_FOLDER: Final = 1000
_DIGITS: Final = 9
_NUMBER: Final = re.compile("[0-9]{6,9}", re.ASCII)
"""Anything else that lies there is not ours."""


class CheckpointFiles:
    """The port `SecondPlace`. The folder itself must exist: a volume that is not mounted is not
    quietly written beside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def last(self, tenant: TenantId) -> int:
        return await asyncio.to_thread(self._last, tenant)

    async def put(self, copy: Copy) -> None:
        await asyncio.to_thread(self._put, copy)

    async def get(self, tenant: TenantId, number: int) -> Copy | None:
        return await asyncio.to_thread(self._get, tenant, number)

    def _last(self, tenant: TenantId) -> int:
        if not self._folder.is_dir():
            raise FileNotFoundError(self._folder)
        for folder in sorted(_numbered(self._folder / tenant), reverse=True):
            for file in sorted(_numbered(folder), reverse=True):
                return int(file.stem)
        return 0

    def _put(self, copy: Copy) -> None:
        """First under another name, so that a file of this name is always whole."""
        if not self._folder.is_dir():
            raise FileNotFoundError(self._folder)
        path = self._path(copy.checkpoint.tenant, copy.checkpoint.number)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        text = _text(copy)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        with unfinished.open("wb") as file:
            os.fchmod(file.fileno(), 0o440)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # unlike a rename it never replaces
        except FileExistsError:
            if path.read_bytes() != text:
                raise
        finally:
            unfinished.unlink()
        _sync(path.parent)

    def _get(self, tenant: TenantId, number: int) -> Copy | None:
        try:
            text = self._path(tenant, number).read_bytes()
        except FileNotFoundError:
            if not self._folder.is_dir():
                raise
            return None
        return _copy(text)

    def _path(self, tenant: TenantId, number: int) -> Path:
        folder = f"{number // _A_FOLDER:0{_DIGITS - 3}d}"
        return self._folder / tenant / folder / f"{number:0{_DIGITS}d}.json"


def _numbered(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (one for one in folder.iterdir() if _NUMBER.fullmatch(one.stem))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(copy: Copy) -> bytes:
    said = {
        "checkpoint": copy.checkpoint.canonical().decode(),
        "stamps": [base64.b64encode(one).decode() for one in copy.responses],
        "rows": [one.hex() for one in copy.hashes],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _copy(text: bytes) -> Copy:
    try:
        said: Any = json.loads(text)
        return Copy(
            checkpoint=read(str(said["checkpoint"]).encode()),
            responses=tuple(base64.b64decode(one, validate=True) for one in said["stamps"]),
            hashes=tuple(bytes.fromhex(one) for one in said["rows"]),
        )
    except (ValueError, TypeError, KeyError) as bad:
        raise BadCheckpoint from bad
