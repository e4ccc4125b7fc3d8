"""How slow this computer is at the moment, measured by a process that wants the same thing always.

`python -m tests.chaos.town.metronome FILE`: every tenth of a second a small piece of work, and a
line `MONOTONIC LATE` when it was late. Whoever judges how long something took may take off what
nobody could have got done in that time: a test on a busy computer must not blame the service.
"""

import sys
import time
from pathlib import Path
from typing import Final

EVERY: Final = 0.1
WORK: Final = 20_000
_WORTH_A_LINE: Final = 0.03


def lateness(notes: Path, since: float, until: float) -> float:
    """Seconds by which the metronome was late between two monotonic times."""
    late = 0.0
    for line in notes.read_text(encoding="ascii").splitlines():
        at, by = line.split()
        if since <= float(at) <= until + EVERY:
            late += float(by)
    return late


def _piece() -> None:
    total = 0
    for number in range(WORK):
        total += number


def _alone() -> float:
    """What one piece takes when nobody disturbs."""
    took = []
    for _ in range(20):
        began = time.perf_counter()
        _piece()
        took.append(time.perf_counter() - began)
    return min(took)


def main() -> None:
    takes = _alone() + EVERY
    with Path(sys.argv[1]).open("w", encoding="ascii", buffering=1) as notes:
        print('{"event": "listening", "port": 0}', flush=True)  # noqa: T201  # how our programs say they run
        while True:
            began = time.monotonic()
            time.sleep(EVERY)
            _piece()
            late = time.monotonic() - began - takes
            if late > _WORTH_A_LINE:
                notes.write(f"{time.monotonic():.3f} {late:.3f}\n")


if __name__ == "__main__":
    main()
