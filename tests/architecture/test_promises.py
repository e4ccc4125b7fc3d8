"""Promises that hold for the whole program, checked on its source."""

import ast
import re
from pathlib import Path

import pytest

from kazasu.logs import FIELDS
from tests.architecture.sources import PACKAGES, ROOT, python_files, shown, tracked, tree

SERVICE = ("ivr", "identity", "companion_app_api", "operator_console", "stores", "business_api")
# A place where a secret of the card, or an individual number, could be kept or sent.
FORBIDDEN = re.compile(
    r"(^|_)(pin|pins|pin_code|card_password|sign_password|my_?number|individual_number)($|_)"
)
# Names of states and outcomes that speak of the PIN without holding one.
ABOUT = re.compile(r"^(awaiting_pin|pin_blocked|pin_last_try|card_without_pin)$", re.IGNORECASE)


def field_names(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.append(node.target.id)
        elif isinstance(node, ast.arg):
            found.append(node.arg)
        elif isinstance(node, ast.Call) and _is_column(node) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append(first.value)
    return found


def _is_column(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in ("Column", "column")


def test_no_model_argument_or_column_of_the_service_has_a_place_for_a_pin() -> None:
    places = [
        f"{shown(path)}: {name}"
        for path in python_files(*SERVICE)
        for name in field_names(path)
        if FORBIDDEN.search(name.lower()) and not ABOUT.match(name)
    ]
    assert not places


def test_only_the_settings_read_the_environment() -> None:
    allowed = {"kazasu/settings/environment.py", "kazasu/demo/processes.py"}
    readers = [
        shown(path)
        for path in python_files(*PACKAGES)
        if shown(path) not in allowed
        and re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    ]
    assert not readers


def test_only_listed_fields_are_logged() -> None:
    """What is not on the list would silently be dropped; here it is a mistake."""
    levels = {"debug", "info", "warning", "error", "exception"}
    unlisted = []
    for path in python_files(*PACKAGES):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in levels
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "_log"
            ):
                unlisted += [
                    f"{shown(path)}:{node.lineno} {k.arg}"
                    for k in node.keywords
                    if k.arg and k.arg not in FIELDS and k.arg != "exc_info"
                ]
    assert not unlisted


def test_nothing_is_compared_or_switched_by_a_debug_flag() -> None:
    words = re.compile(r"skip_(signature|verification|check)|verify\s*=\s*False|insecure", re.I)
    assert not [
        shown(path)
        for path in python_files(*PACKAGES)
        if words.search(path.read_text(encoding="utf-8"))
    ]


def test_no_mock_library_in_tests() -> None:
    used = re.compile(r"^\s*(from|import)\s+(unittest\.mock|unittest import mock|mock\b)", re.M)
    assert not [shown(p) for p in python_files("tests") if used.search(p.read_text("utf-8"))]


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<![\w.])/(work|root|home)/[a-z]",  # a machine's own paths
        r"files\.python" + r"hosted|registry\.npm" + r"js|py" + r"pi\.org",  # registries
    ],
)
def test_the_repository_names_no_machine_and_no_registry(pattern: str) -> None:
    found = re.compile(pattern)
    named = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in (".wav", ".png", ".ico", ".jpg") or name == shown(Path(__file__)):
            continue
        if found.search(path.read_text(encoding="utf-8")):
            named.append(name)
    assert not named


def test_silenced_rules_say_why() -> None:
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)\s*$")
    silent = [
        f"{shown(path)}:{number}"
        for path in python_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert not silent
