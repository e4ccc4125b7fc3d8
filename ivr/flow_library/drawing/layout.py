"""Where boxes stand: columns by how far they are from the start, each in the order that crosses
least. Pure, and the same for the same flow.

A box lists its exits, one row each, and every row names its target: so only arrows to the next
columns are drawn as lines, and a picture of sixty nodes stays readable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.flow_library.drawing.graph import Box, Panel

WIDTH: Final = 250
ROW: Final = 16
HEAD: Final = 40
FOOT: Final = 6
_BETWEEN: Final = 22
_GUTTER: Final = 90
_SWEEPS: Final = 6
SPAN: Final = 2
"""Columns that a line may cross; a longer way is only named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    box: Box
    column: int
    x: int
    y: int

    @property
    def height(self) -> int:
        return height_of(self.box)

    def row(self, number: int) -> int:
        """The middle of the row of an arrow."""
        return self.y + HEAD + ROW * number + ROW // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    placed: Mapping[str, Placed]
    width: int
    height: int


def height_of(box: Box) -> int:
    return HEAD + ROW * len(box.arrows) + FOOT


def layout(panel: Panel) -> Layout:
    columns = _columns(panel)
    _untangle(panel, columns)
    tall = max((_tall(panel, column) for column in columns), default=0)
    placed: dict[str, Placed] = {}
    for number, column in enumerate(columns):
        y = (tall - _tall(panel, column)) // 2
        for name in column:
            box = panel.boxes[name]
            placed[name] = Placed(box=box, column=number, x=number * (WIDTH + _GUTTER), y=y)
            y += height_of(box) + _BETWEEN
    wide = len(columns) * (WIDTH + _GUTTER) - _GUTTER
    return Layout(placed=placed, width=max(wide, 0), height=tall)


def _columns(panel: Panel) -> list[list[str]]:
    """By the fewest steps from the start; what nothing leads to stands last."""
    found: list[list[str]] = []
    seen: set[str] = set()
    reached = [panel.start] if panel.start in panel.boxes else []
    while reached:
        found.append(reached)
        seen |= set(reached)
        after = (arrow.target for name in reached for arrow in panel.boxes[name].arrows)
        reached = [name for name in dict.fromkeys(after) if name in panel.boxes.keys() - seen]
    alone = [name for name in panel.boxes if name not in seen]
    return [*found, alone] if alone else found


def _untangle(panel: Panel, columns: list[list[str]]) -> None:
    """Each box near the middle of those it belongs to, from the left and from the right in turn."""
    into: dict[str, list[str]] = {name: [] for name in panel.boxes}
    out: dict[str, list[str]] = {name: [] for name in panel.boxes}
    for box in panel.boxes.values():
        for arrow in box.arrows:
            if arrow.target in panel.boxes:
                into[arrow.target].append(box.id)
                out[box.id].append(arrow.target)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        beside = into if forth else out
        steps = range(1, len(columns)) if forth else range(len(columns) - 2, -1, -1)
        for number in steps:
            near = columns[number - 1 if forth else number + 1]
            columns[number] = _sorted(columns[number], near, beside)


def _sorted(column: list[str], near: Sequence[str], beside: Mapping[str, list[str]]) -> list[str]:
    places = {name: place for place, name in enumerate(near)}

    def middle(name: str) -> float:
        there = [places[other] for other in beside[name] if other in places]
        return sum(there) / len(there) if there else column.index(name)

    return sorted(column, key=middle)


def _tall(panel: Panel, column: Sequence[str]) -> int:
    return sum(height_of(panel.boxes[name]) + _BETWEEN for name in column)
