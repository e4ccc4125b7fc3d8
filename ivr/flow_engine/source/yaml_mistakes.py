"""What a YAML parser stumbled over, as one of the mistakes that people make, where they made it.

The parser says where it could not go on; what is wrong often stands earlier: a quote that nobody
closed is found at the end of the file. Its own words are shown to nobody.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """`rule` is `<code>.<case>` of the linter; line and column count from 1."""

    rule: str
    line: int = 1
    col: int = 1
    facts: Mapping[str, object] = field(default_factory=dict)


_Place: TypeAlias = tuple[int, int]
MAX_INDENT: Final = 1000
_HAS_KEY: Final = re.compile(r"""^[^#"']*:\s+\S""")
_BRACKETS: Final = {"}": "{", "]": "["}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stumbled:
    """The parser's report. `at` is where it could not go on, `since` where that began."""

    problem: str
    context: str
    at: _Place
    since: _Place
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def sign(self, place: _Place) -> str:
        return self.line(place[0])[place[1] : place[1] + 1]

    def told(self, case: str, place: _Place | None = None, **facts: object) -> Mistake:
        line, col = place or self.at
        return Mistake(rule=f"F001.{case}", line=line + 1, col=col + 1, facts=facts)


def mistake(error: Exception, text: str) -> Mistake:
    if isinstance(error, ReaderError):
        return _control_character(error, text)
    if not isinstance(error, MarkedYAMLError):
        return Mistake(rule="F001.yaml")
    mark = error.problem_mark or error.context_mark
    since = error.context_mark or mark
    if mark is None or since is None:
        return Mistake(rule="F001.yaml")
    stumbled = _Stumbled(
        problem=str(error.problem or ""),
        context=str(error.context or ""),
        at=(mark.line, mark.column),
        since=(since.line, since.column),
        lines=tuple(text.splitlines()),
    )
    for said, tells in _TABLE:
        if said in stumbled.problem or said in stumbled.context:
            return tells(stumbled)
    return stumbled.told("yaml")


def _control_character(error: ReaderError, text: str) -> Mistake:
    """The parser's place is one in its buffer; the first of them in the text is meant."""
    place = text.find(chr(error.character)) if isinstance(error.character, int) else -1
    before = text[: max(place, 0)]
    line = before.count("\n")
    col = len(before) - (before.rfind("\n") + 1)
    code = f"U+{error.character:04X}" if isinstance(error.character, int) else "?"
    return Mistake(rule="F001.control", line=line + 1, col=col + 1, facts={"found": code})


def _colon(it: _Stumbled) -> Mistake:
    """`key: a: b`, or a key under something that takes none."""
    if _HAS_KEY.match(it.line(it.at[0])[: it.at[1]]):
        return it.told("colon")
    return _wide_colon(it, it.at[0] - 1) or it.told("unexpected_key", line=it.at[0])


def _no_colon(it: _Stumbled) -> Mistake:
    return _wide_colon(it, it.since[0]) or it.told("no_colon", it.since)


def _wide_colon(it: _Stumbled, number: int) -> Mistake | None:
    line = it.line(number)
    wide = line.find("：")
    return it.told("wide_colon", (number, wide)) if wide >= 0 and ":" not in line else None


def _block_end(it: _Stumbled) -> Mistake:
    """A block goes on with something that is no line of it."""
    sign = it.sign(it.at)
    if sign in _BRACKETS:
        return it.told("closes_nothing", found=sign)
    if "<scalar>" in it.problem:
        return it.told("after_quote")
    return _indentation(it)


def _indentation(it: _Stumbled) -> Mistake:
    """Which columns a line here could have: those of the lines that it stands within."""
    here, open_lines, last = it.at[1], dict[int, str](), MAX_INDENT
    for line in reversed(it.lines[: it.at[0]]):
        words = line.lstrip(" ")
        indent = len(line) - len(words)
        if words and not words.startswith("#") and indent < last:
            open_lines[indent] = words
            last = indent
    if open_lines.get(here, "").startswith("- "):
        return it.told("beside_dashes")
    return it.told("indentation", count=here, fits=", ".join(map(str, sorted(open_lines))))


def _bracket(it: _Stumbled) -> Mistake:
    """Between { } or [ ]: a comma is missing on the line, or the end is."""
    opened = it.sign(it.since)
    if it.at[0] == it.since[0] and "<stream end>" not in it.problem:
        return it.told("no_comma", found=opened)
    return it.told("unclosed", it.since, found=opened)


def _no_value(it: _Stumbled) -> Mistake:
    sign = it.sign(it.at)
    if sign in _BRACKETS:
        return it.told("closes_nothing", found=sign)
    return _begins(it) if sign else it.told("yaml")


def _begins(it: _Stumbled) -> Mistake:
    sign = it.sign(it.at)
    return it.told("tab") if sign == "\t" else it.told("begins", found=sign)


_TABLE: Final[tuple[tuple[str, Callable[[_Stumbled], Mistake]], ...]] = (
    ("while scanning a quoted scalar", lambda it: it.told("unclosed_quote", it.since)),
    ("while scanning a double-quoted scalar", lambda it: it.told("escape")),
    ("while scanning an alias", lambda it: it.told("begins", it.since, found=it.sign(it.since))),
    ("while scanning an anchor", lambda it: it.told("begins", it.since, found=it.sign(it.since))),
    ("tag", lambda it: it.told("begins", it.since, found="!")),
    ("while scanning a block scalar", lambda it: it.told("block_text", it.since)),
    ("more indented follow up line", lambda it: it.told("block_text", it.since)),
    ("that cannot start any token", _begins),
    ("mapping values are not allowed here", _colon),
    ("could not find expected ':'", _no_colon),
    ("sequence entries are not allowed here", lambda it: it.told("list_beside_key")),
    ("but got", _bracket),
    ("expected <block end>", _block_end),
    ("expected the node content", _no_value),
)
"""What the parser's words hold, and what that is; the first that fits."""
