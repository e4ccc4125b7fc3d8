"""Japanese speech for recordings that nobody has recorded yet, where the optional voice is here.

The voice is Open JTalk with "Mei" (`pip install 'kazasu[tts]'`). Made ahead, once, and kept as a
file that a person may replace by a better one; never while a caller waits.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from ivr.flow_library.recordings import LINE_RATE, written

Voice: TypeAlias = Callable[[str], bytes]
"""What it is to say -> a WAV file as the line has it."""
JAPANESE: Final = "ja-JP"
_TAPS: Final = 127
_CUT: Final = 3400.0  # Hz: where telephone speech ends; above half the line's rate it would fold
_LOUDEST: Final = 0.5


def japanese_voice() -> Voice | None:
    """None where the voice is not installed."""
    try:
        import numpy as np  # type: ignore[import-not-found,unused-ignore]  # comes with the voice
        import pyopenjtalk  # type: ignore[import-not-found,unused-ignore]  # optional: extra [tts]
    except ImportError:
        return None

    def speak(words: str) -> bytes:
        spoken, rate = pyopenjtalk.tts(words)
        step = rate // LINE_RATE
        at = np.arange(_TAPS) - (_TAPS - 1) / 2
        low_pass = np.sinc(2 * _CUT / rate * at) * np.hamming(_TAPS)
        line = np.convolve(spoken, low_pass / low_pass.sum(), mode="same")[::step]
        loudest = np.abs(line).max() or 1.0
        return written((line / loudest * _LOUDEST * 32767).astype("<i2").tobytes())

    return speak
