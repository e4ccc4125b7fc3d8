"""Whatever the reader tells in words of its own has Japanese words too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.flow_linter.japanese_facts import WORDED, in_japanese, known
from tests.ivr.flow_engine.small_flow import FLOW, read_by_schema

ROOT = Path(__file__).parents[4]
RAISED = frozenset({"SyntaxProblem", "_WrongType", "PromptError", "MarkupError"})
ELSEWHERE = {
    *("prompt x is missing", "x has no value", "x cannot be read as x"),  # in a call only
    *("x x x", "bool x bool", "x is x"),  # comparisons of types; what `_store` of E003 says
}


def told(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            if getattr(node.exc.func, "id", "") in RAISED:
                yield from samples(node.exc.args[0])
        elif isinstance(node, ast.keyword) and node.arg in WORDED:
            yield from samples(node.value)


def samples(value: ast.expr) -> Iterator[str]:
    """The words, with `x` for every value in them; nothing for what is made elsewhere."""
    if isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "x" for one in value.values)
        yield "".join(map(str, parts))


def test_every_word_of_ours_is_known() -> None:
    rooms = [ROOT / "ivr" / name for name in ("flow_engine", "flow_linter")]
    words = {said for room in rooms for path in room.rglob("*.py") for said in told(path)}
    assert len(words) > 50
    missing = {said for said in words if not known(said) and not known(numbered(said))}
    assert missing - ELSEWHERE == set(), "put them into ivr/flow_linter/japanese_facts.py"


def numbered(said: str) -> str:
    return re.sub(r"\bx\b", "9", said)


@pytest.mark.parametrize(
    ("name", "fact", "japanese"),
    [
        ("wanted", "a table", "項目のまとまり"),
        ("problem", "expected ')' instead of 'the end'", "終わりに「)」がありません"),
        ("problem", "expected 'the end' instead of 'b'", "「b」の前で終わるはずです"),
        ("problem", "text + int", "書き方が違います"),
        ("problem", "text == int", "text == int"),
        ("problem", "a library says: no", "書き方が違います"),
        ("wanted", "a new kind of thing", "a new kind of thing"),
        ("found", "a table", "a table"),
    ],
)
def test_what_is_no_word_of_ours_stays(name: str, fact: str, japanese: str) -> None:
    assert in_japanese(name, fact) == japanese


def test_a_finding_has_them() -> None:
    (finding,) = read_by_schema(FLOW.replace("next: desk}", "next: [desk]}", 1))
    assert finding.message.en.endswith("must be text.")
    assert finding.message.ja.endswith("は 文字列 でなければなりません。")
