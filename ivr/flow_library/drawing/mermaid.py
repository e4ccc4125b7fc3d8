"""A flow as a Mermaid flowchart: for pages and reviews that draw it themselves."""

from collections.abc import Sequence
from typing import Final

from ivr.flow_library.drawing.graph import Arrow, Box, Panel

# Beside the default of 500 arrows a page may set its own; this one is for large flows.
_HEAD: Final = "%%{init: {'maxEdges': 5000, 'flowchart': {'curve': 'basis'}}}%%"
_SHAPES: Final = {
    "gather": ("[/", "/]"),
    "branch": ("{", "}"),
    "hours": ("{", "}"),
    "count": ("{", "}"),
    "verify_identity": ("[[", "]]"),
    "lookup": ("[(", ")]"),
    "route": ("([", "])"),
    "callback": ("([", "])"),
    "subflow": ("[[", "]]"),
    "hangup": ("((", "))"),
    "return": ("((", "))"),
}


def mermaid(panels: Sequence[Panel]) -> str:
    lines = [_HEAD, "flowchart TD"]
    for number, panel in enumerate(panels):
        if len(panels) > 1:
            lines.append(f'  subgraph p{number}["{_quoted(f"{panel.file} {panel.title}")}"]')
        lines += [f"    {_box(number, box)}" for box in panel.boxes.values()]
        lines += [
            f"    {_name(number, box.id)} -->{_label(arrow)} {_name(number, arrow.target)}"
            for box in panel.boxes.values()
            for arrow in box.arrows
        ]
        if len(panels) > 1:
            lines.append("  end")
    return "\n".join(lines) + "\n"


def _box(panel: int, box: Box) -> str:
    left, right = _SHAPES.get(box.kind, ("[", "]"))
    words = f"<br/>{_quoted(box.words)}" if box.words else ""
    text = f"<b>{box.id}</b><br/>{box.kind} · L{box.line}{words}"
    return f'{_name(panel, box.id)}{left}"{text}"{right}'


def _label(arrow: Arrow) -> str:
    count = ""
    if arrow.count is not None:
        dropped = f", −{arrow.count.dropped}" if arrow.count.dropped else ""
        count = f" ({arrow.count.calls}{dropped})"
    return f'|"{_quoted(arrow.label + count)}"|'


def _name(panel: int, node: str) -> str:
    """A node's id may be a word of Mermaid (`end`); with its panel it never is."""
    return f"n{panel}_{node}"


def _quoted(text: str) -> str:
    escapes = {"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}
    return "".join(escapes.get(char, char) for char in text)
