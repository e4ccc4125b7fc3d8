"""`make judges`: thousands of certificates before three judges. Ends with 1 at the first that
nobody has explained."""

import argparse
import asyncio
import sys

from rich.console import Console
from rich.table import Table

from tests.identity.jpki.differential.comparing import compare
from tests.identity.jpki.differential.generated import draw


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    compared = asyncio.run(compare(list(draw(given.seed, given.count))))
    table = Table("judge", "we say", "times", "the judge says the opposite because")
    for (judge, said, reason), times in sorted(compared.explained.items()):
        table.add_row(judge, said, str(times), reason)
    console = Console(width=150)
    console.print(table)
    console.print(f"agreed: {dict(compared.agreed)}; not explained: {len(compared.faults)}")
    for fault in compared.faults[:50]:
        console.print(fault)
    sys.exit(1 if compared.faults else 0)


if __name__ == "__main__":
    main()
