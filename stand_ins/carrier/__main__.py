"""`python -m stand_ins.carrier`: the simulated carrier on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from stand_ins.carrier.phones import DEFAULT_ANSWER_AFTER
from stand_ins.carrier.process import Options, run
from stand_ins.carrier.settings import (
    E164,
    BadSettings,
    number_option,
    read_credentials,
    read_numbers,
)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 2 for options that cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        options = _options(given)
    except BadSettings as error:
        sys.stderr.write(f"carrier: {error}\n")
        return 2
    asyncio.run(run(options))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stand_ins.carrier", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    add("--credentials-file", type=Path, required=True, help="JSON {account_sid, auth_token}")
    add("--token-file", type=Path, required=True, help="the control token is written here (0600)")
    add("--numbers-file", type=Path, help='JSON {"+81…": {voice_url, fallback_url, …}}')
    add("--number", action="append", default=[], metavar="NUMBER=VOICE|FALLBACK|STATUS")
    add("--phone", action="append", default=[], metavar="NUMBER", help="an operator's telephone")
    add("--answer-after", type=float, default=DEFAULT_ANSWER_AFTER, metavar="SECONDS")
    add("--origin", help="the demo page's origin, allowed to use the control API")
    add("--speed", type=float, default=1.0, help="carrier seconds in a second of speech or wait")
    add("--webhook-host", action="append", default=[], help="ask this host too, beside loopback")
    return parser


def _options(given: argparse.Namespace) -> Options:
    numbers = [number_option(text) for text in given.number]
    if given.numbers_file is not None:
        numbers += read_numbers(given.numbers_file)
    if not 0 < given.speed <= 1000:
        raise BadSettings("--speed must be above 0 and at most 1000")
    if wrong := [phone for phone in given.phone if not E164.fullmatch(phone)]:
        raise BadSettings(f"--phone {wrong[0]}: not an E.164 number")
    return Options(
        port=given.port,
        credentials=read_credentials(given.credentials_file),
        numbers=tuple(numbers),
        operator_phones=tuple(given.phone),
        token_file=given.token_file,
        origin=given.origin,
        speed=given.speed,
        answer_after=given.answer_after,
        webhook_hosts=frozenset(given.webhook_host),
    )


if __name__ == "__main__":
    sys.exit(main())
