"""Files that other programs read at any time: replaced in one step, never half written."""

import os
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    write_whole(path, data, mode=0o600)


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces the file, so that a reader never sees half of it. It need not outlive a loss of
    power: everything here can be made anew."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # what a process of this number left: its mode may be another
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    draft.replace(path)
