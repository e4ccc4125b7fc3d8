"""The whole service, built once inside its event loop. What is wrong is said before it starts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import httpx2
from quart import Blueprint, Quart

from companion_app_api.v1.changes import Changes
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.advancing import Trace
from kazasu import app as application
from kazasu.settings.model import Settings
from kazasu.settings.values import Profile
from kazasu.wiring import (
    doors,
    flows,
    identity_side,
    loops,
    readiness,
    sealing,
    stores,
    watching,
)
from kazasu.wiring.console.at_desk import desk_news
from kazasu.wiring.console.door import console
from kazasu.wiring.flow_files.recordings import Recordings
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.parts import PhoneParts
from kazasu.wiring.phone.side import PhoneSide, build_phone_side
from kazasu.wiring.processes import sharing
from kazasu.wiring.processes.bells import Bells
from kazasu.wiring.processes.sharing import Beside, RedisParts
from kazasu.wiring.stores import Stores
from kazasu.wiring.subscriptions import PhoneSideHears, Subscriber
from kazasu.wiring.watching import Watch
from kazasu.worker import Worker
from operator_console.feed import ConsoleNews

Ready: TypeAlias = Callable[[], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a profile adds beside the product: pages, and who else hears news and steps."""

    blueprints: Sequence[Blueprint] = ()
    subscribers: Sequence[Subscriber] = ()
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    app: Quart
    close_streams: Callable[[], Awaitable[None]]
    leave: Callable[[], None]
    stores: Stores
    identity: IdentitySide
    phone: PhoneSide
    library: FlowLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What the service is made of. `clients` are closed with it; `wake` asks for the outbox."""

    settings: Settings
    kept: Stores
    beside: Beside
    identity: IdentitySide
    library: FlowLibrary
    phone: PhoneSide
    watch: Watch
    screens: ConsoleNews
    clients: Sequence[httpx2.AsyncClient]
    wake: asyncio.Event
    changes: Changes = field(default_factory=Changes)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


async def build(settings: Settings, extras: Extras | None = None) -> Service:
    """BadSettings, UnusableAnchor or a database error when it cannot be built."""
    extras = extras or Extras()
    parts = _parts(settings, extras)
    stopping, kept, identity = parts.stopping, parts.kept, parts.identity
    ready = readiness.checks(parts.library, kept, identity, stopping, parts.beside.problems)
    worker = _worker(parts, extras, ready)
    app = application.create(_doors(parts, extras, ready, worker))
    parts.watch.routes.update(application.routes(app, parts.phone.door))
    await _begin(parts.beside, kept, identity)
    return Service(
        app=app,
        close_streams=_close_streams(stopping, parts.changes, kept),
        leave=stopping.set,
        stores=kept,
        identity=identity,
        phone=parts.phone,
        library=parts.library,
    )


def _parts(settings: Settings, extras: Extras) -> _Parts:
    policy = PairingPolicy(keyed_code=settings.keyed_codes)
    wake = asyncio.Event()
    site = flows.site(settings)
    tenant = identity_side.tenant_of(settings, site.business)
    kept = _stores(settings, tenant, policy, wake)
    beside = sharing.beside(settings, tenant, kept.database, kept.shared)
    watch = watching.build(settings, kept)
    businesses = identity_side.businesses_of(site, tenant)
    identity = identity_side.build(settings, tenant, kept, policy=policy, businesses=businesses)
    library = flows.library(settings, tenant, kept)
    screens = ConsoleNews(kept.feed)
    carrier = watch.client()
    business = watch.business_client() if settings.lookups_url else None
    phone = PhoneParts(
        settings=settings,
        library=library,
        lookups=flows.lookups(settings, library, site, business),
        http=carrier,
        news=screens,
        now=identity.deployment.now,
        trace=watch.steps(extras.trace),
    )
    return _Parts(
        settings=settings,
        kept=kept,
        beside=beside,
        identity=identity,
        library=library,
        phone=build_phone_side(phone, identity, kept),
        watch=watch,
        screens=screens,
        clients=(carrier, business) if business else (carrier,),
        wake=wake,
    )


def _worker(parts: _Parts, extras: Extras, ready: Ready) -> Worker:
    kept, identity, watch = parts.kept, parts.identity, parts.watch
    bells = Bells(kept.feed if kept.shared else None, parts.changes.told)
    hears = PhoneSideHears(
        tenant=parts.phone.news.tenant,
        calls=parts.phone.calls,
        waiting=kept.waiting,
        screens=parts.screens,
    )
    desks = desk_news(identity, kept, parts.screens)
    journeys = watch.journeys.pairing
    heard: Sequence[Subscriber] = (hears, desks, bells.ring, journeys, *extras.subscribers)
    return Worker(
        (
            *parts.beside.loops(),
            *bells.loops(),
            *loops.build(parts.settings, kept, identity, parts.phone, parts.wake, heard),
            watch.look(kept, identity, ready),
        )
    )


def _doors(parts: _Parts, extras: Extras, ready: Ready, worker: Worker) -> application.Doors:
    settings, kept, identity = parts.settings, parts.kept, parts.identity
    return application.Doors(
        carrier=parts.phone.door,
        blueprints=(
            doors.companion(settings, identity, kept, parts.changes),
            doors.links(settings, identity),
            console(settings, identity, parts.phone, kept, parts.screens),
            *extras.blueprints,
        ),
        flows=settings.flows_dir,
        marks=Recordings(settings.flows_dir).marks,
        ready=ready,
        on_start=worker.begin,
        on_stop=_stop(parts, worker),
        secure=settings.profile is Profile.PRODUCTION,
        observed=parts.watch.around,
    )


async def _begin(beside: Beside, kept: Stores, identity: IdentitySide) -> None:
    """The last of all: whatever else is wrong was said before anybody is kept from serving."""
    try:
        with suppress(TimeoutError):  # too slow to tell the time now: the next look will
            await identity.clock.apart()
        await beside.begin()
    except BaseException:
        await beside.end()
        await kept.close()
        raise


def _close_streams(
    stopping: asyncio.Event, changes: Changes, kept: Stores
) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        stopping.set()
        changes.close()
        await kept.feed.close()

    return close


def _stores(
    settings: Settings, tenant: Tenant, policy: PairingPolicy, wake: asyncio.Event
) -> Stores:
    keys, redis = sealing.keys_of(settings), None
    if settings.redis_url:
        redis = RedisParts(
            url=settings.redis_url,
            call_seconds=settings.redis_timeout_ms / 1000,
            news=keys.news(),
            counters=keys.counters(),
        )
    return stores.build(
        settings.database(),
        tenant,
        keys,
        result_lives=policy.result_lives,
        wake=wake.set,
        redis=redis,
    )


def _stop(parts: _Parts, worker: Worker) -> Callable[[], Awaitable[None]]:
    async def stop() -> None:
        await worker.stop()
        await parts.phone.background.close()
        for client in parts.clients:
            await client.aclose()
        await asyncio.to_thread(parts.identity.apart.close)
        await parts.beside.end()
        await parts.kept.close()
        parts.watch.close()

    return stop
