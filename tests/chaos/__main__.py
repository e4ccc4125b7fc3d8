"""`make chaos SEEDS=50` runs the seeds 0 to 49, `make chaos SEED=17` the one.

Prints what befell each run and what it came to; a violated one says how to have it again. Ends with
1 when anything was violated. As root it moves into a mount namespace of its own first, in which
small disks can be filled.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.chaos.faults.script import DATABASES
from tests.chaos.run import CALLERS, Done, run
from tests.chaos.town import household
from tests.chaos.town.town import build
from tests.chaos.wires.killer import POINTS

_INSIDE: Final = "KAZASU_CHAOS_INSIDE"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seeds", type=int, default=10, help="so many, from 0 on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, action="append", default=[], help="only these")
    parser.add_argument("--callers", type=int, default=CALLERS)
    parser.add_argument("--on", action="append", choices=DATABASES, help="only these")
    parser.add_argument("--calls", action="store_true", help="tell what each caller met last")
    parser.add_argument("--keep", action="store_true", help="leave logs and databases behind")
    given = parser.parse_args()
    _into_a_namespace()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as by Ctrl-C: tidied up
    seeds = given.seed or list(range(given.first, given.first + given.seeds))
    return asyncio.run(_all(seeds, given))


def _into_a_namespace() -> None:
    unshare = shutil.which("unshare")
    if os.geteuid() == 0 and unshare is not None and not os.environ.get(_INSIDE):
        os.environ[_INSIDE] = "1"
        command = [unshare, "-m", sys.executable, "-m", "tests.chaos", *sys.argv[1:]]
        os.execv(unshare, command)  # noqa: S606  # ourselves again


async def _all(seeds: Sequence[int], given: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="kazasu-chaos-"))
    town = await build(folder, shared=True)
    bad: list[int] = []
    points = Counter[str]()
    met = Counter[str]()
    try:
        templates = {
            "postgresql": await household.template(town, postgres=True),
            "sqlite": await household.template(town, postgres=False),
        }
        for seed in seeds:
            try:
                done = await run(
                    town,
                    templates,
                    seed,
                    callers=given.callers,
                    databases=given.on or DATABASES,
                )
            except Exception:  # a run that cannot be judged is not a clean one
                traceback.print_exc()
                bad.append(seed)
                _say(f"seed {seed}: broken. Again: make chaos SEED={seed}")
                continue
            tell(done, calls=given.calls)
            points[done.point] += 1
            met[done.point] += done.met
            if done.violations:
                bad.append(seed)
    finally:
        town.stop()
        if not given.keep and not bad:
            shutil.rmtree(folder, ignore_errors=True)
    _say("killed at the named points: " + "; ".join(_points(points, met)))
    if bad:
        _say(f"violated: {', '.join(map(str, bad))} of {len(seeds)} seeds; logs in {folder}")
        return 1
    _say(f"{len(seeds)} seeds, no invariant violated, no silence beyond 4 s")
    return 0


def _points(sought: Counter[str], met: Counter[str]) -> list[str]:
    return [f"{p.name} {met[p.name]} of {sought[p.name]}" for p in POINTS]


def tell(done: Done, *, calls: bool) -> None:
    figures = ", ".join(f"{name} {value}" for name, value in done.figures.items())
    _say(f"seed {done.seed} on {done.database}: {figures}")
    for line in done.faults:
        _say(f"    {line}")
    if done.violations or calls:
        for person, heard in zip(done.people, done.history.heard, strict=True):
            _say(f"    {heard.call} {person}: {heard.reached or 'nobody'}")
            _say(f"        {' | '.join(heard.lately)}")
    if done.violations:
        for line in done.violations:
            _say(f"  ! {line}")
        _say(f"  again: make chaos SEED={done.seed}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
