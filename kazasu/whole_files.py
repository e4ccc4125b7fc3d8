"""Replace a file as a whole: whoever reads it meanwhile, or after a loss of power, has the old
bytes or the new ones, never some of each."""

import os
import secrets
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600


def replace_file(path: Path, content: bytes, *, mode: int | None = PRIVATE) -> None:
    """On the disk when it returns; OSError leaves the earlier file as it was.

    `mode` None keeps that of the file which is there (private, where none is). Its owner stays the
    owner of a private file: a service of another user than the one who writes reads it as before
    (PermissionError where that cannot be). Through a symbolic link the place stays as it is.
    """
    real = path.resolve()
    before = real.stat() if real.exists() else None
    beside = real.with_name(f".{real.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with os.fdopen(handle, "wb") as file:
            if before is not None and mode == PRIVATE and before.st_uid != os.geteuid():
                os.fchown(handle, before.st_uid, before.st_gid)
            file.write(content)
            os.fchmod(handle, _mode(mode, before))
            file.flush()
            os.fsync(handle)
        beside.replace(real)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync(real.parent)


def _mode(wanted: int | None, before: os.stat_result | None) -> int:
    if wanted is not None:
        return wanted
    return PRIVATE if before is None else before.st_mode & 0o777


def _sync(folder: Path) -> None:
    """Else the earlier file may be back after a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
