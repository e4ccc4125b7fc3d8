"""The doctor and the commands' complaints are said in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from kazasu.cli import doctor
from kazasu.doctor.findings import PARTS_JA, Part
from kazasu.doctor.way_back import TROUBLES
from kazasu.japanese.lines import japanese
from tests.kazasu.deployment import Deployment

KAZASU = Path(__file__).parents[3] / "kazasu"
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
SAID = frozenset({"say", "BadSettings", "NoFlows", "_NotFound"})


def sample(value: ast.expr | None) -> Iterator[str]:
    """The words with `x` for every value; nothing for what is made elsewhere."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "x" for one in value.values)
        yield "".join(map(str, parts))
    elif isinstance(value, ast.List):
        for one in value.elts:
            yield from sample(one)


def said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", "")
        if name in SAID or (name == "ValueError" and path.is_relative_to(KAZASU / "settings")):
            yield from sample(node.args[0])


def lines() -> list[str]:
    words = {line for path in KAZASU.rglob("*.py") for line in said(path)}
    made = {"x: x of that name"}  # of one word or another, each of which has its line
    return sorted(line for line in words - made if line.strip("x: "))


def test_every_complaint_has_japanese_words() -> None:
    assert len(lines()) > 40
    missing = [line for line in lines() if not JAPANESE.search(japanese(line) or line)]
    assert missing == [], "put them into kazasu/japanese"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "KAZASU_LISTEN_PORT: Input should be less than or equal to 65535",
            "KAZASU_LISTEN_PORT: 65535 以下にしてください",
        ),
        ("TWILIO_ACCOUNT_SID: must be AC and 32 hexadecimal digits", "AC と 32 桁の 16 進数です"),
        ("--queue x: no such queue in site.yaml; there are: a, b", "あるもの: a, b"),
        ("anything else: that nobody knows", ""),
    ],
)
def test_names_and_values_are_kept(line: str, expected: str) -> None:
    told = japanese(line)
    assert told.endswith(expected)
    assert bool(told) is bool(expected)


def test_every_part_and_trouble_has_both() -> None:
    assert set(PARTS_JA) == set(get_args(Part))
    for says, do in TROUBLES.values():
        for words in (says, do):
            assert JAPANESE.search(words.ja)
            assert set(re.findall(r"{\w+}", words.ja)) == set(re.findall(r"{\w+}", words.en))


def test_every_finding_is_said_in_two_languages() -> None:
    """As written: both texts are there, other than each other, with the same values in them."""
    found = 0
    for path in (*(KAZASU / "doctor").glob("*.py"), KAZASU / "deployment_errors.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Bilingual":
                words = {one.arg: ast.unparse(one.value) for one in node.keywords}
                assert set(words) == {"en", "ja"}, f"{path}:{node.lineno}"
                found += 1
    assert found > 60


@pytest.mark.parametrize("locale", ["ja_JP.UTF-8", "C"])
def test_a_terminal_hears_its_own_language(deployment: Deployment, locale: str) -> None:
    there = f"sqlite:///{deployment.folder / 'new.db'}"
    told = deployment.call("doctor", LC_ALL=locale, DATABASE_URL=there).stdout.splitlines()
    japanese_lines = [line for line in told if JAPANESE.search(line)]
    assert (len(japanese_lines) == len(told)) is locale.startswith("ja"), told
    unset = deployment.call("doctor", LC_ALL=locale, SECRET_KEY="")
    assert bool(JAPANESE.search(unset.stdout)) is locale.startswith("ja")
    assert doctor.spoken() in ("ja", "en")
