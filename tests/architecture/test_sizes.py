"""The house stays small-roomed: files, functions, classes, constructors, folders."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, python_files, shown, tracked, tree

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_COLLABORATORS = 6
MOST_PUBLIC_METHODS = 7
MOST_FILES = 14
MEASURED = (".py", ".js", ".css", ".html", ".sh")
# Folders that are a catalogue: one file per thing of one kind, found by its name.
CATALOGUES = {"ivr/flow_engine/nodes", "ivr/flow_linter/rules", "tests", "tests/threats"}
# What a class is given that is a plain value, not somebody it works with.
VALUES = {"str", "int", "float", "bool", "bytes", "Path", "datetime", "timedelta", "TenantId"}


def test_no_file_is_long() -> None:
    measured = [name for name in tracked() if name.endswith(MEASURED)]
    long = {
        name: lines
        for name in measured
        if (lines := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    found = ast.walk(tree(path))
    return [n for n in found if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_function_is_long() -> None:
    long = [
        f"{shown(path)}:{function.lineno} {function.name} {lines}"
        for path in python_files()
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    ]
    assert not long


def classes(path: Path) -> list[ast.ClassDef]:
    return [n for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef)]


def is_port(found: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in found.bases)


def test_no_class_does_too_much() -> None:
    """Ports of a store list what a whole room asks of it; everybody else stays narrow."""
    wide = [
        f"{shown(path)} {found.name} {len(public)}"
        for path in python_files(*PACKAGES)
        if not shown(path).startswith("stores/")
        for found in classes(path)
        if not is_port(found)
        and len(public := [m for m in _methods(found) if not m.name.startswith("_")])
        > MOST_PUBLIC_METHODS
    ]
    assert not wide


def _methods(found: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        member
        for member in found.body
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any(isinstance(d, ast.Name) and d.id == "property" for d in member.decorator_list)
    ]


def test_constructors_have_few_collaborators() -> None:
    many = []
    for path in python_files(*PACKAGES):
        for found in classes(path):
            for method in _methods(found):
                if method.name == "__init__" and len(_collaborators(method)) > MOST_COLLABORATORS:
                    many.append(f"{shown(path)} {found.name}: {_collaborators(method)}")
    assert not many


def _collaborators(method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = [*method.args.args[1:], *method.args.kwonlyargs]
    return [a.arg for a in given if a.annotation is None or ast.unparse(a.annotation) not in VALUES]


def test_no_folder_is_crowded() -> None:
    counted = Counter(
        str(Path(name).parent)
        for name in tracked()
        if name.endswith(MEASURED) and not name.endswith("__init__.py")
    )
    crowded = {f: n for f, n in counted.items() if n > MOST_FILES and f not in CATALOGUES}
    assert not crowded


@pytest.mark.parametrize("word", ["core", "common", "utils", "util", "helpers", "manager", "misc"])
def test_names_say_something(word: str) -> None:
    assert not [
        name
        for name in tracked()
        if word in Path(name).parts or (Path(name).stem == word and name.endswith(".py"))
    ]
