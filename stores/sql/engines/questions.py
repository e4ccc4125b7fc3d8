"""Questions and orders of the hot paths, put into words once and said to the driver itself.

What a statement is in a database's own words, how its values go there and how they come back are
SQLAlchemy's; only its machinery around each execution, several times the cost of what SQLite does,
is left out. Tests hold the answers, and what has been written, equal to the library's.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Given: TypeAlias = Mapping[str, Any]
_Statement: TypeAlias = Select[Any] | Insert | Update | Delete
_Convert: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A statement in the words of one database. `names`: its values in order, None by name."""

    text: str
    names: Sequence[str] | None
    _fixed: Given = field(repr=False)
    _into: Sequence[tuple[str, _Convert | None]] = field(repr=False)

    def values(self, given: Given) -> Any:
        """What the driver takes, with what the statement itself holds. KeyError for one that is
        missing."""
        if self._fixed:
            given = {**self._fixed, **given}
        if self.names is None:
            return {name: into(given[name]) if into else given[name] for name, into in self._into}
        return [into(given[name]) if into else given[name] for name, into in self._into]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded(Words):
    """A question, with how its rows come back."""

    _read: Sequence[tuple[int, _Convert]] = field(repr=False)
    _row: Callable[[Any], Any] = field(repr=False)

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


class Order:
    """An INSERT, UPDATE or DELETE with bound parameters, for `Connection.tell`. One for all
    databases of a process."""

    def __init__(self, statement: Insert | Update | Delete) -> None:
        # The rows that it writes are known to who writes them: nothing has to come back.
        self.statement: Final = statement.inline() if isinstance(statement, Insert) else statement
        self._worded: dict[str, Words] = {}

    def worded(self, dialect: Dialect) -> Words:
        known = self._worded.get(dialect.name)
        if known is None:
            known = self._worded[dialect.name] = Words(**_words(self.statement, dialect))
        return known


def failed(words: Words, failure: Exception, dialect: Dialect) -> BaseException:
    """What the driver raised as the library raises it, without the values."""
    known: Any = dialect.loaded_dbapi
    return DBAPIError.instance(
        words.text, None, failure, known.Error, hide_parameters=True, dialect=dialect
    )


def _words(statement: _Statement, dialect: Dialect) -> dict[str, Any]:
    compiled = statement.compile(dialect=dialect)
    bound = {name: parameter for parameter, name in compiled.bind_names.items()}
    names = compiled.positiontup
    return {
        "text": str(compiled),
        "names": names,
        "_fixed": {name: compiled.params[name] for name, one in bound.items() if not one.required},
        "_into": [
            (name, bound[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in (bound if names is None else names)
        ],
    }


def _worded(statement: Select[Any], dialect: Dialect) -> Worded:
    columns = list(statement.selected_columns)
    out = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    row = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]  # its names are the statement's
    return Worded(
        **_words(statement, dialect),
        _read=[(place, convert) for place, convert in enumerate(out) if convert is not None],
        _row=row._make,
    )
