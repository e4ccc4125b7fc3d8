"""What commands say of mistakes, in Japanese: whole lines, or what stands behind `NAME: `.

The English words are said where the mistake is found; names and values in them are kept.
Light to import: the fallback starts with it.
"""

import re
from collections.abc import Iterator
from typing import Final

from bilingual.text import Bilingual
from kazasu.japanese.words import WORDS
from kazasu.settings.bad_settings import BadSettings


def _form(words: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, words.split("{}"))), re.DOTALL)


_FORMS: Final = tuple((_form(english), japanese) for english, japanese in WORDS)


def bilingual(line: str) -> Bilingual:
    """A line as commands say it; one that has no Japanese here is English in both."""
    return Bilingual(en=line, ja=japanese(line) or line)


def japanese(line: str) -> str:
    """ "" for words that are not known here."""
    for form, words in _FORMS:
        match = form.fullmatch(line)
        if match:
            return words.format(*(part or "" for part in match.groups()))
    place, colon, rest = line.partition(": ")
    behind = japanese(rest) if colon else ""
    return f"{place}: {behind}" if behind else ""


def problems(bad: BadSettings) -> Iterator[Bilingual]:
    for line in bad.problems:
        yield Bilingual(en=line, ja=bad.japanese.get(line) or japanese(line) or line)
