"""What the reader met in a text, and where. Words are given by the rules of `ivr.flow_linter`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MOST: Final = 500  # findings of one reading; nobody reads more, and one is enough to refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A place in a file; line and column count from 1, a column is one character."""

    file: str
    line: int
    col: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`code` is a rule of the flow language (F001 ...), `case` which of its mistakes, empty where
    it knows only one; `facts` fill the texts of that case."""

    at: At
    code: str
    case: str
    facts: Mapping[str, str]


def found(at: At, rule: str, **facts: object) -> Found:
    """`rule` is `<code>` or `<code>.<case>`."""
    code, _, case = rule.partition(".")
    shown = {name: str(value) for name, value in facts.items()}
    return Found(at=at, code=code, case=case, facts=shown)


@dataclass(slots=True, kw_only=True)
class Findings:
    """Collects what is found while texts are read; the same at the same place counts once."""

    found: dict[tuple[object, ...], Found] = field(default_factory=dict)

    def add(self, at: At, rule: str, **facts: object) -> None:
        """`rule` is `<code>` or `<code>.<case>`; facts fill its texts."""
        self.take(found(at, rule, **facts))

    def take(self, one: Found) -> None:
        if len(self.found) < MOST:
            key = (one.at, one.code, one.case, *sorted(one.facts.items()))
            self.found.setdefault(key, one)

    def sorted(self) -> tuple[Found, ...]:
        return tuple(sorted(self.found.values(), key=_order))


def _order(one: Found) -> tuple[str, int, int, str]:
    return one.at.file, one.at.line, one.at.col, one.code
