"""The linter on a flow of 1,000 nodes: the rules by themselves, and the whole command."""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ivr.flow_engine.reader import read_flow
from ivr.flow_linter.carrier_limits import ANY_CARRIER
from ivr.flow_linter.linter import ask_rules_about
from tests.benchmarks.rounds import Measured, compare
from tests.ivr.flow_engine.small_flow import AUDIO, site
from tests.ivr.flow_linter.large_flow import large

NODES = 1000
VOICE = "Polly.Kazuha-Neural"  # the command knows the voices of Twilio


async def measure() -> list[Measured]:
    return await asyncio.to_thread(_measure)


def _measure() -> list[Measured]:
    files, the_site = large(NODES), site()
    read = read_flow(files, "bad", the_site)
    rules = compare(
        f"all rules over {NODES:,} nodes, against reading them",
        lambda: ask_rules_about(read, AUDIO, ANY_CARRIER),
        lambda: read_flow(files, "bad", the_site),
        times=1,
        goal="< 500,000 µs",
    )
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = Path(folder) / path
            place.parent.mkdir(exist_ok=True)
            place.write_text(text.replace("ja-JP: Voice", f"ja-JP: {VOICE}"), encoding="utf-8")
        command = compare(
            f"kazasu flow lint on {NODES:,} nodes, against kazasu --help",
            lambda: _run("flow", "lint", folder),
            lambda: _run("--help"),
            times=1,
            goal="< 5,000,000 µs",
            clock=_cpu_of_children,
        )
    return [rules, command]


def _run(*arguments: str) -> None:
    command = Path(sys.executable).with_name("kazasu")
    done = subprocess.run([command, *arguments], capture_output=True, check=False, text=True)  # noqa: S603 - our own command
    assert done.returncode == 0, done.stdout + done.stderr


def _cpu_of_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system
