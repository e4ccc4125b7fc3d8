"""The pages of all rules are the rules. `python -m tests.ivr.flow_linter.test_rules_page` writes
them."""

import re
from pathlib import Path

import pytest

from ivr.flow_linter.catalogue import BY_CODE, RULES
from ivr.flow_linter.rule import Severity
from tests.ivr.flow_linter.rules_page import rules_page

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {"en": DOCS / "lint-rules.md", "ja": DOCS / "lint-rules.ja.md"}
# The table of the flow language; A001 is about accepted warnings.
CODES = (
    *(f"F{n:03}" for n in range(1, 7)),
    *(f"G{n:03}" for n in range(1, 6)),
    *(f"O{n:03}" for n in range(1, 9)),
    *(f"E{n:03}" for n in range(1, 4)),
    *(f"P{n:03}" for n in range(1, 9)),
    *(f"T{n:03}" for n in range(1, 8)),
    *(f"H{n:03}" for n in range(1, 4)),
    *(f"S{n:03}" for n in range(1, 5)),
    "X001",
    "X002",
    "A001",
)
WARNINGS = [
    "F006",
    "G002",
    "O006",
    "P003",
    "P005",
    "P006",
    "P007",
    "T005",
    "T007",
    "H003",
    "S004",
    "X002",
    "A001",
]


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_written_from_the_rules(language: str) -> None:
    assert PAGES[language].read_text(encoding="utf-8") == rules_page(language)


def test_all_codes_are_there_once_and_in_order() -> None:
    assert tuple(rule.code for rule in RULES) == CODES
    assert len(BY_CODE) == len(RULES)
    assert [r.code for r in RULES if r.severity is Severity.WARNING] == WARNINGS


@pytest.mark.parametrize("code", CODES)
def test_both_languages_say_the_same_facts(code: str) -> None:
    for words in BY_CODE[code].cases.values():
        facts = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")
        english = set(facts.findall(words.message.en + words.hint.en))
        japanese = set(facts.findall(words.message.ja + words.hint.ja))
        if code != "X001":  # what failed is told in either language
            assert english == japanese
        assert re.search(r"[぀-ヿ一-鿿]", words.message.ja)
        assert words.hint.en
        assert words.hint.ja


if __name__ == "__main__":
    for name, page in PAGES.items():
        page.write_text(rules_page(name), encoding="utf-8")
