"""A comment accepts a warning; the same words inside a text are no comment."""

import pytest

from tests.ivr.flow_linter.changed import files, found

LONG = "一。二。三。"
HELLO = "  hello: {ja-JP: こんにちは。}"


def codes(line: str) -> list[str]:
    return [finding.code for finding in found(files((HELLO, line)))]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"  hello: {{ja-JP: {LONG}}}", ["P005"]),
        (f"  hello: {{ja-JP: {LONG}}}  # allow P005 a greeting", []),
        (f"  hello: {{ja-JP: {LONG}}}  #allow p005 a greeting", []),
        (f"  hello: {{ja-JP: {LONG}}}  # the chef said: # allow P005 a greeting", []),
        (f"  hello: {{ja-JP: {LONG}}}  # allow P007 a greeting", ["P005", "A001"]),
        (f"  hello: {{ja-JP: {LONG}}}  # allow P005", ["P005", "A001"]),
        (f"  hello: {{ja-JP: {LONG}}}  # allow Q123 a greeting", ["P005", "A001"]),
        (f'  hello: {{ja-JP: "{LONG} # allow P005 a greeting"}}', ["P007"]),
        (f"  hello: {{ja-JP: {LONG}}}\n  # allow P005 on another line", ["P005", "A001"]),
        (f"  hello:\n    ja-JP: |\n      {LONG}\n      # allow P005 in a text", ["P005", "P007"]),
    ],
)
def test_on_its_line_with_a_reason(line: str, left: list[str]) -> None:
    assert codes(line) == left


def test_an_error_is_never_accepted() -> None:
    line = '  hello: {ja-JP: "{{ call.number | phone }}"}  # allow S002 they know it'
    assert codes(line) == ["S002", "A001"]


def test_whether_an_allow_is_of_use_is_not_judged_while_there_are_errors() -> None:
    line = "  hello: {ja-JP: はい。}  # allow P005 a greeting"
    broken = found(files((HELLO, line), ("next: desk", "next: dekk")))
    assert [finding.code for finding in broken] == ["G001"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_are_counted_as_the_reader_counts_them(end: str) -> None:
    texts = dict(files((HELLO, f"  hello: {{ja-JP: {LONG}}}  # allow P005 a greeting")))
    texts["prompts/words.yaml"] = texts["prompts/words.yaml"].replace("\n", end)
    assert found(texts) == []
