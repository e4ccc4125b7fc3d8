"""`make bench`: a table of ratios with the goals beside them. Nothing fails by time."""

import asyncio

from rich.console import Console
from rich.table import Table

from tests.benchmarks import claims, evidence, linting, servers, verdict, verification, webhook
from tests.benchmarks.rounds import Measured


async def measured() -> list[Measured]:
    return [
        *await webhook.measure(),
        *await verification.measure(),
        *await evidence.measure(),
        *await claims.measure(),
        *await verdict.measure(),
        *await linting.measure(),
        *await servers.measure(),
    ]


def main() -> None:
    table = Table("what", "ratio", "lowest - highest", "goal", "ours µs", "yardstick µs")
    for told in asyncio.run(measured()):
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
