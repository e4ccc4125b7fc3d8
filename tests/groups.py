"""Which tests share a worker, and in which order.

What is slow to start (services, databases, browsers, trees of all our sources) is started once, by
a session or module fixture. Once means once for each worker, so whoever shares it has to run on the
same one: the tests of a file, and those of the folders named here. The longest come first, or one
worker would still be at them when the others have nothing left.
"""

from pathlib import Path
from typing import Final

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has none

TESTS: Final = Path(__file__).parent
LONGEST_FIRST: Final = (
    "journeys/demo",
    "journeys/resilience",
    "companion_app/page",
    "journeys/processes",
    "journeys/card_reader",
    "chaos/test_seeds.py",
    "operator_console",
    "ports",
    "ivr/live_calls/over_the_wire",
    "stand_ins/carrier",
    "ivr/live_calls",
    "kazasu/test_serve.py",
    "docker/test_image.py",
    "kazasu/test_installation.py",
    "kazasu/cli",
    "architecture",
)
"""Folders and files, by how long their tests take together."""


class InGroups(LoadScopeScheduling):  # type: ignore[misc]  # its base has no types
    """Gives a worker one group after the other.

    The marker `xdist_group` would do for most of it. But pytest-xdist 3.8 writes it into a place
    of the item where pytest 9.2 no longer looks, and spreads the tests silently.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(TESTS.parent / nodeid.partition("::")[0])


def group_of(path: Path) -> str:
    """The first of the list that it lies in, else the file itself."""
    name = path.relative_to(TESTS).as_posix()
    return next((one for one in LONGEST_FIRST if f"{name}/".startswith(f"{one}/")), name)


def rank_of(path: Path) -> int:
    group = group_of(path)
    return LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)
