"""`make fuzz`: inputs without end for everything that reads bytes from outside.

With atheris installed its coverage leads the search; without, changes are drawn by lot from seeds
of our own making. Either way an input that raises, that is believed and should not be, or that
takes more CPU than the budget of the process apart is written down, and the run ends with 1.
"""

import argparse
import importlib
import importlib.util
import sys
import time
from pathlib import Path

from identity.verification.worker import CPU_SECONDS
from tests.fuzz.entries import ENTRIES, Entry
from tests.fuzz.mutating import inputs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(ENTRIES), help="one entry instead of all")
    parser.add_argument("--runs", type=int, default=20_000, help="inputs for each entry")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--found", type=Path, default=Path(".fuzz"), help="where faults are put")
    parser.add_argument("--again", type=Path, help="a file that was found, once more")
    given = parser.parse_args()
    entries = [ENTRIES[given.only]] if given.only else list(ENTRIES.values())
    if given.again is not None:
        for entry in entries:
            entry.run(given.again.read_bytes())
    elif given.only and importlib.util.find_spec("atheris") is not None:
        led_by_coverage(entries[0], given.found, given.runs)
    else:
        # All of them, also after a fault.
        faults = sum(drawn(e, given.runs, given.seed, given.found) for e in entries)
        sys.exit(1 if faults else 0)


def drawn(entry: Entry, runs: int, seed: int, found: Path) -> int:
    """How many faults."""
    faults, slowest = 0, 0.0
    for data in inputs(entry.seeds(), runs, seed):
        began = time.process_time()
        try:
            entry.run(data)
        except Exception as fault:
            faults += 1
            _write(entry, data, found, repr(fault))
        took = time.process_time() - began
        if took > CPU_SECONDS:
            faults += 1
            _write(entry, data, found, f"{took:.3f} s of CPU")
        slowest = max(slowest, took)
    told = f"{runs} inputs of seed {seed}, slowest {slowest * 1000:.1f} ms, {faults} faults"
    print(f"{entry.name}: {told}", flush=True)  # noqa: T201 - a command prints
    return faults


def led_by_coverage(entry: Entry, found: Path, runs: int) -> None:
    # Installed by whoever wants it: there is none for every machine.
    atheris = importlib.import_module("atheris")
    corpus = found / "corpus" / entry.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(entry.seeds()):
        (corpus / f"seed-{number}").write_bytes(data)
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={runs}", "-max_len=70000", str(corpus)], entry.run)
    atheris.Fuzz()


def _write(entry: Entry, data: bytes, found: Path, why: str) -> None:
    found.mkdir(parents=True, exist_ok=True)
    number = len(list(found.glob(f"{entry.name}-*")))
    (found / f"{entry.name}-{number}").write_bytes(data)
    print(f"{entry.name}-{number}: {why}", flush=True)  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
