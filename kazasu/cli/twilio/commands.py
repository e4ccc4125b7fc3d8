"""`kazasu twilio setup|undo|verify`: point a number at this service, and back again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import httpx2

from ivr.carriers.twilio.number.setup import (
    Addresses,
    CarrierUnreachable,
    CredentialsRefused,
    NumberAtCarrier,
    NumberUnknown,
    SetupRefused,
)
from kazasu.cli.twilio import kept
from kazasu.cli.twilio.told import Told, confirmed
from kazasu.deployment_errors import complain
from kazasu.doctor import carrier, way_back
from kazasu.error_lines import say
from kazasu.settings.environment import load
from kazasu.settings.model import Settings

GOOD, FINDINGS, WRONG_USE, NOT_REACHABLE = 0, 1, 2, 3
_MOST_KEPT: Final = 20
_STATUS: Final[dict[type[Exception], int]] = {
    NumberUnknown: WRONG_USE,
    CredentialsRefused: WRONG_USE,
    SetupRefused: FINDINGS,
    CarrierUnreachable: NOT_REACHABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """`number`, `base_url` and `fallback_url` stand in for their settings; "" leaves these."""

    number: str = ""
    base_url: str = ""
    fallback_url: str = ""
    dry_run: bool = False
    yes: bool = False
    as_json: bool = False


Command = Callable[[Settings, Ordered, Told, httpx2.AsyncClient], Awaitable[int]]


def setup(**given: object) -> int:
    """Checks the way back, shows old and new, asks, changes, and looks again."""
    return _run(_setup, Ordered(**given))  # type: ignore[arg-type]  # named by the command line


def undo(**given: object) -> int:
    """What was there before the first set-up, exactly."""
    return _run(_undo, Ordered(**given))  # type: ignore[arg-type]  # named by the command line


def verify(**given: object) -> int:
    """Twilio's view, the way back, voices. Changes nothing."""
    return _run(_verify, Ordered(**given))  # type: ignore[arg-type]  # named by the command line


def _run(command: Command, order: Ordered) -> int:
    given = {
        "TWILIO_NUMBER": order.number,
        "PUBLIC_BASE_URL": order.base_url,
        "KAZASU_FALLBACK_URL": order.fallback_url,
    }
    with complain():
        settings = load(**{name: value for name, value in given.items() if value})
        if not settings.twilio_number:
            say("TWILIO_NUMBER is not set: name the number with --number")
            return WRONG_USE
        return asyncio.run(_told(command, settings, order))
    return WRONG_USE


async def _told(command: Command, settings: Settings, order: Ordered) -> int:
    told = Told(number=settings.twilio_number, as_json=order.as_json)
    async with carrier.http_client() as http:
        try:
            status = await command(settings, order, told, http)
        except tuple(_STATUS) as error:
            told.show([carrier.not_had(error)])
            status = _STATUS[type(error)]
        except kept.UnreadableKept as error:
            say(f"{error}: is no file of `kazasu twilio setup`. Move it away")
            status = WRONG_USE
    return told.end(status)


async def _verify(settings: Settings, order: Ordered, told: Told, http: httpx2.AsyncClient) -> int:
    good = told.show(await carrier.looked(settings, http))
    return GOOD if good else FINDINGS


async def _setup(settings: Settings, order: Ordered, told: Told, http: httpx2.AsyncClient) -> int:
    ours = carrier.wanted(settings)
    seen = await carrier.at_carrier(settings, http)
    changes = carrier.changes(seen.number.addresses, ours)
    told.show_changes(changes)
    back = await way_back.way_back(settings, http, carrier.fallback_url(settings))
    if not told.show([*seen.findings, *back, *way_back.voices(settings)]):
        if changes:
            say("nothing was changed: callers would meet what stands above")
        return FINDINGS
    if order.dry_run or not changes:
        return GOOD
    if not confirmed(yes=order.yes):
        return FINDINGS
    _keep(settings, seen.number, ours)
    return await _changed(settings, ours, told, http)


def _keep(settings: Settings, number: NumberAtCarrier, ours: Addresses) -> None:
    """A second set-up keeps what was there before the first, unless somebody else came between."""
    before = kept.read(settings.data_dir, number.number)
    old: Addresses = number.addresses
    written: tuple[Addresses, ...] = (ours,)
    if before and before.number_sid == number.sid and old in before.ours:
        old, written = before.old, (ours, *before.ours)[:_MOST_KEPT]
    path = kept.write(
        settings.data_dir,
        number.number,
        kept.Kept(
            account_sid=settings.twilio_account_sid, number_sid=number.sid, old=old, ours=written
        ),
    )
    say(f"the old addresses are kept in {path}")


async def _undo(settings: Settings, order: Ordered, told: Told, http: httpx2.AsyncClient) -> int:
    before = kept.read(settings.data_dir, settings.twilio_number)
    if before is None:
        path = kept.file_of(settings.data_dir, settings.twilio_number)
        say(f"nothing to undo: there is no {path}. Was another KAZASU_DATA_DIR set at set-up?")
        return FINDINGS
    number = await carrier.number_setup(settings, http).find(settings.twilio_number)
    if (before.account_sid, before.number_sid) != (settings.twilio_account_sid, number.sid):
        say("what is kept is of another account or of an earlier holder of this number")
        return WRONG_USE
    if number.addresses not in (*before.ours, before.old):
        say("somebody changed this number since its set-up: look at what would be lost")
    changes = carrier.changes(number.addresses, before.old)
    told.show_changes(changes)
    if order.dry_run:
        return GOOD
    if changes:
        if not confirmed(yes=order.yes):
            return FINDINGS
        status = await _changed(settings, before.old, told, http)
        if status != GOOD:
            return status
    kept.forget(settings.data_dir, settings.twilio_number)
    return GOOD


async def _changed(settings: Settings, to: Addresses, told: Told, http: httpx2.AsyncClient) -> int:
    """One request. When its answer is lost, what Twilio has now tells whether it was done."""
    setup = carrier.number_setup(settings, http)
    number = await setup.find(settings.twilio_number)
    try:
        await setup.change(number.sid, to)
    except CarrierUnreachable as lost:
        say(f"no answer to the change ({lost}); looking whether it was made")
    now = await setup.find(settings.twilio_number)
    told.changed = now.addresses == to
    same = carrier.OURS if to == carrier.wanted(settings) else carrier.BEFORE
    found = carrier.differences(now.addresses, to, same=same, do=carrier.AGAIN)
    good = told.show(found)
    return GOOD if good else FINDINGS
