"""Older formats are brought up in memory, with a step that exists only here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_engine.source.documents import Table, Value, plain, read_document
from ivr.flow_engine.source.findings import At, Findings
from ivr.flow_engine.source.format_steps import ladder
from ivr.flow_engine.source.format_steps.ladder import STEPS, Edit, Step, lifted
from ivr.flow_library.bundles import bundle_of, from_json, read_bundle, to_json
from ivr.flow_linter.fixing import fixed, migrated
from ivr.flow_linter.linter import lint_flow
from tests.ivr.flow_engine.small_flow import AUDIO, FILES, site

DATA = Path(__file__).parent / "data"
OLD, NEW = ((DATA / f"ivr-flow-{n}.yaml").read_text(encoding="utf-8") for n in (0, 1))
HERE = At(file="x", line=1, col=1)


def renamed(table: Table, old: str, new: str) -> Table:
    names = {name: new if name == old else name for name in table.entries}
    return replace(
        table,
        entries={names[name]: value for name, value in table.entries.items()},
        keys={names.get(name, name): at for name, at in table.keys.items()},
    )


def from_0(table: Table) -> Table:
    """`first` became `start`, the kind `speak` became `say`."""
    table = renamed(table, "first", "start")
    nodes = table.entries.get("nodes")
    if not isinstance(nodes, Table):
        return table
    lifted_nodes: dict[str, Value] = {
        name: renamed(node, "speak", "say") if isinstance(node, Table) else node
        for name, node in nodes.entries.items()
    }
    entries = {**table.entries, "nodes": replace(nodes, entries=lifted_nodes)}
    return replace(table, entries=entries)


def edits_from_0(table: Table) -> Iterator[Edit]:
    yield Edit(at=table.keys["first"], old="first", new="start")
    nodes = table.entries["nodes"]
    assert isinstance(nodes, Table)
    for node in nodes.entries.values():
        if isinstance(node, Table) and "speak" in node.keys:
            yield Edit(at=node.keys["speak"], old="speak", new="say")


STEP = Step(schema="ivr-flow", number=0, lift=from_0, edits=edits_from_0)


@pytest.fixture
def with_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "STEPS", (STEP,))


def table_of(text: str) -> Table:
    found = Findings()
    table = read_document(text, "bad.yaml", found)
    assert isinstance(table, Table)
    assert not found.sorted()
    return table


def test_what_comes_out_is_what_the_data_says() -> None:
    table = lifted(table_of(OLD), "ivr-flow/0", "ivr-flow/1", (STEP,))
    assert table is not None
    assert plain(table) == plain(table_of(NEW))


@pytest.mark.usefixtures("with_step")
def test_an_older_file_is_read_with_a_warning_and_lines_of_its_own() -> None:
    linted = lint_flow({**FILES, "bad.yaml": OLD}, "bad", site(), AUDIO)
    assert linted.flow is not None
    (finding,) = [one for one in linted.findings if one.code == "F006"]
    assert (finding.line, finding.col, finding.severity) == (2, 9, "W")
    assert (
        linted.flow.main.nodes["hi"].line
        == OLD.splitlines().index("  hi: {speak: hello, next: desk}") + 1
    )
    wrong = OLD.replace("speak: hello", "speak: helo")
    (error,) = lint_flow({**FILES, "bad.yaml": wrong}, "bad", site(), AUDIO).errors
    assert (error.code, error.line) == ("P001", linted.flow.main.nodes["hi"].line)


@pytest.mark.usefixtures("with_step")
def test_published_texts_stay_as_they_were_and_keep_their_version() -> None:
    files = {**FILES, "bad.yaml": OLD}
    flow = lint_flow(files, "bad", site(), AUDIO).flow
    assert flow is not None
    # As an earlier program published it, before the new format was there.
    earlier = replace(bundle_of(flow, files, AUDIO), version="f" * 64)
    kept = from_json(to_json(earlier))
    assert kept is not None
    assert kept.files["bad.yaml"] == OLD
    read = read_bundle(kept)
    assert read is not None
    assert read.version == "f" * 64
    assert read.main.nodes == flow.main.nodes


@pytest.mark.usefixtures("with_step")
def test_the_file_is_brought_up_where_it_stands() -> None:
    commented = OLD.replace("title: ", "title:   ").replace("\n", "   # kept\n", 3)
    found = fixed({**FILES, "bad.yaml": commented}, {}, "site.yaml", ["bad"])
    expected = commented.replace("ivr-flow/0", "ivr-flow/1").replace("first:", "start:", 1)
    assert found == {"bad.yaml": expected.replace("{speak:", "{say:")}
    linted = lint_flow({**FILES, **found}, "bad", site(), AUDIO)
    assert "F006" not in [one.code for one in linted.findings]
    assert fixed({**FILES, **found}, {}, "site.yaml", ["bad"]) == {}


def test_steps_follow_one_another_in_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    later = Step(schema="ivr-flow", number=1, lift=lambda table: table, edits=lambda table: ())
    monkeypatch.setattr(ladder, "STEPS", (later, STEP))
    text = migrated(OLD, "bad.yaml")
    assert text.splitlines()[1:] != OLD.splitlines()[1:]
    assert "schema: ivr-flow/2\n" in text
    assert migrated(text, "bad.yaml") == text


@pytest.mark.parametrize(
    "edits",
    [
        lambda table: (),  # forgets what the step does
        lambda table: [Edit(at=table.keys["first"], old="frist", new="start")],
        lambda table: [*edits_from_0(table), Edit(at=table.keys["title"], old="title", new="id")],
    ],
)
def test_a_text_that_would_read_as_something_else_stays(
    monkeypatch: pytest.MonkeyPatch, edits: Callable[[Table], Iterable[Edit]]
) -> None:
    monkeypatch.setattr(ladder, "STEPS", (replace(STEP, edits=edits),))
    assert migrated(OLD, "bad.yaml") == OLD


def test_without_a_step_an_older_file_is_refused() -> None:
    linted = lint_flow({**FILES, "bad.yaml": OLD}, "bad", site(), AUDIO)
    assert linted.flow is None
    assert "F001" in [one.code for one in linted.errors]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("ivr-flow/2", "ivr-flow/1"),
        ("ivr-flow/1", "ivr-flow/1"),
        ("ivr-site/0", "ivr-flow/1"),
        ("ivr-flow/0", "ivr-flow/2"),  # one step is missing
        ("ivr-flow/x", "ivr-flow/1"),
        ("", "ivr-flow/1"),
    ],
)
def test_no_way(found: str, wanted: str) -> None:
    assert lifted(table_of(OLD), found, wanted, (STEP,)) is None


@given(st.integers(min_value=0, max_value=5), st.integers(min_value=1, max_value=5))
def test_one_number_at_a_time(first: int, count: int) -> None:
    taken: list[int] = []

    def step(number: int) -> Step:
        def lift(table: Table) -> Table:
            taken.append(number)
            return table

        return Step(schema="ivr-flow", number=number, lift=lift, edits=lambda table: ())

    steps = [step(number) for number in range(first + count, first - 1, -1)]
    empty = Table(entries={}, keys={}, at=HERE)
    done = lifted(empty, f"ivr-flow/{first}", f"ivr-flow/{first + count}", steps)
    assert done is not None
    assert plain(done) == {"schema": f"ivr-flow/{first + count}"}
    assert taken == list(range(first, first + count))


def test_every_step_of_the_product_has_its_data() -> None:
    for step in STEPS:
        for number in (step.number, step.number + 1):
            assert (DATA / f"{step.schema}-{number}.yaml").exists()
