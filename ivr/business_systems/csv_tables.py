"""Lookups from CSV tables: one file per lookup, its columns are the arguments and fields.

Small directories only: a table is read whole and kept; it is read again when its file changes.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ivr.business_systems.typed_values import from_text
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.site import LookupEntry
from ivr.live_calls.ports import LookupAnswer


class BadTable(Exception):
    """A table that cannot be used: every problem with its row (row 1 is the header).

    Problems name columns and rows, never values: tables hold personal data.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """Typed rows of one lookup, by the values of its arguments."""

    entry: LookupEntry
    rows: Mapping[tuple[Scalar, ...], tuple[Mapping[str, Scalar], ...]]

    def answer(self, args: Mapping[str, Scalar]) -> LookupAnswer:
        key = tuple(args.get(name, "") for name in sorted(self.entry.args))
        found = self.rows.get(key, ())
        if not found:
            return LookupAnswer(outcome="none")
        if len(found) > 1:
            return LookupAnswer(outcome="multiple")
        return LookupAnswer(outcome="found", fields=dict(found[0]))


def read_table(text: str, entry: LookupEntry) -> CsvTable:
    """Raises BadTable with all problems at once; nothing is half-read."""
    columns = {**entry.args, **entry.fields}
    reader = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        raise BadTable((f"row {reader.line_num}: {error}",)) from error
    header = lines[0][1] if lines else []
    if sorted(header) != sorted(columns):
        raise BadTable((f"row 1: the columns must be {', '.join(columns) or '-'}",))
    problems: list[str] = []
    rows: dict[tuple[Scalar, ...], list[Mapping[str, Scalar]]] = {}
    for number, line in lines[1:]:
        if len(line) != len(header):
            problems.append(f"row {number}: {len(line)} values for {len(header)} columns")
            continue
        values: dict[str, Scalar] = {}
        for name, written in zip(header, line, strict=True):
            value = from_text(written.strip(), columns[name])
            if value is None:
                problems.append(f"row {number}: column {name} is no {columns[name]}")
            else:
                values[name] = value
        key = tuple(values.get(name, "") for name in sorted(entry.args))
        rows.setdefault(key, []).append({name: values.get(name, "") for name in entry.fields})
    if problems:
        raise BadTable(tuple(problems))
    return CsvTable(entry=entry, rows={key: tuple(found) for key, found in rows.items()})


class CsvLookups:
    """Adapter of the port `Lookups` for one tenant's tables.

    `read(name)` gives the text of a table, or None where there is none; `changed(name)` gives
    something cheap that differs after a change (a file's time and size). `entries()` are the
    declarations of the site file in force.
    """

    def __init__(
        self,
        *,
        entries: Callable[[], Mapping[str, LookupEntry]],
        read: Callable[[str], str | None],
        changed: Callable[[str], object],
    ) -> None:
        self._entries = entries
        self._read = read
        self._changed = changed
        self._tables: dict[str, tuple[object, LookupEntry, CsvTable]] = {}

    async def look_up(self, tenant: str, name: str, args: Mapping[str, Scalar]) -> LookupAnswer:
        """`error` for an unknown lookup, a missing table and one that does not read at all; a
        table that breaks later stays in force as it was last read."""
        try:
            table = self._table(name)
        except (BadTable, OSError, UnicodeDecodeError):
            return LookupAnswer(outcome="error")
        return table.answer(args) if table else LookupAnswer(outcome="error")

    def problems(self) -> dict[str, tuple[str, ...]]:
        """What is wrong with the tables, by lookup; for start-up checks and the doctor."""
        found: dict[str, tuple[str, ...]] = {}
        for name, entry in self._entries().items():
            try:
                text = self._read(name)
                if text is None:
                    found[name] = ("there is no table",)
                else:
                    read_table(text, entry)
            except BadTable as bad:
                found[name] = bad.problems
            except (OSError, UnicodeDecodeError) as error:
                found[name] = (type(error).__name__,)
        return found

    def _table(self, name: str) -> CsvTable | None:
        entry = self._entries().get(name)
        if entry is None:
            return None
        kept = self._tables.get(name)
        mark = self._changed(name)
        if kept and kept[0] == mark and kept[1] == entry:
            return kept[2]
        try:
            text = self._read(name)
            if text is None:
                return None
            table = read_table(text, entry)
        except (BadTable, OSError, UnicodeDecodeError):
            if kept and kept[1] == entry:
                self._tables[name] = (mark, entry, kept[2])
                return kept[2]
            raise
        self._tables[name] = (mark, entry, table)
        return table


def folder_tables(folder: Path) -> tuple[Callable[[str], str | None], Callable[[str], object]]:
    """`read` and `changed` for `<folder>/<lookup>.csv`."""

    def read(name: str) -> str | None:
        path = folder / f"{name}.csv"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def changed(name: str) -> object:
        try:
            found = (folder / f"{name}.csv").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    return read, changed
