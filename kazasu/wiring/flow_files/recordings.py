"""The recordings of a flows folder as they are now: a saved one counts for the next document."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from ivr.flow_library.recordings import Recording, looked_at

T = TypeVar("T")


class Recordings:
    """Looks at a file again only when its time or size has changed."""

    def __init__(self, flows_dir: Path) -> None:
        self._folder = flows_dir
        self._known: dict[str, tuple[tuple[int, int], Recording]] = {}

    @property
    def seconds(self) -> Mapping[str, float]:
        """By path below `flows/`. What is no plain WAV has no length, so it never fills a hold."""
        return _View(self, lambda recording: recording.seconds or None)

    @property
    def marks(self) -> Mapping[str, str]:
        """By path below `flows/`: what an address of exactly these bytes ends with."""
        return _View(self, lambda recording: recording.mark)

    def look(self, name: str) -> Recording | None:
        """`name` as flows write it, such as `audio/tick.wav`; None where no file is."""
        path = self._folder / name
        try:
            now = path.stat()
            mark = (now.st_mtime_ns, now.st_size)
            known = self._known.get(name)
            if known is None or known[0] != mark:
                known = self._known[name] = (mark, looked_at(path.read_bytes()))
        except (OSError, ValueError):
            return None
        return known[1]

    def names(self) -> list[str]:
        found = sorted(path for path in self._folder.glob("audio/**/*") if path.is_file())
        return [path.relative_to(self._folder).as_posix() for path in found]


class _View(Mapping[str, T]):
    def __init__(self, recordings: Recordings, of: Callable[[Recording], T | None]) -> None:
        self._recordings = recordings
        self._of = of

    def __getitem__(self, name: str) -> T:
        recording = self._recordings.look(name)
        value = None if recording is None else self._of(recording)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._recordings.names() if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
