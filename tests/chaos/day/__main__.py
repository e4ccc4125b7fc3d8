"""`make day`: a thousand calls over two processes while things are killed; `CALLS=100` for fewer.

Says how it goes, then a table, then what is violated. Ends with 1 when anything is.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.chaos.day import business
from tests.chaos.day.run import Day, figures, lived
from tests.chaos.town import household
from tests.chaos.town.town import build

_CLERKS: Final = 8
_MOST_RESIDENTS: Final = 200
_CALLS_OF_EACH: Final = 10
"""More from one number within ten minutes would be kept from the dialogue by a limit."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.day")
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=14, help="callers at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave logs and timelines behind")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as by Ctrl-C: tidied up
    return asyncio.run(_day(given))


async def _day(given: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="kazasu-day-"))
    number = min(_MOST_RESIDENTS, max(4 * given.at_once, given.calls // _CALLS_OF_EACH))
    people = business.of(folder, callers=number, at_work=_CLERKS)
    _say(f"{number} residents with a card each, {_CLERKS} clerks, two processes")
    town = await build(folder, shared=True, people=people)
    violated = True
    try:
        template = await household.template(town, postgres=True)
        day = await lived(
            town,
            template,
            calls=given.calls,
            at_once=given.at_once,
            seed=given.seed,
            tell=_say,
        )
        violated = bool(day.violations)
        _tell(day)
    finally:
        town.stop()
        if violated or given.keep:
            _say(f"logs and timelines in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return int(violated)


def _tell(day: Day) -> None:
    for name, value in figures(day):
        _say(f"  {name:<40} {value}")
    for line in day.violations:
        _say(f"! {line}")
    _say(f"{len(day.violations)} violations" if day.violations else "every call is accounted for")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
