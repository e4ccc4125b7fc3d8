"""Which of Twilio's voices speak Japanese: one that does not makes the verb fail.

From the type file of Twilio's own library for Node (npm `twilio` 6.2.0). Voices come and go; a new
one is added here when it is wanted.
"""

from typing import Final

JAPANESE: Final = "ja-JP"
_POLLY: Final = ("Mizuki", "Takumi", "Takumi-Neural", "Kazuha-Neural", "Tomoko-Neural")
_GOOGLE: Final = (
    *(f"Standard-{letter}" for letter in "ABCD"),
    *(f"Wavenet-{letter}" for letter in "ABCD"),
    *(f"Neural2-{letter}" for letter in "BCD"),
    *(
        f"Chirp3-HD-{name}"
        for name in ("Aoede", "Charon", "Fenrir", "Kore", "Leda", "Orus", "Puck", "Zephyr")
    ),
)
JAPANESE_VOICES: Final = frozenset(
    (*(f"Polly.{name}" for name in _POLLY), *(f"Google.ja-JP-{name}" for name in _GOOGLE))
)


def speaks(voice: str, language: str) -> bool:
    """Whether a voice may be used with a BCP 47 tag. Other languages' voices are not listed here:
    of those it is known only that none is a Japanese one. No voice is the account's own choice."""
    return not voice or (voice in JAPANESE_VOICES) == (language == JAPANESE)
