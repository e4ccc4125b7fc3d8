"""The service with a clock that can go wrong: `python -m tests.chaos.town.skewed FILE serve`.

FILE holds the seconds by which its wall clock is ahead, and may change at any time. Only what the
service takes for its clock is moved; what counts on (asyncio's, timeouts) stays right.
"""

import os
import sys
from datetime import datetime, timedelta

from kazasu.cli import main as command_line
from kazasu.wiring import identity_side


def main() -> None:
    file, right = os.open(sys.argv.pop(1), os.O_RDONLY), identity_side.clock

    def clock() -> datetime:
        # Read by a descriptor of its own: a clock works also when there are none left (F21).
        return right() + timedelta(seconds=float(os.pread(file, 64, 0) or 0))

    identity_side.clock = clock
    defaults = identity_side.build.__kwdefaults__
    assert defaults is not None
    assert defaults["now"] is right, "the service takes its clock from elsewhere now"
    defaults["now"] = clock
    command_line.main()


if __name__ == "__main__":
    main()
