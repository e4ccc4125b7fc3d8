"""How much memory, and how many files and connections, the processes of the service take."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.chaos.town.household import descriptors
from tests.journeys.resilience.programs import Process

MOST_MEGABYTES: Final = 400
MOST_DESCRIPTORS: Final = 400
"""Neither grows with the day: each waiting caller, app and operator has one or two connections."""
MOST_GROWTH: Final = 120
"""Megabytes from a process's first minute to its last look: caches fill, then no more."""
_SETTLES: Final = 20


@dataclass(slots=True)
class Life:
    """One process from its start to its end: what every look found."""

    megabytes: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Since it had served for a while; 0 for a short life."""
        after = self.megabytes[_SETTLES:]
        return after[-1] - after[0] if after else 0.0


@dataclass(slots=True)
class Footprint:
    lives: dict[int, Life] = field(default_factory=dict)

    def look(self, processes: Iterable[Process]) -> None:
        for one in processes:
            with suppress(OSError, AssertionError, ValueError):  # it has ended, or ends now
                pid = one.pid
                megabytes, open_now = resident_megabytes(pid), descriptors(one)
                life = self.lives.setdefault(pid, Life())
                life.megabytes.append(megabytes)
                life.descriptors.append(open_now)

    def too_much(self) -> list[str]:
        found = []
        for pid, life in self.lives.items():
            if max(life.megabytes) > MOST_MEGABYTES or life.growth > MOST_GROWTH:
                grown = f"{max(life.megabytes):.0f} MB, grown by {life.growth:.0f}"
                found.append(f"memory of process {pid}: {grown}")
            if max(life.descriptors) > MOST_DESCRIPTORS:
                found.append(f"descriptors of process {pid}: {max(life.descriptors)}")
        return found


def resident_megabytes(pid: int) -> float:
    """ValueError for a process that is over."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    if not found:
        raise ValueError("a process that has ended and was not waited for holds no memory")
    return int(found[0].split()[1]) / 1024
