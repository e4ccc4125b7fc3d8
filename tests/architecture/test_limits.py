"""The page of limits says what the code does: every row names its constant or setting."""

import re
from dataclasses import MISSING, fields
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kazasu.settings.model import Settings

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| `(?P<value>[0-9.]+)` \| (?P<where>[^|]+) \|$", re.MULTILINE
)
ROWS = [match.groupdict() for match in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
UNITS = {", days": 86_400.0, ", hours": 3_600.0}


def _constant(where: str) -> Any:
    """`module:NAME`, or the default of a field, `module:Class.field`."""
    module, _, name = where.strip("`").partition(":")
    owner, _, field = name.partition(".")
    found = getattr(import_module(module), owner)
    if not field:
        return found
    default = next(one for one in fields(found) if one.name == field).default
    assert default is not MISSING
    return default


def _setting(name: str) -> Any:
    for field in Settings.model_fields.values():
        if name in getattr(field.validation_alias, "choices", ()):
            return field.default
    raise LookupError(name)


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['what'][:40]} {row['where'][-30:]}" for row in ROWS]
)
def test_the_page_says_what_the_code_does(row: dict[str, str]) -> None:
    where = row["where"]
    is_setting = where.startswith("setting ")
    held = _setting(where.removeprefix("setting ").strip("`")) if is_setting else _constant(where)
    if isinstance(held, timedelta):
        unit = next((unit for ends, unit in UNITS.items() if row["what"].endswith(ends)), 1.0)
        held = held.total_seconds() / unit
    assert float(held) == float(row["value"])


def test_the_page_has_all_its_rows() -> None:
    """A row that the pattern does not see would not be held to anything."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "`" in line.split("|")[2]]
    assert len(rows) == len(ROWS) > 50
