"""`python -m kazasu.demo.service`: the service as it is, with the demo's pages beside it."""

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Final

from ivr.queues.model import Presence, WaitingState
from kazasu import logs
from kazasu.demo.page import door
from kazasu.demo.page.door import Parts
from kazasu.demo.page.news import DemoNews
from kazasu.demo.place import Place
from kazasu.deployment_errors import complain
from kazasu.server import run_service
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from kazasu.settings.values import Profile
from kazasu.wiring import service
from kazasu.wiring.service import Extras, Service

_AT_MOST: Final = 1000
_TOLD_EVERY: Final = 0.25  # seconds: soon enough for somebody who watches


def main() -> int:
    given = _arguments()
    with complain():
        settings = load()
        if settings.profile is not Profile.DEMO:
            raise SystemExit("the demo's pages are for the demo profile only")
        logs.set_up(json=False)
        return run_service(settings, lambda: _build(settings, given), announce=True)
    return 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m kazasu.demo.service", description=__doc__)
    parser.add_argument("--carrier", required=True, help="origin of the simulated carrier")
    parser.add_argument("--cards", required=True, help="origin of the software cards")
    return parser.parse_args()


async def _build(settings: Settings, given: argparse.Namespace) -> Service:
    news = DemoNews()
    parts = Parts(
        base=settings.public_base_url,
        carrier=given.carrier,
        cards=given.cards,
        flows=settings.flows_dir,
    )
    pages = door.create(Place(folder=settings.data_dir), parts, news)
    built = await service.build(
        settings, Extras(blueprints=(pages,), subscribers=(news.pairing,), trace=news.step)
    )
    news.watch(built.app)
    _tell_while_serving(built, news)
    await _clear_the_line(built)

    async def close_streams() -> None:
        await news.feed.close()
        await built.close_streams()

    return replace(built, close_streams=close_streams)


def _tell_while_serving(built: Service, news: DemoNews) -> None:
    telling: list[asyncio.Task[None]] = []

    async def tell() -> None:
        while True:
            await news.flush(built.library)
            await asyncio.sleep(_TOLD_EVERY)

    @built.app.before_serving
    async def start() -> None:
        telling.append(asyncio.create_task(tell()))

    @built.app.after_serving
    async def stop() -> None:
        for task in telling:
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)


async def _clear_the_line(built: Service) -> None:
    """Calls of an earlier run are over with its carrier, and nobody is at a screen yet."""
    tenant = built.identity.tenant.id
    soon = built.identity.deployment.now() + timedelta(seconds=1)
    for call in await built.stores.call_rows.open_since(soon, _AT_MOST):
        await built.phone.calls.ended(call.carrier_call_id)
    for row in await built.stores.waiting.open(tenant):
        gone = replace(row, state=WaitingState.GONE, offered_to="", offered_until=None)
        await built.stores.waiting.change(row, gone)
    for operator in await built.stores.operators.all(tenant):
        await built.stores.operators.set_presence(
            tenant, operator.id, Presence.OFFLINE, at=built.identity.deployment.now(), idle=False
        )


if __name__ == "__main__":
    sys.exit(main())
