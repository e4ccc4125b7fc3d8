"""Questions that every webhook asks, put into words once and asked at the driver itself.

What a question is in a database's own words, how its values go there and how they come back are
SQLAlchemy's; only its machinery around each execution, several times the cost of SQLite's answer,
is left out. Tests hold the answers equal to the library's.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import Dialect, Select

Given: TypeAlias = Mapping[str, Any]
_Convert: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A question in the words of one database. `names`: its values in order, None by name."""

    text: str
    names: Sequence[str] | None
    _fixed: Given = field(repr=False)
    _given: Mapping[str, _Convert] = field(repr=False)
    _read: Sequence[tuple[int, _Convert]] = field(repr=False)
    _row: Callable[[Any], Any] = field(repr=False)

    def values(self, given: Given) -> Any:
        """What the driver takes, with what the statement itself holds."""
        all_of_them = {**self._fixed, **given}
        for name, convert in self._given.items():
            all_of_them[name] = convert(all_of_them[name])
        if self.names is None:
            return all_of_them
        return [all_of_them[name] for name in self.names]

    def row(self, raw: Sequence[Any]) -> Any:
        """A row as the library gives it: its columns by name."""
        if not self._read:
            return self._row(raw)
        read = list(raw)
        for place, convert in self._read:
            read[place] = convert(read[place])
        return self._row(read)


class Question:
    """A SELECT with bound parameters, for `Database.ask`. One for all databases of a process."""

    def __init__(self, statement: Select[Any]) -> None:
        self.statement: Final = statement
        self._worded: dict[str, Worded] = {}

    def worded(self, dialect: Dialect) -> Worded:
        known = self._worded.get(dialect.name)
        if known is None:
            known = self._worded[dialect.name] = _worded(self.statement, dialect)
        return known


def _worded(statement: Select[Any], dialect: Dialect) -> Worded:
    compiled = statement.compile(dialect=dialect)
    columns = list(statement.selected_columns)
    into = {
        name: bound.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bound in compiled.binds.items()
    }
    out = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    row = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]  # its names are the statement's
    return Worded(
        text=str(compiled),
        names=compiled.positiontup,
        _fixed=dict(compiled.params),
        _given={name: convert for name, convert in into.items() if convert is not None},
        _read=[(place, convert) for place, convert in enumerate(out) if convert is not None],
        _row=row._make,
    )
