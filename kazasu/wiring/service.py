"""The whole service, built once inside its event loop. What is wrong is said before it starts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx2
from quart import Blueprint, Quart

from companion_app_api.v1 import routes as companion_routes
from identity.pairing.policy import PairingPolicy
from kazasu import app as application
from kazasu.settings import Profile, Settings
from kazasu.wiring import console, flows, identity_side, phone_side, stores, subscriptions
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone_side import PhoneParts, PhoneSide
from kazasu.wiring.stores import Stores
from kazasu.wiring.subscriptions import Subscriber
from kazasu.worker import Loop, Worker

_OUTBOX_EVERY = 1.0
_EXPIRY_EVERY = 1.0
_OFFERS_EVERY = 0.5
_SWEEP_EVERY = 60.0
_EXPIRE_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    app: Quart
    stores: Stores
    identity: IdentitySide
    phone: PhoneSide
    close_streams: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a profile adds beside the product: pages of the demo, and who else hears news."""

    blueprints: Sequence[Blueprint] = ()
    subscribers: Sequence[Subscriber] = ()


async def build(settings: Settings, extras: Extras | None = None) -> Service:
    extras = extras or Extras()
    policy = PairingPolicy()
    outbox_wake = asyncio.Event()
    library_parts = flows.read_site(settings)
    tenant = identity_side.tenant_of(settings, library_parts.site.business)
    kept = stores.build(
        settings.database(),
        tenant,
        identity_side.session_key(settings),
        result_lives=policy.result_lives,
        wake=outbox_wake.set,
    )
    identity = identity_side.build(settings, tenant, kept, policy=policy)
    library = await flows.library(settings, tenant, kept)
    screens = console.news(kept)
    http = httpx2.AsyncClient(timeout=3.0, follow_redirects=False, trust_env=False)
    phone = phone_side.build(
        PhoneParts(
            settings=settings,
            library=library,
            site=library_parts.site,
            lookups=phone_side.lookups(settings, library_parts.site),
            http=http,
            news=screens,
            now=identity_side.clock,
        ),
        identity,
        kept,
    )
    worker = Worker(
        _loops(kept, identity, phone, outbox_wake, _subscribers(kept, phone, screens, extras))
    )

    async def stop() -> None:
        await worker.stop()
        await http.aclose()
        await kept.close()

    async def start() -> None:
        worker.start()

    app = application.create(
        application.Doors(
            carrier=phone.door,
            blueprints=(
                companion_routes.create(**console.companion(settings, identity, kept)),
                console.blueprint(settings, identity, phone, kept),
                *extras.blueprints,
            ),
            audio=settings.flows_dir / "audio",
            ready=flows.readiness(settings, library, identity, kept),
            on_start=start,
            on_stop=stop,
            secure=settings.profile is Profile.PRODUCTION,
        )
    )
    return Service(
        app=app, stores=kept, identity=identity, phone=phone, close_streams=kept.feed.close
    )
