"""`# allow P006 reason` at the end of a line accepts a warning that is found on that line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.flow_engine.source.documents import Items, Scalar, Table, Value
from ivr.flow_engine.source.findings import At, Found, found
from ivr.flow_linter.catalogue import BY_CODE
from ivr.flow_linter.rule import Severity

_ALLOW: Final = re.compile(r"(?:^|\s)#\s*allow\s+([A-Za-z][0-9]{3})\b[ \t]*(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """`at` is where the comment begins."""

    at: At
    code: str
    reason: str


def read_allows(file: str, text: str, root: Value | None) -> Iterator[Allow]:
    """`root` is the document as read: what stands inside a text of it is no comment."""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        match = _ALLOW.search(line)
        if match is None or _spoken(root, number, match[0].strip()):
            continue
        col = line.index("#", match.start()) + 1
        at = At(file=file, line=number, col=col)
        yield Allow(at=at, code=match[1].upper(), reason=match[2].strip())


def accept(
    found_here: Iterable[Found], allows: Sequence[Allow]
) -> tuple[tuple[Found, ...], tuple[Allow, ...]]:
    """What is left of the findings, and the allows that accepted one."""
    by_place = {(a.at.file, a.at.line, a.code): a for a in allows if a.reason}
    left: list[Found] = []
    used: dict[Allow, None] = {}
    for one in found_here:
        allow = by_place.get((one.at.file, one.at.line, one.code))
        if allow is None or BY_CODE[one.code].severity is Severity.ERROR:
            left.append(one)
        else:
            used[allow] = None
    return tuple(left), tuple(used)


def judged(allows: Iterable[Allow], used: Iterable[Allow], *, all_found: bool) -> Iterator[Found]:
    """A001. Whether an allow is of use is known only where every rule was asked (`all_found`)."""
    needed = set(used)
    for allow in allows:
        rule = BY_CODE.get(allow.code)
        if rule is None:
            yield found(allow.at, "A001.unknown", code=allow.code)
        elif rule.severity is Severity.ERROR:
            yield found(allow.at, "A001.error", code=allow.code)
        elif not allow.reason:
            yield found(allow.at, "A001.reason", code=allow.code)
        elif all_found and allow not in needed:
            yield found(allow.at, "A001.unused", code=allow.code)


def _spoken(root: Value | None, line: int, comment: str) -> bool:
    """Whether a text that began on this line or before has these words in it."""
    return any(scalar.at.line <= line and comment in scalar.text for scalar in _scalars((root,)))


def _scalars(values: Iterable[Value | None]) -> Iterator[Scalar]:
    for value in values:
        if isinstance(value, Scalar):
            yield value
        elif isinstance(value, Items):
            yield from _scalars(value.items)
        elif isinstance(value, Table):
            yield from _scalars(value.entries.values())


def by_file(files: Mapping[str, str], roots: Mapping[str, Value]) -> Iterator[Allow]:
    for file, root in roots.items():
        yield from read_allows(file, files.get(file, ""), root)
