"""What a recording is: how long, how coded, and under which mark it is served."""

import hashlib
import io
import wave
from dataclasses import dataclass
from typing import Final

LINE_RATE: Final = 8000
"""Samples a second of a telephone line. Others would be coded anew by each carrier, in its way."""
_BYTES: Final = 2
_MARK: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`sha256` in hexadecimal. `seconds` is 0, and `coded` empty, for what is no WAV of plain
    samples; `coded` says its coding where that is not the line's: 8 kHz, mono, 16 bit."""

    sha256: str
    seconds: float = 0.0
    coded: str = ""

    @property
    def unfit(self) -> bool:
        return self.seconds <= 0 or bool(self.coded)

    @property
    def mark(self) -> str:
        """Other bytes have another one, so an address with it may be kept for ever."""
        return self.sha256[:_MARK]


def looked_at(content: bytes) -> Recording:
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            seconds = len(file.readframes(file.getnframes())) / (rate * channels * width)
    except (wave.Error, EOFError, ZeroDivisionError):
        return Recording(sha256=sha256)
    good = (rate, channels, width) == (LINE_RATE, 1, _BYTES)
    coded = "" if good else f"{rate} Hz, {channels} ch, {8 * width} bit"
    return Recording(sha256=sha256, seconds=seconds, coded=coded)


def written(samples: bytes) -> bytes:
    """A WAV file of little-endian samples as the line has them."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_BYTES)
        file.setframerate(LINE_RATE)
        file.writeframes(samples)
    return made.getvalue()
