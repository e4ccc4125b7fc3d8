"""Older formats are brought up one number at a time, in memory: what was published is never
rewritten, and a designer's file only by the designer.

A step from `ivr-flow/1` to `ivr-flow/2` is a file `from_1.py` here with its pure functions, its
line in STEPS, and its test data: a document before and after. The schemas of `ivr-site`,
`ivr-prompts` and `ivr-tests` have numbers and steps of their own. Values keep their places, so that
findings still name the line in the file.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ivr.flow_engine.source.documents import Scalar, Table
from ivr.flow_engine.source.findings import At

OLDER: Final = "F006"
"""Found where a file has an older number. It blocks nothing."""

_SCHEMA: Final = re.compile(r"(ivr-[a-z]{1,20})/([0-9]{1,4})\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """In the text of a file, `old` becomes `new` where `old` stands, with or without quotes."""

    at: At
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`lift` takes a document of `schema`/`number` to the next number; it need not change `schema`
    itself, and must not fail on anything that YAML can hold: the reader judges what comes out.
    `edits` does the same to the text of the file, for a tool that keeps its comments."""

    schema: str
    number: int
    lift: Callable[[Table], Table]
    edits: Callable[[Table], Iterable[Edit]]


STEPS: Final[tuple[Step, ...]] = ()
"""Every format has the number 1 so far: there is nothing older."""


def next_step(found: str, steps: Sequence[Step]) -> Step | None:
    """The step that begins at a format such as `ivr-flow/1`."""
    old = _SCHEMA.match(found)
    ways = [s for s in steps if old is not None and (s.schema, s.number) == (old[1], int(old[2]))]
    return ways[0] if ways else None


def lifted(table: Table, found: str, wanted: str, steps: Sequence[Step]) -> Table | None:
    """The document in the wanted format; None when no steps lead there, as from a newer one."""
    old, new = _SCHEMA.match(found), _SCHEMA.match(wanted)
    if old is None or new is None or old[1] != new[1] or int(old[2]) >= int(new[2]):
        return None
    ways = {step.number: step.lift for step in steps if step.schema == new[1]}
    for number in range(int(old[2]), int(new[2])):
        if number not in ways:
            return None
        table = ways[number](table)
    at = table.entries["schema"].at if "schema" in table.entries else table.at
    schema = Scalar(text=wanted, value=wanted, at=at)
    return replace(table, entries={**table.entries, "schema": schema})
