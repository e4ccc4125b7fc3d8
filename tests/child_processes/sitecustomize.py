"""Read by every Python that a test starts: hears the software cards there, if there are any."""

import importlib.machinery
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

CARD = "stand_ins.card.software_card"
HEARD_IN = "CARDS_HEARD_IN"
ROOT = Path(__file__).parents[2]


class Hears(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        sys.path.append(str(ROOT))
        from tests.individual_number import Note, hear

        hear(module.SoftwareCard, Note(Path(os.environ[HEARD_IN]), str(os.getpid())))


class WhenImported:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != CARD:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = Hears(name, spec.origin)
        return spec


if HEARD_IN in os.environ:
    sys.meta_path.insert(0, WhenImported)
