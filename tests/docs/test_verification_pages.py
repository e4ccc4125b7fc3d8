"""The auditor's pages name every refusal, at its hint, in both languages alike."""

import re
from pathlib import Path

import pytest

from identity.jpki.refusals import Code, Refusal
from identity.verification.refusals import Hint, RevocationCode, refused
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.synthetic import NOW

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(
    r"^\| `(?P<code>[a-z_]+)` \| (?P<step>[0-9-]+) \| (?P<hint>[^|]+) \|", re.MULTILINE
)
PAGES = ["verification.md", "verification.ja.md"]


def _rows(page: str) -> dict[str, tuple[str, str]]:
    found = ROW.findall((DOCS / page).read_text(encoding="utf-8"))
    assert len({code for code, _, _ in found}) == len(found)
    return {code: (step, hint.strip("` ")) for code, step, hint in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_code_has_its_row(page: str) -> None:
    assert set(_rows(page)) == {code.value for code in (*Code, *RevocationCode)}


@pytest.mark.parametrize("page", PAGES)
def test_the_hint_is_the_one_that_is_told(page: str) -> None:
    for code, (step, hint) in _rows(page).items():
        if code in set(Code) and step != "-" and int(step) < 11:
            assert hint == refused(Refusal(code=Code(code)), at=NOW).hint, code
        elif step == "11" and hint in set(Hint):
            assert code in set(RevocationCode)


def test_both_pages_say_the_same() -> None:
    english, japanese = (_rows(page) for page in PAGES)
    assert {c: step for c, (step, _) in english.items()} == {
        c: step for c, (step, _) in japanese.items()
    }


def test_every_refusal_of_a_certificate_has_a_bad_file() -> None:
    """But those that no file can bring about."""
    of_certificates = {c for c, (step, _) in _rows(PAGES[0]).items() if step in "23456789"}
    made = {code.value for code, _ in BAD.values()}
    assert of_certificates - made == {
        "certificate_budget",  # `tests/identity/verification/test_apart.py`
        "anchor_expired",  # a matter of the moment: `tests/identity/jpki/test_certificates.py`
        "anchor_not_yet_valid",
    }
