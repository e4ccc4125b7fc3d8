"""The business of the day: the shipped flow, a second number that only takes wishes to be rung
back, and as many residents and clerks as the day needs."""

import shutil
from pathlib import Path
from typing import Final

from tests.chaos.town.residents import DIALLED, RINGS_BACK, Resident, clerks, resident
from tests.chaos.town.town import FLOWS, People

_RINGS_BACK: Final = """schema: ivr-flow/1
id: ring-back
title: 折り返しの受付
languages: [ja-JP, en-US]
voice: {ja-JP: Polly.Kazuha-Neural, en-US: Polly.Joanna-Neural}
prompts: [prompts/main.yaml]
start: offer
human: operator
global_keys: {"0": {goto: operator}}
hours:
  desk: {timezone: Asia/Tokyo, weekly: {mon-sun: ["00:00-24:00"]}, holidays: none}
nodes:
  offer:
    subflow: {id: offer-callback, with: {reason: "'busy'"}}
    outcomes: {booked: end, declined: end}
  operator:
    route: {queue: general, announce: queue.position, max_wait: 10m, hold_sound: audio/tick.wav}
    outcomes: {connected: end, abandoned: end, full: end, timeout: end, error: end}
  end: {hangup: {}}
"""
_NUMBERS: Final = f'numbers: {{"{DIALLED}": main-inbound@live}}'


def of(folder: Path, *, callers: int, at_work: int) -> People:
    """`folder` gets the flows. Residents' numbers lie far apart: a block of numbers has a limit of
    its own, and this day is none of a flood."""
    flows = folder / "flows"
    shutil.copytree(FLOWS, flows)
    (flows / "ring-back.yaml").write_text(_RINGS_BACK, encoding="utf-8")
    site = (flows / "site.yaml").read_text(encoding="utf-8")
    assert _NUMBERS in site, "the shipped site serves other numbers now"
    both = f'{_NUMBERS[:-1]}, "{RINGS_BACK}": ring-back@live}}'
    (flows / "site.yaml").write_text(site.replace(_NUMBERS, both), encoding="utf-8")
    return People(
        callers=tuple(_resident(n) for n in range(callers)),
        clerks=clerks(at_work),
        numbers=(DIALLED, RINGS_BACK),
        flows=flows,
    )


def _resident(n: int) -> Resident:
    return resident(n, f"+8180{2000 + n:04}{n:04}")
