"""YAML 1.2 text -> a tree of values that know their place, under the caps of the flow language.

The tree is built from parser events, so that a hostile text is refused at the first event over
a cap, duplicate keys are seen as written (`"0"` beside `0`), and no tag builds an object.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from ivr.flow_engine.source.findings import At, Findings
from ivr.flow_engine.source.yaml_mistakes import mistake

MAX_BYTES: Final = 256 * 1024
MAX_NESTING: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """`value` is what YAML 1.2 (core schema, without floats) makes of the text."""

    text: str
    value: str | int | bool | None
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    items: tuple["Value", ...]
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`keys` holds the place of each key."""

    entries: Mapping[str, "Value"]
    keys: Mapping[str, At]
    at: At


Value: TypeAlias = Scalar | Items | Table

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
# Plain text that YAML readers turn into numbers, dates or something else again: must be quoted.
_LOOKS_LIKE_NUMBER = re.compile(
    r"0[0-9_]+|0[xo][0-9a-fA-F_]+|\+[0-9].*|[0-9][0-9_-]*[_-][0-9].*|[0-9]{1,2}:[0-9]{2}.*"
    r"|[-+]?[0-9]*\.[0-9].*|[-+]?[0-9]+\.|[0-9]{19,}|[0-9.]+[eE][-+]?[0-9]+|[-+]?\.(inf|nan)",
    re.IGNORECASE | re.ASCII,
)
_KEY_LOOKS_LIKE_NUMBER = re.compile(r"[-+]?[0-9].*|true|false|null|~|", re.IGNORECASE | re.ASCII)


def read_document(text: str, file: str, findings: Findings) -> Value | None:
    """The tree, or None after a finding that leaves nothing to look at."""
    start = At(file=file, line=1, col=1)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        findings.add(start, "F005.size", limit="256 kB")
        return None
    if not unicodedata.is_normalized("NFC", text):
        findings.add(_first_not_nfc(text, file), "F005.nfc")
        return None
    builder = _Builder(file=file, findings=findings)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if not builder.take(event):
                return None
    except (YAMLError, ValueError, IndexError, AttributeError, TypeError, AssertionError) as error:
        # The parser meets control characters and broken escapes with several kinds of error.
        made = mistake(error, text)
        findings.add(At(file=file, line=made.line, col=made.col), made.rule, **made.facts)
        return None
    if builder.root is None:
        findings.add(start, "F001.empty")
    return builder.root


def plain(value: Value) -> object:
    """The values alone, as JSON would have them: what a version is computed from."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Items):
        return [plain(item) for item in value.items]
    return {name: plain(entry) for name, entry in value.entries.items()}


def _first_not_nfc(text: str, file: str) -> At:
    for number, line in enumerate(text.splitlines(), start=1):
        if not unicodedata.is_normalized("NFC", line):
            return At(file=file, line=number, col=1)
    return At(file=file, line=1, col=1)


class _Open:
    """A mapping or sequence whose end has not come yet."""

    __slots__ = ("at", "items", "key", "keys", "mapping", "table")

    def __init__(self, *, mapping: bool, at: At) -> None:
        self.mapping = mapping
        self.at = at
        self.items: list[Value] = []
        self.table: dict[str, Value] = {}
        self.keys: dict[str, At] = {}
        self.key: Scalar | None = None

    def close(self) -> Value:
        if self.mapping:
            return Table(entries=self.table, keys=self.keys, at=self.at)
        return Items(items=tuple(self.items), at=self.at)


class _Builder:
    def __init__(self, *, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._open: list[_Open] = []
        self._documents = 0
        self.root: Value | None = None

    def take(self, event: Any) -> bool:
        """False when reading must stop here."""
        at = At(file=self._file, line=event.start_mark.line + 1, col=event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._findings.add(at, "F005.documents")
                return False
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._findings.add(at, "F005.anchor")
            return False
        if getattr(event, "tag", None):
            self._findings.add(at, "F005.tag")
            return False
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            return self._begin(isinstance(event, MappingStartEvent), at)
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            return self._place(self._open.pop().close())
        if isinstance(event, ScalarEvent):
            return self._place(self._scalar(event, at))
        return True

    def _begin(self, mapping: bool, at: At) -> bool:
        if len(self._open) >= MAX_NESTING:
            self._findings.add(at, "F005.nesting", limit=MAX_NESTING)
            return False
        if self._open and self._open[-1].mapping and self._open[-1].key is None:
            self._findings.add(at, "F001.type", name="key", wanted="text")
            return False
        self._open.append(_Open(mapping=mapping, at=at))
        return True

    def _scalar(self, event: Any, at: At) -> Scalar:
        quoted = event.style is not None
        text = str(event.value)
        is_key = bool(self._open) and self._open[-1].mapping and self._open[-1].key is None
        looks = _KEY_LOOKS_LIKE_NUMBER if is_key else _LOOKS_LIKE_NUMBER
        if not quoted and looks.fullmatch(text):
            self._findings.add(at, "F003", found=text)
            return Scalar(text=text, value=text, at=at)
        return Scalar(text=text, value=text if quoted else _resolve(text), at=at)

    def _place(self, value: Value) -> bool:
        if not self._open:
            self.root = value
            return True
        top = self._open[-1]
        if not top.mapping:
            top.items.append(value)
        elif top.key is None:
            assert isinstance(value, Scalar)
            top.key = value
        else:
            name = top.key.text
            if name in top.keys:
                self._findings.add(top.key.at, "F002", name=name, line=top.keys[name].line)
            else:
                top.table[name] = value
                top.keys[name] = top.key.at
            top.key = None
        return True


def _resolve(text: str) -> str | int | bool | None:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    return int(text) if _INT.match(text) else text
