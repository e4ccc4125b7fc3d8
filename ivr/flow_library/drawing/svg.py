"""A flow as an SVG picture that needs nothing else: no script, no font, no other file."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from ivr.flow_library.drawing.graph import Arrow, Panel
from ivr.flow_library.drawing.layout import ROW, SPAN, WIDTH, Layout, Placed, layout

_MARGIN: Final = 24
_TITLE: Final = 30
_LETTERS: Final = 38  # in one row of a box; Japanese letters count twice
_COLOURS: Final = {
    "verify_identity": "#1a7f37",
    "route": "#0b57d0",
    "callback": "#0b57d0",
    "gather": "#8a4b00",
    "hangup": "#57606a",
    "return": "#57606a",
    "subflow": "#6639ba",
    "lookup": "#6639ba",
}
_OTHER: Final = "#24292f"
_STYLE: Final = (
    "text{font:11px sans-serif;fill:#1f2328}.h{font-weight:bold;font-size:12px}"
    ".k{fill:#57606a}.t{font-weight:bold;font-size:15px}.d{fill:#a40e26}"
    ".b{fill:#fff;stroke-width:1.4}.a{fill:none;stroke:#8c959f;stroke-width:1.2}"
)


def svg(panels: Sequence[Panel]) -> str:
    """Panels one below the other. Rows of exits link to their target, boxes have tool tips."""
    layouts = [layout(panel) for panel in panels]
    width = max((one.width for one in layouts), default=0) + 2 * _MARGIN
    height = sum(one.height + _TITLE + _MARGIN for one in layouts) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#f6f8fa"/>',
    ]
    top = _MARGIN
    for number, (panel, placed) in enumerate(zip(panels, layouts, strict=True)):
        parts.append(
            f'<g transform="translate({_MARGIN},{top})">'
            f'<text class="t" y="12">{escape(f"{panel.file}  {panel.title}")}</text>'
            f'<g transform="translate(0,{_TITLE})">'
        )
        parts += _lines(placed)
        parts += [_box(panel, one, placed, number) for one in placed.placed.values()]
        parts.append("</g></g>")
        top += placed.height + _TITLE + _MARGIN
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lines(placed: Layout) -> Iterator[str]:
    """Under the boxes, so that a line never hides words."""
    for one in placed.placed.values():
        for number, arrow in enumerate(one.box.arrows):
            target = placed.placed.get(arrow.target)
            if target is not None and 0 < target.column - one.column <= SPAN:
                yield _line(one.x + WIDTH, one.row(number), target.x, target.y + ROW)


def _line(x: int, y: int, to_x: int, to_y: int) -> str:
    bend = (to_x - x) // 2
    return (
        f'<path class="a" d="M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"/>'
        f'<path fill="#8c959f" d="M{to_x} {to_y}l-7 -3v6z"/>'
    )


def _box(panel: Panel, one: Placed, placed: Layout, number: int) -> str:
    box, colour = one.box, _COLOURS.get(one.box.kind, _OTHER)
    start = ' stroke-dasharray="none" stroke-width="3"' if box.id == panel.start else ""
    about = f"{box.kind} · L{box.line}"
    parts = [
        f'<g id="p{number}-{box.id}"><title>{escape(f"{panel.file}:{box.line} {box.id}")}</title>',
        f'<rect class="b" x="{one.x}" y="{one.y}" width="{WIDTH}" height="{one.height}" rx="5" '
        f'stroke="{colour}"{start}/>',
        f'<rect x="{one.x}" y="{one.y}" width="4" height="{one.height}" fill="{colour}"/>',
        _text(one.x + 12, one.y + 15, box.id, "h"),
        f'<text class="k" x="{one.x + WIDTH - 8}" y="{one.y + 15}" text-anchor="end">'
        f"{escape(about)}</text>",
        _text(one.x + 12, one.y + 30, _cut(box.words, _LETTERS), "k"),
    ]
    for row, arrow in enumerate(box.arrows):
        parts.append(_row(one, one.row(row) + 4, arrow, placed, number))
    return "".join([*parts, "</g>"])


def _row(one: Placed, y: int, arrow: Arrow, placed: Layout, number: int) -> str:
    target = f"→ {arrow.target}"
    if arrow.count is not None:
        dropped = f" −{arrow.count.dropped}" if arrow.count.dropped else ""
        target = f"{arrow.count.calls}{dropped} {target}"
    room = _LETTERS - len(target) - 1
    words = (
        _text(one.x + 12, y, _cut(arrow.label, max(room, 4)), "")
        + f'<text class="k" x="{one.x + WIDTH - 8}" y="{y}" text-anchor="end">'
        f"{escape(target)}</text>"
    )
    if arrow.target not in placed.placed:
        return words
    tip = escape(f"{', '.join(arrow.exits)} → {arrow.target}")
    return f"<a href={quoteattr(f'#p{number}-{arrow.target}')}>{words}<title>{tip}</title></a>"


def _text(x: int, y: int, words: str, style: str) -> str:
    name = f' class="{style}"' if style else ""
    return f'<text{name} x="{x}" y="{y}">{escape(words)}</text>'


def _cut(words: str, letters: int) -> str:
    room = letters
    for place, letter in enumerate(words):
        room -= 1 if letter.isascii() else 2
        if room < 0:
            return words[: max(place - 1, 1)] + "…"
    return words
