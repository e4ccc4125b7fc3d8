"""The documents and the dashboard speak of the metrics and reasons that there are, and of all."""

import json
import re
from pathlib import Path

import pytest

from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.wiring import readiness
from tests.kazasu.deployment import ROOT

DOCS = ROOT / "docs"
NAME = re.compile(r"kazasu_[a-z_]+")


def known() -> set[str]:
    registry = new_registry()
    Instruments(registry, routes=(), reasons=())
    return {
        name
        for metric in registry.collect()
        for name in (metric.name + ("_total" if metric.type == "counter" else ""),)
        if name.startswith("kazasu_")
    }


def named(path: Path) -> set[str]:
    found = NAME.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"_seconds_(bucket|count|sum)$", "_seconds", name) for name in found}


@pytest.mark.parametrize("name", ["operations.md", "operations.ja.md"])
def test_each_language_names_every_metric_and_every_reason(name: str) -> None:
    assert named(DOCS / name) == known()
    text = (DOCS / name).read_text(encoding="utf-8")
    assert [reason for reason in readiness.REASONS if f"`{reason}`" not in text] == []


def test_both_languages_have_the_same_alarms() -> None:
    """Also their number: an expression that asks wrongly in one language rings nobody."""
    rows = r"^\| [^|`]+ \| `((?:[^`|]|\\\|)+)` \|$"
    english, japanese = (
        re.findall(rows, (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
        for name in ("operations.md", "operations.ja.md")
    )
    assert english == japanese
    assert len(english) == 14


def test_the_dashboard_asks_only_for_what_there_is() -> None:
    path = DOCS / "dashboard.json"
    board = json.loads(path.read_text(encoding="utf-8"))
    assert named(path) <= known()
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
