"""From the proof of a card to the operator's queue and the redirect of the live call.

In one process, without the wires of the app and the carrier: verification, the commit with its
evidence, the outbox, the step, the save, the command to the carrier. The card has signed before the
clock starts.
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.rounds import Measured
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Stage, a_stage

TAPS: Final = 20
WITHIN: Final = 0.150


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        async with a_stage(Path(folder)) as stage:
            took = sorted([await _one(stage, n) for n in range(TAPS + 1)][1:])
    p95 = took[int(len(took) * 0.95)]
    return [
        Measured(
            name=f"proof to the redirect of the live call, p95 of {TAPS}: 150 ms by ours",
            ratio=WITHIN / p95,
            spread=(WITHIN / took[-1], WITHIN / took[0]),
            ours=statistics.median(took) * 1e6,
            yardstick=WITHIN * 1e6,
            goal=">= 1 (stretch 3)",
        )
    ]


async def _one(stage: Stage, n: int) -> float:
    caller, app = stage.caller(f"+8190{n:08d}"), App(stage=stage)
    await caller.in_check()
    asked = await app.confirms(await app.claims(caller))
    await stage.deliver()
    chosen = await app.chooses(caller, asked)
    await stage.deliver()
    tapped = app.taps(chosen)
    before, began = len(stage.rest.redirects), time.perf_counter()
    await app.sends(chosen, tapped)
    await stage.deliver()
    took = time.perf_counter() - began
    assert len(stage.rest.redirects) == before + 1
    await caller.status("completed")  # one person is live in one call only
    await stage.deliver()
    return took
