"""How long the recordings of the flows last."""

import wave
from collections.abc import Mapping
from pathlib import Path


def sounds(flows_dir: Path) -> Mapping[str, float]:
    """Seconds of every recording below `flows/`, by its path there."""
    found: dict[str, float] = {}
    for path in sorted(flows_dir.glob("audio/**/*.wav")):
        try:
            with wave.open(str(path), "rb") as recording:
                seconds = recording.getnframes() / recording.getframerate()
        except (wave.Error, EOFError):
            continue  # no plain WAV: of unknown length, so it never fills a hold
        found[path.relative_to(flows_dir).as_posix()] = seconds
    return found
