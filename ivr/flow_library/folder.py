"""The folder `flows/` on disk: what to read, and a cheap mark that tells whether it changed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ivr.flow_library.model import FlowFiles
from ivr.flow_library.recordings import looked_at

_BELOW: Final = ("sub/", "prompts/")  # flows/tests is read by tests alone
_MOST_FILES: Final = 2000
_MOST_BYTES: Final = 300_000  # of one text; the reader refuses over 256 kB with a finding


def flow_folder(root: Path) -> tuple[Callable[[], FlowFiles], Callable[[], object]]:
    """`files` and `changed` for a FlowLibrary. Hidden files are left out; links are not followed
    outside of the folder."""

    def files() -> FlowFiles:
        texts: dict[str, str] = {}
        hashes: dict[str, str] = {}
        unfit: dict[str, str] = {}
        for path in _files(root):
            name = path.relative_to(root).as_posix()
            if name.startswith("audio/"):
                recording = looked_at(path.read_bytes())
                hashes[name] = recording.sha256
                if recording.unfit:
                    unfit[name] = recording.coded
            elif path.suffix == ".yaml" and name.count("/") == name.startswith(_BELOW):
                texts[name] = _text(path)
        return FlowFiles(texts=texts, audio_hashes=hashes, unfit=unfit)

    def changed() -> object:
        marks: list[tuple[str, int, int]] = []
        for path in _files(root):
            try:
                found = path.stat()
            except OSError:
                continue  # removed between listing and looking: the next mark tells
            marks.append((path.as_posix(), found.st_mtime_ns, found.st_size))
        return tuple(marks)

    return files, changed


def _files(root: Path) -> Iterator[Path]:
    inside = root.resolve()
    found = sorted(path for path in root.rglob("*") if path.is_file())[:_MOST_FILES]
    for path in found:
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if not hidden and path.resolve().is_relative_to(inside):
            yield path


def _text(path: Path) -> str:
    """Bytes that are no UTF-8 become a character that YAML refuses, so a finding tells of them."""
    with path.open("rb") as file:
        return file.read(_MOST_BYTES).decode("utf-8", errors="replace").replace("\ufffd", "\x00")
