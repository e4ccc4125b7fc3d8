"""Every bad text is refused with its code at its line, in both languages.

A file of `bad_flows/` is named by its code; the lines that must be found carry `# finds CODE:col`.
"""

import re
from pathlib import Path

import pytest

from ivr.flow_linter.finding import Finding
from tests.ivr.flow_engine.small_flow import FLOW, SITE, WORDS, read, read_by_schema

BAD = sorted((Path(__file__).parent / "bad_flows").glob("*.yaml"))
ELSEWHERE = {"S003-gather": {("S003", 9, 20)}}  # what asks stands in the prompt file


def marked(text: str) -> set[tuple[str, int, int]]:
    return {
        (mark[:4], number, int(mark[5:]))
        for number, line in enumerate(text.splitlines(), start=1)
        if "# finds " in line
        for mark in line.partition("# finds ")[2].split()
    }


def found_in(path: Path) -> list[Finding]:
    """All errors; of the warnings only what the file is there for."""
    found = read_by_schema(path.read_text(encoding="utf-8"))
    return [f for f in found if f.blocks or path.stem.startswith(f.code)]


def test_the_flow_around_the_mistakes_is_good() -> None:
    assert read().findings == ()
    assert read().flow is not None


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_found_at_its_line(path: Path) -> None:
    found = found_in(path)
    expected = ELSEWHERE.get(path.stem) or marked(path.read_text(encoding="utf-8"))
    assert {(f.code, f.line, f.col) for f in found} == expected, [f.render("en") for f in found]
    assert path.stem.startswith(tuple(code for code, _, _ in expected))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_told_in_both_languages(path: Path) -> None:
    for finding in found_in(path):
        english, japanese = finding.render("en"), finding.render("ja-JP")
        place = f"{finding.file}:{finding.line}:{finding.col}"
        place = re.escape(f"{place} {finding.code} {finding.severity} ")
        assert re.match(place, english)
        assert re.match(place, japanese)
        assert finding.message.en
        assert finding.hint.en
        assert re.search(r"[぀-ヿ一-鿿]", finding.message.ja)
        assert finding.hint.ja


def test_too_large() -> None:
    found = read(flow=FLOW + "# " + "x" * 256 * 1024).findings
    assert [f.code for f in found] == ["F005"]


def test_too_many_nodes() -> None:
    more = "".join(f"  n{i}: {{goto: desk}}\n" for i in range(1000))
    assert [f.code for f in read(flow=FLOW + more).findings] == ["F005"]


def test_message_of_an_unknown_field_names_the_nearest() -> None:
    finding, *_ = read_by_schema(SITE.replace("purposes:", "purpose:"))
    assert finding.code == "F004"
    assert "purposes" in finding.hint.en
    assert "purposes" in finding.hint.ja


def test_a_value_of_the_file_cannot_break_a_line_of_the_report() -> None:
    finding, *_ = read(flow=FLOW.replace("say: hello", 'say: "a\\nb"')).findings
    assert "\n" not in finding.render("en")


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("暗証番号を押してください。", True),
        ("ＰＩＮを押してください。", True),
        ("ﾊﾟｽﾜｰﾄﾞを押してください。", True),
        ("マイナンバーを押してください。", True),
        ("個人番号を押してください。", True),
        ("Please key your My Number.", True),
        ("マイナンバーカードをお持ちなら、イチを押してください。", False),
        ("Press one if you have a My Number Card.", False),
        ("お客様番号を押してください。", False),
        ("Please keep spinning.", False),
    ],
)
def test_asking_for_a_secret_by_keys(words: str, asks: bool) -> None:
    prompts = WORDS.replace("暗証番号を押してください。", words)
    gather = "  first: {gather: {digits: 8, prompt: ask_pin, store: given}, next: check}\n"
    flow = FLOW.replace("nodes:\n", "variables: {given: {type: digits}}\nnodes:\n")
    start = flow.index("  first: {subflow")
    end = flow.index("\n", start) + 1
    found = read(flow=flow[:start] + gather + flow[end:], words=prompts).errors
    assert [f.code for f in found] == (["S003"] if asks else [])
