"""Recordings: what fits a telephone line, and what is told of the rest."""

import io
import wave

import pytest

from ivr.flow_library.recordings import looked_at, written


def coded(rate: int, channels: int, width: int, frames: int) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(frames * channels * width))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "seconds", "wrong", "unfit"),
    [
        (coded(8000, 1, 2, 12000), 1.5, "", False),
        (coded(44100, 2, 2, 44100), 1.0, "44100 Hz, 2 ch, 16 bit", True),
        (coded(8000, 1, 1, 4000), 0.5, "8000 Hz, 1 ch, 8 bit", True),
        (coded(8000, 1, 2, 0), 0.0, "", True),
        (b"", 0.0, "", True),
        (b"ID3\x04 an mp3", 0.0, "", True),
        (coded(8000, 1, 2, 8000)[:30], 0.0, "", True),
        # Cut off on its way here: as long as what is there.
        (coded(8000, 1, 2, 8000)[: 44 + 8000], 0.5, "", False),
    ],
    ids=["line", "music", "8-bit", "silent", "empty", "mp3", "no-samples", "cut-off"],
)
def test_what_is_told(content: bytes, seconds: float, wrong: str, unfit: object) -> None:
    found = looked_at(content)
    assert (found.seconds, found.coded, found.unfit) == (seconds, wrong, unfit)


def test_other_bytes_have_another_mark() -> None:
    one, other = looked_at(written(b"\x01\x00")), looked_at(written(b"\x02\x00"))
    assert one.mark != other.mark
    assert one.mark == one.sha256[:16]
