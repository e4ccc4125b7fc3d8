"""`make bench`: a table of ratios with the goals beside them. Nothing fails by time.

`python -m tests.benchmarks --quick` leaves out what starts processes.
"""

import asyncio
import sys

from rich.console import Console
from rich.table import Table

from tests.benchmarks import (
    archive,
    claims,
    evidence,
    linting,
    servers,
    tap,
    verdict,
    verification,
    webhook,
)
from tests.benchmarks.rounds import Measured


async def measured(*, quick: bool) -> list[Measured]:
    """`quick`: what is measured in this process, for those who work on it."""
    servers_too = [] if quick else [*await servers.measure(), *await tap.measure()]
    return [
        *await webhook.measure(),
        *await verification.measure(),
        *await evidence.measure(),
        *await archive.measure(),
        *await claims.measure(),
        *await verdict.measure(),
        *([] if quick else await linting.measure()),
        *servers_too,
    ]


def main() -> None:
    table = Table("what", "ratio", "lowest - highest", "goal", "ours µs", "yardstick µs")
    for told in asyncio.run(measured(quick="--quick" in sys.argv[1:])):
        low, high = told.spread
        table.add_row(
            told.name,
            f"{told.ratio:.2f}",
            f"{low:.2f} - {high:.2f}",
            told.goal,
            f"{told.ours:.0f}",
            f"{told.yardstick:.0f}",
        )
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
