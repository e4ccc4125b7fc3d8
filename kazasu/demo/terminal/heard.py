"""What a listener makes of a caption: spoken digits become digits again."""

import re
from typing import Final

from companion_app.spoken_code import typed_code

_SPOKEN: Final = {
    "ゼロ": "0", "イチ": "1", "ニー": "2", "サン": "3", "ヨン": "4",
    "ゴー": "5", "ロク": "6", "ナナ": "7", "ハチ": "8", "キュウ": "9",
}  # fmt: skip
_DIGIT: Final = re.compile("|".join(_SPOKEN))
_RUN: Final = re.compile(f"(?:(?:{_DIGIT.pattern})[ 、]?)+")


def numbers(caption: str) -> list[str]:
    """Every run of spoken digits, in order: 「ヨンニーを選んで」 gives ["42"]."""
    return [
        "".join(_SPOKEN[word] for word in _DIGIT.findall(run.group()))
        for run in _RUN.finditer(caption)
    ]


def spoken(digits: str) -> str:
    """The same digits as somebody reads them out."""
    words = {digit: word for word, digit in _SPOKEN.items()}
    return "".join(words[digit] for digit in digits)


def code(caption: str) -> str | None:
    """The spoken code, when its check digit fits: what a person would type into the app."""
    return next((run for run in numbers(caption) if typed_code(run) is not None), None)


def item(caption: str, choices: tuple[str, ...]) -> str | None:
    """Which of the three numbers on the screen this caption speaks."""
    return next((run for run in numbers(caption) if run in choices), None)
