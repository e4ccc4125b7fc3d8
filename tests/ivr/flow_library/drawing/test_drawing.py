"""Pictures of flows: everything is in them, nothing covers anything, hostile words stay words."""

from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_library.drawing.graph import Arrow, Box, Count, Panel, panels
from ivr.flow_library.drawing.layout import WIDTH, layout
from ivr.flow_library.drawing.mermaid import mermaid
from ivr.flow_library.drawing.svg import svg
from tests.ivr.flow_library.test_difference import BEFORE

NAME = "{http://www.w3.org/2000/svg}"


def a_panel(arrows: dict[str, list[str]], **more: str) -> Panel:
    boxes = {
        name: Box(
            id=name,
            kind="say",
            line=number,
            arrows=tuple(Arrow(exits=(f"to_{to}",), target=to) for to in targets),
        )
        for number, (name, targets) in enumerate(arrows.items(), start=1)
    }
    given = {"id": "x", "title": "A title", "file": "x.yaml", "start": "n0"} | more
    return Panel(**given, boxes=boxes)


@st.composite
def any_panels(draw: st.DrawFn) -> Panel:
    names = [f"n{number}" for number in range(draw(st.integers(1, 60)))]
    targets = st.lists(st.sampled_from(names), max_size=5, unique=True)
    return a_panel({name: draw(targets) for name in names})


@given(any_panels())
def test_no_box_covers_another_and_none_is_left_out(panel: Panel) -> None:
    found = layout(panel)
    assert set(found.placed) == set(panel.boxes)
    for one, other in combinations(found.placed.values(), 2):
        apart = abs(one.x - other.x) >= WIDTH
        above, below = sorted((one, other), key=lambda box: box.y)
        assert apart or above.y + above.height < below.y
    for one in found.placed.values():
        assert 0 <= one.x <= found.width - WIDTH
        assert 0 <= one.y <= found.height - one.height
    assert layout(panel) == found


def test_columns_are_steps_from_the_start_and_what_nothing_leads_to_is_last() -> None:
    arrows = {"n0": ["a", "b"], "a": ["c"], "b": ["n0"], "c": [], "alone": ["c"]}
    placed = layout(a_panel(arrows)).placed
    columns = {name: one.column for name, one in placed.items()}
    assert columns == {"n0": 0, "a": 1, "b": 1, "c": 2, "alone": 3}


def test_a_picture_has_every_node_with_its_line_and_every_target() -> None:
    drawn = panels(BEFORE)
    root = ElementTree.fromstring(svg(drawn))  # noqa: S314  # what we wrote a moment ago
    words = [element.text or "" for element in root.iter(f"{NAME}text")]
    for body in (BEFORE.main, *BEFORE.subflows.values()):
        for node in body.nodes.values():
            assert node.id in words
            assert any(text.endswith(f"· L{node.line}") for text in words)
    assert "→ desk" in words
    links = {element.get("href", "").removeprefix("#") for element in root.iter(f"{NAME}a")}
    there = {element.get("id") for element in root.iter(f"{NAME}g")}
    assert links <= there


def test_mermaid_has_every_node_and_arrow() -> None:
    text = mermaid(panels(BEFORE))
    assert 'n0_check[["<b>check</b><br/>verify_identity · L' in text
    assert 'n0_hi -->|"next"| n0_desk' in text
    assert 'n0_end(("<b>end</b><br/>hangup · L' in text  # `end` alone is a word of Mermaid
    assert text.count("subgraph") == text.count("\n  end\n") == 2


def test_exits_that_go_one_way_are_one_arrow() -> None:
    (main, _) = panels(BEFORE)
    arrows = {arrow.target: arrow for arrow in main.boxes["check"].arrows}
    assert arrows["desk"].exits[:3] == (
        "verified",
        "verified_no_contract",
        "verified_multiple_contracts",
    )
    more = len(arrows["desk"].exits) - 2
    assert arrows["desk"].label == f"verified, verified_no_contract +{more}"
    assert Arrow(exits=("open", "closed"), target="desk").label == "open, closed"


def test_counts_of_exits_that_go_one_way_are_added() -> None:
    counts = {
        ("bad", "hi", "next"): Count(calls=7, dropped=2),
        ("bad", "check", "verified"): Count(calls=30),
        ("bad", "check", "verified_no_contract"): Count(calls=4, dropped=1),
    }
    drawn = panels(BEFORE, counts)
    assert 'n0_hi -->|"next (7, −2)"| n0_desk' in mermaid(drawn)
    assert "(34, −1)" in mermaid(drawn)
    assert "7 −2 → desk" in svg(drawn)
    assert "0 → " in svg(drawn)


@pytest.mark.parametrize("title", ['a "b" <script>x</script> & c', "]]> --> %%{init}"])
def test_hostile_words_stay_words(title: str) -> None:
    panel = a_panel({"n0": ["n0"]}, title=title)
    root = ElementTree.fromstring(svg([panel]))  # noqa: S314  # what we wrote a moment ago
    assert next(root.iter(f"{NAME}text")).text == f"x.yaml  {title}"
    assert not list(root.iter(f"{NAME}script"))
    drawn = mermaid([panel, panel])
    assert "<script>" not in drawn
    assert '"b"' not in drawn
