"""The sound of a hold: a soft tick each second, so that nobody takes the line for dead."""

import math
from array import array
from typing import Final

from ivr.flow_library.recordings import LINE_RATE, written

_PITCH: Final = 440.0
_TICK_SAMPLES: Final = LINE_RATE * 80 // 1000
_LOUDNESS: Final = 2600  # of 32,767: about -22 dB, well below speech


def hold_sound() -> bytes:
    """One second of it, as a WAV file; the same bytes each time, so the same version of a flow."""
    samples = array("h", bytes(2 * LINE_RATE))
    for at in range(_TICK_SAMPLES):
        swell = math.sin(math.pi * at / _TICK_SAMPLES) ** 2  # no click at either end
        samples[at] = int(_LOUDNESS * swell * math.sin(math.tau * _PITCH * at / LINE_RATE))
    if array("H", b"\x01\x00")[0] != 1:
        samples.byteswap()
    return written(samples.tobytes())
