"""A mistake in the YAML is told where it was made, in our own words."""

import pytest

from ivr.flow_linter.yaml_words import CASES
from tests.ivr.flow_engine.small_flow import read_by_schema

HEAD = "schema: ivr-flow/1\n"
TOLD: list[tuple[str, str, int, int]] = [
    ('a: "abc\nb: 1\n', "unclosed_quote", 1, 4),
    ("a: 'abc", "unclosed_quote", 1, 4),
    ('a: "x\n---\n"\n', "unclosed_quote", 1, 4),
    ('a: "x" y\n', "after_quote", 1, 8),
    ("a: 'it's'\n", "after_quote", 1, 8),
    ('a: "\\q"\n', "escape", 1, 6),
    ("a: {say: x, b: 1\nc: 2\n", "unclosed", 1, 4),
    ("a: [1, 2", "unclosed", 1, 4),
    ("a: {x: 1}}\n", "closes_nothing", 1, 10),
    ("a: ]\n", "closes_nothing", 1, 4),
    ("a: {say: x y: z}\n", "no_comma", 1, 13),
    ('a: ["x" "y"]\n', "no_comma", 1, 9),
    ("say: 番号: 1\n", "colon", 1, 8),
    ('a: "x": y\n', "colon", 1, 7),
    ("a：1\nb: 2\n", "wide_colon", 1, 2),
    ("b: 2\na：1\nc: 3\n", "wide_colon", 2, 2),
    ("a: 1\n  b: 2\n", "unexpected_key", 2, 4),
    ("a:1\nb: 2\n", "unexpected_key", 2, 2),
    ("a: 1\nfoo\nb: 2\n", "no_colon", 2, 1),
    ("a: |\n b\nc\n", "no_colon", 3, 1),
    ("a: - b\n", "list_beside_key", 1, 4),
    ("a:\n  b: 1\n c: 2\n", "indentation", 3, 2),
    ("a:\n  - x\n - y\n", "indentation", 3, 2),
    ("a:\n  - x\n  b: 1\n", "beside_dashes", 3, 3),
    ("a: |x\n  b\n", "block_text", 1, 4),
    ("a: >5x\n", "block_text", 1, 4),
    ("a: @x\n", "begins", 1, 4),
    ("a: %x\n", "begins", 1, 4),
    ("a: * x\n", "begins", 1, 4),
    ("a: !x!y z\n", "begins", 1, 4),
    ("a: ,b\n", "begins", 1, 4),
    ("a:\n\tb: 1\n", "tab", 2, 1),
    ("a: 1\nb: \x01\n", "control", 2, 4),
    ("", "empty", 1, 1),
    ("%x\n", "yaml", 2, 1),
]


@pytest.mark.parametrize(("text", "case", "line", "col"), TOLD)
def test_it_is_told_where_it_was_made(text: str, case: str, line: int, col: int) -> None:
    (finding,) = read_by_schema(text)
    words = CASES[case]
    assert (finding.code, finding.line, finding.col) == ("F001", line, col)
    for language in ("en", "ja"):
        begun = words.message.of(language).partition("{")[0]
        assert finding.message.of(language).startswith(begun), finding.render(language)
        assert "{" not in finding.hint.of(language).replace("{found}", "")


def test_every_kind_is_tried() -> None:
    assert {case for _, case, _, _ in TOLD} | {"unreadable"} == set(CASES)


def test_the_columns_that_fit_are_named() -> None:
    (finding,) = read_by_schema("a:\n  b:\n      c: 1\n    d: 2\n")
    assert (finding.line, finding.col) == (4, 5)
    assert "4 spaces" in finding.message.en
    assert finding.hint.en.endswith("0, 2, 6.")
    assert finding.hint.ja.endswith("0, 2, 6。")
