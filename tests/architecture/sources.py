"""Our own source files, as paths and as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "kazasu",
    "ivr",
    "identity",
    "companion_app_api",
    "operator_console",
    "stores",
    "door_frame",
    "bilingual",
    "companion_app",
    "stand_ins",
)


@cache
def tracked() -> tuple[str, ...]:
    """Every file under version control, by its path in the repository."""
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607  # the git of whoever works on the repository
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def python_files(*packages: str) -> Iterator[Path]:
    wanted = packages or (*PACKAGES, "tests")
    for name in tracked():
        if name.endswith(".py") and name.split("/")[0] in wanted:
            yield ROOT / name


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
